import { boxOf, quadOf } from "../geometry.ts";
import type { InkDocument, Line, Page, Place, Stroke, Word } from "../types.ts";

/** What an edit leaves: the page, and what is selected on it then. */
export interface Edited {
  readonly page: Page;
  readonly place: Place | null;
  readonly stroke?: number | null;
}

export function withPage(document: InkDocument, index: number, page: Page): InkDocument {
  if (document.pages[index] === page) return document;
  return { ...document, pages: document.pages.with(index, page) };
}

export function withLine(page: Page, index: number, line: Line): Page {
  // A line without words is none.
  const lines = line.words.length ? page.lines.with(index, line) : page.lines.toSpliced(index, 1);
  return { ...page, lines };
}

export function withWords(page: Page, index: number, words: readonly Word[]): Page {
  return withLine(page, index, { ...page.lines[index]!, words });
}

export function withWord(page: Page, place: Place, word: Word): Page {
  if (place === "drawings") return page;
  return withWords(page, place.line, page.lines[place.line]!.words.with(place.word, word));
}

export function withStrokes(page: Page, place: Place, strokes: readonly Stroke[]): Page {
  if (place === "drawings") return { ...page, drawings: strokes };
  const word = page.lines[place.line]!.words[place.word]!;
  return withWord(page, place, { ...word, strokes });
}

/** The line that a box at this height belongs to, or -1 for a new one. */
export function lineAt(page: Page, y: number, height: number): number {
  let best = { index: -1, far: height * 0.6 };
  page.lines.forEach((line, index) => {
    for (const word of line.words) {
      const box = boxOf(word.quad);
      const far = Math.abs((box.y0 + box.y1) / 2 - y);
      if (far < best.far) best = { index, far };
    }
  });
  return best.index;
}

export function lineAround(words: readonly Word[]): Line {
  return { quad: quadOf(boxOf(words.flatMap((word) => word.quad))), words };
}
