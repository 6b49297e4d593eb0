import { along, between, boxOf, middle, quadOf, round, roundQuad, sides } from "../geometry.ts";
import { type Page, type Place, type Quad, type Stroke, type Word, wordAt } from "../types.ts";
import { type Edited, lineAround, lineAt, withWord, withWords } from "./pages.ts";

const RIGHT_TO_LEFT = /\p{Script=Hebrew}|\p{Script=Arabic}/u;

type WordPlace = Exclude<Place, "drawings">;

/** A text that a person typed is no longer doubted. */
export function setText(page: Page, place: WordPlace, text: string): Edited {
  const word = wordAt(page, place)!;
  const typed = text.trim();
  if (typed === word.text) return { page, place };
  return { page: withWord(page, place, { ...unread(word), text: typed, confidence: 1 }), place };
}

/** A word without what a reader found: it read another text. */
function unread(word: Word): Word {
  const { characters: _, alternatives: __, ...rest } = word;
  return rest;
}

/** A person looked and found nothing wrong. */
export function vouch(page: Page, place: WordPlace): Edited {
  const word = wordAt(page, place)!;
  const quality = word.quality && { ...word.quality, flags: [] };
  return { page: withWord(page, place, { ...word, confidence: 1, quality }), place };
}

export function setQuad(page: Page, place: WordPlace, quad: Quad): Edited {
  return { page: withWord(page, place, { ...wordAt(page, place)!, quad }), place };
}

/** What a model or tracer made of the word again. */
export function setInk(page: Page, place: WordPlace, made: Partial<Word>): Edited {
  return { page: withWord(page, place, { ...wordAt(page, place)!, ...made }), place };
}

function centre(stroke: Stroke): number {
  return stroke.points.length >> 1;
}

function where(quad: Quad, stroke: Stroke): number {
  const box = boxOf(stroke.points);
  return along(quad, [(box.x0 + box.x1) / 2, stroke.points[centre(stroke)]![1]]);
}

/** Where a word is best split: in the widest gap between its strokes, or in its middle. */
export function widestGap(word: Word): number {
  const spans = word.strokes
    .map((s) => s.points.map((p) => along(word.quad, p)))
    .map((ts) => [Math.min(...ts), Math.max(...ts)] as const)
    .sort((a, b) => a[0] - b[0]);
  let best = { at: 0.5, gap: 0 };
  let end = spans[0]?.[1] ?? 0;
  for (const [from, to] of spans) {
    if (from - end > best.gap) best = { at: (from + end) / 2, gap: from - end };
    end = Math.max(end, to);
  }
  return round(Math.min(Math.max(best.at, 0.02), 0.98));
}

/** Cut the text at the blank nearest to the share, or at the letter there. */
export function splitText(text: string, share: number): [string, string] {
  const wanted = Math.round(text.length * share);
  const blanks = [...text.matchAll(/\s+/g)].map((match) => match.index);
  const near = (a: number, b: number) => Math.abs(a - wanted) - Math.abs(b - wanted);
  const cut = blanks.sort(near)[0] ?? wanted;
  return [text.slice(0, cut).trim(), text.slice(cut).trim()];
}

export function split(page: Page, place: WordPlace, share: number): Edited {
  const word = wordAt(page, place)!;
  const [a, b, c, d] = word.quad;
  const [top, bottom] = [between(a, b, share), between(d, c, share)];
  const backwards = RIGHT_TO_LEFT.test(word.text);
  const texts = splitText(word.text, backwards ? 1 - share : share);
  const [first, second] = backwards ? [texts[1], texts[0]] : texts;
  const part = (text: string, quad: Quad, left: boolean): Word => ({
    ...unread(word),
    text,
    quality: null,
    quad: roundQuad(quad),
    strokes: word.strokes.filter((stroke) => where(word.quad, stroke) < share === left),
  });
  const parts = [part(first, [a, top, bottom, d], true), part(second, [top, b, c, bottom], false)];
  // Words lie in the line as they are read.
  const read = backwards ? parts.toReversed() : parts;
  const words = page.lines[place.line]!.words.toSpliced(place.word, 1, ...read);
  return { page: withWords(page, place.line, words), place };
}

/** Merge a word with the next one of its line. */
export function merge(page: Page, place: WordPlace): Edited {
  const words = page.lines[place.line]!.words;
  const [first, second] = [words[place.word]!, words[place.word + 1]];
  if (!second) return { page, place };
  const known = [first.confidence, second.confidence].filter((c) => c !== null);
  const merged: Word = {
    ...unread(first),
    text: [first.text, second.text].filter(Boolean).join(" "),
    confidence: known.length ? Math.min(...known) : null,
    quad: quadOf(boxOf([...first.quad, ...second.quad])),
    quality: null,
    strokes: [...first.strokes, ...second.strokes],
  };
  return { page: withWords(page, place.line, words.toSpliced(place.word, 2, merged)), place };
}

export function remove(page: Page, place: WordPlace): Edited {
  const words = page.lines[place.line]!.words.toSpliced(place.word, 1);
  const next = words.length ? { ...place, word: Math.min(place.word, words.length - 1) } : null;
  return { page: withWords(page, place.line, words), place: next };
}

/** A new word, in the line it lies on; drawings whose middle it holds become its ink. */
export function add(page: Page, quad: Quad): Edited {
  const box = boxOf(quad);
  const held = (stroke: Stroke): boolean => {
    const own = boxOf(stroke.points);
    const [x, y] = [(own.x0 + own.x1) / 2, (own.y0 + own.y1) / 2];
    return x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1;
  };
  const strokes = page.drawings.filter(held);
  const word: Word = { text: "", confidence: null, quad, mode: null, quality: null, strokes };
  const rest = { ...page, drawings: page.drawings.filter((stroke) => !held(stroke)) };
  return placed(rest, word);
}

function placed(page: Page, word: Word): Edited {
  const [x, y] = middle(word.quad);
  const index = lineAt(page, y, sides(word.quad)[1]);
  if (index >= 0) {
    const words = page.lines[index]!.words;
    const found = words.findIndex((other) => middle(other.quad)[0] > x);
    const at = found < 0 ? words.length : found;
    return {
      page: withWords(page, index, words.toSpliced(at, 0, word)),
      place: { line: index, word: at },
    };
  }
  const below = page.lines.findIndex((line) => middle(line.quad)[1] > y);
  const at = below < 0 ? page.lines.length : below;
  const lines = page.lines.toSpliced(at, 0, lineAround([word]));
  return { page: { ...page, lines }, place: { line: at, word: 0 } };
}

export function toDrawing(page: Page, place: WordPlace): Edited {
  const drawings = [...page.drawings, ...wordAt(page, place)!.strokes];
  return {
    page: { ...remove(page, place).page, drawings },
    place: "drawings",
    stroke: drawings.length - 1,
  };
}

/** One drawn stroke becomes a word of its own. */
export function toWord(page: Page, stroke: number, margin = 4): Edited {
  const drawn = page.drawings[stroke]!;
  const box = boxOf(drawn.points);
  const quad = quadOf({
    x0: box.x0 - margin,
    y0: box.y0 - margin,
    x1: box.x1 + margin,
    y1: box.y1 + margin,
  });
  const word: Word = {
    text: "",
    confidence: null,
    quad: roundQuad(quad),
    mode: null,
    quality: null,
    strokes: [drawn],
  };
  return placed({ ...page, drawings: page.drawings.toSpliced(stroke, 1) }, word);
}
