import { quadOf } from "../src/geometry.ts";
import type { Page, Stroke, Word } from "../src/types.ts";

/** A stroke through the given places, two pixels wide. */
export function stroke(...points: [number, number][]): Stroke {
  return {
    origin: "model",
    color: "#101010",
    points,
    widths: points.map((_, i) => i + 1),
    times: null,
  };
}

/** A word in a box of 100 by 40 with a stroke in either half. */
export function word(text: string, x = 0, y = 0, confidence: number | null = 0.99): Word {
  return {
    text,
    confidence,
    quad: quadOf({ x0: x, y0: y, x1: x + 100, y1: y + 40 }),
    mode: null,
    quality: { ink_explained: 1, on_ink: 1, traced: 0, score: null, flags: [] },
    strokes: [
      stroke([x + 5, y + 5], [x + 30, y + 30]),
      stroke([x + 60, y + 5], [x + 80, y + 30], [x + 95, y + 10]),
    ],
  };
}

/** Two lines: "one two" and "three", and a drawing beside them. */
export function page(): Page {
  const lines = [[word("one"), word("two", 120)], [word("three", 0, 100)]].map((words) => ({
    quad: words[0]!.quad,
    words,
  }));
  const drawings = [stroke([300, 300], [340, 320])];
  return { source: "page.jpg", number: 1, width: 400, height: 400, lines, drawings };
}
