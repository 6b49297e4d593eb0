import { type Page, type Place, places, type Word, wordAt } from "./types.ts";

/** Below this a reading is worth a look. */
export const UNSURE = 0.9;

const FLAGS: Record<string, string> = {
  "lost-ink": "some of its ink seems to be lost",
  "no-ink": "no ink was found here",
  "off-ink": "the model drew beside the ink",
  "not-followed": "the model's answer was bad, its ink was traced",
  empty: "the model gave no ink",
  retried: "the model was asked twice",
  truncated: "the model's answer was cut off",
};

/** Why a word should be looked at, as sentences; none: nothing speaks against it. */
export function doubts(word: Word): string[] {
  const found = (word.quality?.flags ?? []).map((flag) => FLAGS[flag] ?? flag);
  if (word.confidence !== null && word.confidence < UNSURE) {
    found.unshift(`read with ${Math.round(word.confidence * 100)} % confidence`);
  }
  if (!word.text) found.push("not read");
  if (!word.strokes.length && !word.quality?.flags.length) found.push("has no ink");
  return found;
}

/** The next doubtful word after a place, round the page; `step` -1: the one before. */
export function nextDoubt(page: Page, from: Place | null, step: 1 | -1): Place | null {
  const all = places(page);
  const at = all.findIndex(
    (p) => from && from !== "drawings" && p.line === from.line && p.word === from.word,
  );
  const start = at < 0 && step < 0 ? 0 : at;
  for (let i = 1; i <= all.length; i++) {
    const place = all[(((start + step * i) % all.length) + all.length) % all.length]!;
    if (doubts(wordAt(page, place)!).length) return place;
  }
  return null;
}
