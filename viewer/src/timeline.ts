import { distance } from "./geometry.ts";
import type { Stroke } from "./types.ts";

/** Where the pen is: strokes before `stroke` are written, of this one `share` of its length. */
export interface Moment {
  readonly stroke: number;
  readonly share: number;
}

const LIFTED = 1.6; // how much faster a lifted pen moves
const LEAST_LIFT = 0.06; // seconds
const DOT = 0.08; // seconds

/** When strokes are written, one after the other; seconds of a steady pen, or as recorded. */
export class Timeline {
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  /** `pace`: the pen's speed in pixels a second, where no times are known. */
  constructor(
    readonly strokes: readonly Stroke[],
    pace: number,
  ) {
    if (recorded(strokes)) this.asRecorded();
    else this.steady(Math.max(pace, 1));
  }

  get duration(): number {
    return this.ends.at(-1) ?? 0;
  }

  at(time: number): Moment {
    const stroke = firstAbove(this.ends, time);
    if (stroke === this.ends.length) return { stroke, share: 0 };
    const [start, end] = [this.starts[stroke]!, this.ends[stroke]!];
    const share = end > start ? (time - start) / (end - start) : 0;
    return { stroke, share: Math.min(Math.max(share, 0), 1) };
  }

  private asRecorded(): void {
    const zero = this.strokes[0]!.times![0]!;
    for (const { times } of this.strokes) {
      this.starts.push(times![0]! - zero);
      this.ends.push(times!.at(-1)! - zero);
    }
  }

  private steady(pace: number): void {
    let now = 0;
    let before: Stroke | undefined;
    for (const stroke of this.strokes) {
      if (before) {
        const far = distance(before.points.at(-1)!, stroke.points[0]!);
        now += Math.max(far / (pace * LIFTED), LEAST_LIFT);
      }
      this.starts.push(now);
      now += Math.max(length(stroke) / pace, DOT);
      this.ends.push(now);
      before = stroke;
    }
  }
}

/** Whether all strokes have times, one after the other. */
function recorded(strokes: readonly Stroke[]): boolean {
  let now = -Infinity;
  for (const { times } of strokes) {
    if (!times?.length || times[0]! < now || times.at(-1)! < times[0]!) return false;
    now = times.at(-1)!;
  }
  return strokes.length > 0;
}

export function length(stroke: Stroke): number {
  let sum = 0;
  for (let i = 1; i < stroke.points.length; i++) {
    sum += distance(stroke.points[i - 1]!, stroke.points[i]!);
  }
  return sum;
}

function firstAbove(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (sorted[mid]! > value) high = mid;
    else low = mid + 1;
  }
  return low;
}
