/** The document as `document.schema.json` describes it. Never changed in place: edits make new objects. */

export type Point = readonly [number, number];
export type Quad = readonly [Point, Point, Point, Point];

export interface Stroke {
  readonly origin: "model" | "trace";
  readonly color: string;
  readonly points: readonly Point[];
  readonly widths: readonly number[] | null;
  readonly times: readonly number[] | null;
}

export interface Quality {
  readonly ink_explained: number;
  readonly on_ink: number;
  readonly traced: number;
  readonly score: number | null;
  readonly flags: readonly string[];
}

export interface Word {
  readonly text: string;
  readonly confidence: number | null;
  readonly quad: Quad;
  readonly mode: string | null;
  readonly quality: Quality | null;
  readonly strokes: readonly Stroke[];
  /** What a reader may have found beyond the text: how sure it is of every letter, and other */
  /** readings with their shares, the likeliest first. */
  readonly characters?: readonly number[];
  readonly alternatives?: readonly (readonly [string, number])[];
}

export interface Line {
  readonly quad: Quad;
  readonly words: readonly Word[];
}

export interface Page {
  readonly source: string;
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly paper?: string | null;
  readonly lines: readonly Line[];
  readonly drawings: readonly Stroke[];
}

export interface InkDocument {
  readonly format: string;
  readonly version: number;
  readonly pages: readonly Page[];
}

/** A word of a page, or all of its drawings together. */
export type Place = { readonly line: number; readonly word: number } | "drawings";

export function samePlace(a: Place | null, b: Place | null): boolean {
  if (a === b) return true;
  if (!a || !b || a === "drawings" || b === "drawings") return false;
  return a.line === b.line && a.word === b.word;
}

export function wordAt(page: Page, place: Place | null): Word | null {
  if (!place || place === "drawings") return null;
  return page.lines[place.line]?.words[place.word] ?? null;
}

export function strokesAt(page: Page, place: Place | null): readonly Stroke[] {
  if (place === "drawings") return page.drawings;
  return wordAt(page, place)?.strokes ?? [];
}

/** All words in reading order. */
export function places(page: Page): Exclude<Place, "drawings">[] {
  return page.lines.flatMap((line, i) => line.words.map((_, j) => ({ line: i, word: j })));
}
