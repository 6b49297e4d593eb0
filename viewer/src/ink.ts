import type { Camera } from "./camera.ts";
import { type Box, boxOf } from "./geometry.ts";
import type { Moment } from "./timeline.ts";
import type { Point, Stroke } from "./types.ts";

const UNKNOWN_WIDTH = 2;
const paths = new WeakMap<Stroke, Path2D>();
const boxes = new WeakMap<Stroke, Box>();
const widths = new WeakMap<Stroke, number>();

function kept<T>(cache: WeakMap<Stroke, T>, stroke: Stroke, make: (stroke: Stroke) => T): T {
  let value = cache.get(stroke);
  if (value === undefined) {
    value = make(stroke);
    cache.set(stroke, value);
  }
  return value;
}

export function strokeBox(stroke: Stroke): Box {
  return kept(boxes, stroke, (s) => boxOf(s.points));
}

/** The median width; the pen's is all but the same along a stroke. */
export function strokeWidth(stroke: Stroke): number {
  return kept(widths, stroke, (s) =>
    s.widths?.length ? s.widths.toSorted((a, b) => a - b)[s.widths.length >> 1]! : UNKNOWN_WIDTH,
  );
}

function path(points: readonly Point[]): Path2D {
  const drawn = new Path2D();
  const [x, y] = points[0]!;
  drawn.moveTo(x, y);
  for (let i = 1; i < points.length; i++) drawn.lineTo(points[i]![0], points[i]![1]);
  if (points.length === 1) drawn.lineTo(x + 0.01, y);
  return drawn;
}

/** Scale the canvas for the screen, wipe it, and let it draw in page coordinates. */
export function prepare(canvas: HTMLCanvasElement, camera: Camera, wipe = true) {
  const ratio = Math.min(devicePixelRatio || 1, 2);
  const [w, h] = [Math.round(camera.width * ratio), Math.round(camera.height * ratio)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const context = canvas.getContext("2d")!;
  if (wipe) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, w, h);
  }
  const k = camera.scale * ratio;
  context.setTransform(k, 0, 0, k, -camera.x * k, -camera.y * k);
  context.lineCap = context.lineJoin = "round";
  return context;
}

type Context = CanvasRenderingContext2D;

/** Draw strokes that are seen. */
export function paint(context: Context, strokes: Iterable<Stroke>, seen: Box): void {
  for (const stroke of strokes) {
    const box = kept(boxes, stroke, (s) => boxOf(s.points));
    const w = strokeWidth(stroke);
    if (box.x1 + w < seen.x0 || box.x0 - w > seen.x1) continue;
    if (box.y1 + w < seen.y0 || box.y0 - w > seen.y1) continue;
    context.lineWidth = w;
    context.strokeStyle = stroke.color;
    context.stroke(kept(paths, stroke, (s) => path(s.points)));
  }
}

/** Draw a stroke between two shares of its length; returns where the pen is. */
export function paintPart(context: Context, stroke: Stroke, from: number, to: number): Point {
  const piece = between(stroke.points, from, to);
  context.lineWidth = strokeWidth(stroke);
  context.strokeStyle = stroke.color;
  context.stroke(path(piece));
  return piece.at(-1)!;
}

/** The piece of a polyline between two shares of its length. */
export function between(points: readonly Point[], from: number, to: number): Point[] {
  const sums = [0];
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    sums.push(sums[i - 1]! + Math.hypot(b[0] - a[0], b[1] - a[1]));
  }
  const total = sums.at(-1)!;
  if (!total) return [points[0]!];
  const at = (share: number): Point => {
    const wanted = share * total;
    let i = sums.findIndex((sum) => sum >= wanted);
    if (i < 0) i = sums.length - 1;
    if (i === 0) return points[0]!;
    const [a, b] = [points[i - 1]!, points[i]!];
    const t = (wanted - sums[i - 1]!) / (sums[i]! - sums[i - 1]! || 1);
    return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
  };
  const inner = points.filter((_, i) => sums[i]! > from * total && sums[i]! < to * total);
  return [at(from), ...inner, at(to)];
}

/** Draw what is written since a moment: at 60 frames a second only the pen's last way is new. */
export function paintSince(
  context: Context,
  strokes: readonly Stroke[],
  since: Moment,
  now: Moment,
  seen: Box,
): void {
  if (since.stroke === now.stroke) {
    const stroke = strokes[now.stroke];
    if (stroke && now.share > since.share) paintPart(context, stroke, since.share, now.share);
    return;
  }
  const begun = strokes[since.stroke];
  if (begun) paintPart(context, begun, since.share, 1);
  paint(context, strokes.slice(since.stroke + 1, now.stroke), seen);
  const current = strokes[now.stroke];
  if (current && now.share > 0) paintPart(context, current, 0, now.share);
}
