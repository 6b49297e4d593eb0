import { type Page, type Place, type Stroke, strokesAt, type Word, wordAt } from "../types.ts";
import { type Edited, withStrokes, withWord } from "./pages.ts";

/** Written the other way round, in the same time. */
export function reversed(stroke: Stroke): Stroke {
  const { times } = stroke;
  const turned = times?.map((_, i) => times[0]! + times.at(-1)! - times[times.length - 1 - i]!);
  return {
    ...stroke,
    points: stroke.points.toReversed(),
    widths: stroke.widths?.toReversed() ?? null,
    times: turned ?? null,
  };
}

/** One movement of the pen made of two; a place that both share is kept once. */
export function joined(first: Stroke, second: Stroke): Stroke {
  const [end, start] = [first.points.at(-1)!, second.points[0]!];
  const skip = end[0] === start[0] && end[1] === start[1] && second.points.length > 1 ? 1 : 0;
  const both = <T>(a: readonly T[] | null, b: readonly T[] | null) =>
    a && b ? [...a, ...b.slice(skip)] : null;
  const times = both(first.times, second.times);
  return {
    ...first,
    points: [...first.points, ...second.points.slice(skip)],
    widths: both(first.widths, second.widths),
    times: times?.every((time, i) => !i || time >= times[i - 1]!) ? times : null,
  };
}

/** Two movements of the pen; both have the place of the cut. */
export function cut(stroke: Stroke, at: number): [Stroke, Stroke] {
  const part = (from: number, to?: number): Stroke => ({
    ...stroke,
    points: stroke.points.slice(from, to),
    widths: stroke.widths?.slice(from, to) ?? null,
    times: stroke.times?.slice(from, to) ?? null,
  });
  return [part(0, at + 1), part(at)];
}

const timeless = (stroke: Stroke): Stroke => (stroke.times ? { ...stroke, times: null } : stroke);

export function reverseStroke(page: Page, place: Place, index: number): Edited {
  const strokes = strokesAt(page, place);
  const next = withStrokes(page, place, strokes.with(index, reversed(strokes[index]!)));
  return { page: next, place, stroke: index };
}

/** Join a stroke with the one written next. */
export function joinStroke(page: Page, place: Place, index: number): Edited {
  const strokes = strokesAt(page, place);
  const [first, second] = [strokes[index]!, strokes[index + 1]];
  if (!second) return { page, place, stroke: index };
  const next = strokes.toSpliced(index, 2, joined(first, second));
  return { page: withStrokes(page, place, next), place, stroke: index };
}

export function cutStroke(page: Page, place: Place, index: number, at: number): Edited {
  const strokes = strokesAt(page, place);
  const stroke = strokes[index]!;
  if (at < 1 || at > stroke.points.length - 2) return { page, place, stroke: index };
  const next = strokes.toSpliced(index, 1, ...cut(stroke, at));
  return { page: withStrokes(page, place, next), place, stroke: index };
}

export function moveStroke(page: Page, place: Place, from: number, to: number): Edited {
  const strokes = strokesAt(page, place);
  if (to < 0 || to >= strokes.length || to === from) return { page, place, stroke: from };
  const next = strokes.toSpliced(from, 1).toSpliced(to, 0, strokes[from]!);
  // Times tell another order.
  return { page: withStrokes(page, place, next.map(timeless)), place, stroke: to };
}

export function removeStroke(page: Page, place: Place, index: number): Edited {
  const strokes = strokesAt(page, place).toSpliced(index, 1);
  const word = wordAt(page, place);
  const stroke = strokes.length ? Math.min(index, strokes.length - 1) : null;
  if (!word) return { page: withStrokes(page, place, strokes), place, stroke };
  // What was measured of the word's ink holds no longer.
  const next: Word = { ...word, strokes, quality: null };
  return { page: withWord(page, place, next), place, stroke };
}
