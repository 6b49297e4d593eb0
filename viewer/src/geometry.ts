import type { Point, Quad } from "./types.ts";

export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export function boxOf(points: Iterable<Point>): Box {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    x0 = Math.min(x0, x);
    y0 = Math.min(y0, y);
    x1 = Math.max(x1, x);
    y1 = Math.max(y1, y);
  }
  return { x0, y0, x1, y1 };
}

export function union(boxes: readonly Box[]): Box {
  return boxOf(boxes.flatMap((b): Point[] => [[b.x0, b.y0], [b.x1, b.y1]])); // biome-ignore format: pairs
}

export function quadOf(box: Box): Quad {
  const { x0, y0, x1, y1 } = box;
  return roundQuad([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]); // biome-ignore format: corners
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export function roundQuad(quad: Quad): Quad {
  return quad.map(([x, y]) => [round(x), round(y)] as const) as unknown as Quad;
}

export function between(a: Point, b: Point, t: number): Point {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

/** Lengths of the upper and the left side. */
export function sides(quad: Quad): [number, number] {
  return [distance(quad[0], quad[1]), distance(quad[0], quad[3])];
}

export function middle(quad: Quad): Point {
  return between(between(quad[0], quad[2], 0.5), between(quad[1], quad[3], 0.5), 0.5);
}

/** How far along the quad's writing direction a point lies: 0 at its left side, 1 at its right. */
export function along(quad: Quad, point: Point): number {
  const [a, b] = [quad[0], quad[1]];
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const square = dx * dx + dy * dy;
  return square ? ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / square : 0;
}

export function inside(quad: Quad, [x, y]: Point): boolean {
  let within = false;
  for (let i = 0, j = 3; i < 4; j = i++) {
    const [[ax, ay], [bx, by]] = [quad[i]!, quad[j]!];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}

export function shifted(quad: Quad, dx: number, dy: number): Quad {
  return roundQuad(quad.map(([x, y]) => [x + dx, y + dy] as const) as unknown as Quad);
}

const LEFT = [true, false, false, true];
const TOP = [true, true, false, false];

/** Move one corner, the opposite one stays; the quad keeps its angle and never turns over. */
export function resized(quad: Quad, corner: number, to: Point, least = 4): Quad {
  const fixed = quad[(corner + 2) % 4]!;
  const [u, v] = axes(quad);
  const [dx, dy] = [to[0] - fixed[0], to[1] - fixed[1]];
  const [right, below] = [LEFT[corner] ? -1 : 1, TOP[corner] ? -1 : 1];
  const w = Math.max((dx * u[0] + dy * u[1]) * right, least) * right;
  const h = Math.max((dx * v[0] + dy * v[1]) * below, least) * below;
  const corners = LEFT.map((left, i): Point => {
    const [a, b] = [left === LEFT[corner] ? w : 0, TOP[i] === TOP[corner] ? h : 0];
    return [fixed[0] + u[0] * a + v[0] * b, fixed[1] + u[1] * a + v[1] * b];
  });
  return roundQuad(corners as unknown as Quad);
}

/** Unit vectors along the upper and the left side. */
function axes(quad: Quad): [Point, Point] {
  const unit = (a: Point, b: Point, otherwise: Point): Point => {
    const length = distance(a, b);
    return length ? [(b[0] - a[0]) / length, (b[1] - a[1]) / length] : otherwise;
  };
  return [unit(quad[0], quad[1], [1, 0]), unit(quad[0], quad[3], [0, 1])];
}

/** The nearest point of a polyline: its index, and how far away it is. */
export function nearest(points: readonly Point[], to: Point): { index: number; far: number } {
  let best = { index: 0, far: Infinity };
  points.forEach((point, index) => {
    const far = distance(point, to);
    if (far < best.far) best = { index, far };
  });
  return best;
}
