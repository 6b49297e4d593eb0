import assert from "node:assert/strict";
import { test } from "node:test";
import {
  add,
  merge,
  remove,
  setText,
  split,
  splitText,
  toDrawing,
  toWord,
  vouch,
  widestGap,
} from "../src/edits/words.ts";
import { quadOf } from "../src/geometry.ts";
import { strokesAt, wordAt } from "../src/types.ts";
import { page, word } from "./documents.ts";

const FIRST = { line: 0, word: 0 };
const texts = (of: ReturnType<typeof page>) =>
  of.lines.map((line) => line.words.map((w) => w.text).join(" "));

test("a typed text is believed, and the page before is untouched", () => {
  const before = page();
  const after = setText(before, FIRST, "  won ").page;
  assert.deepEqual([wordAt(after, FIRST)!.text, wordAt(after, FIRST)!.confidence], ["won", 1]);
  assert.equal(wordAt(before, FIRST)!.text, "one");
  assert.equal(after.lines[1], before.lines[1]);
});

test("what a reader knew of another text goes with that text", () => {
  const start = page();
  const read = {
    ...word("one"),
    characters: [1, 1, 0.4],
    alternatives: [
      ["one", 0.6],
      ["ore", 0.4],
    ] as const,
  };
  const before = { ...start, lines: [{ ...start.lines[0]!, words: [read, word("two", 120)] }] };
  for (const after of [
    setText(before, FIRST, "ore"),
    split(before, FIRST, 0.5),
    merge(before, FIRST),
  ]) {
    const changed = wordAt(after.page, FIRST)!;
    assert.deepEqual([changed.characters, changed.alternatives], [undefined, undefined]);
  }
});

test("a word that is read from the right is split so that its beginning stays right", () => {
  const start = page();
  const before = { ...start, lines: [{ ...start.lines[0]!, words: [word("שלום")] }] };
  const [first, second] = split(before, FIRST, 0.25).page.lines[0]!.words;
  assert.deepEqual([first!.text, second!.text], ["שלו", "ם"]);
  assert.ok(first!.quad[0][0] > second!.quad[0][0]);
});

test("typing what is there changes nothing", () => {
  const before = page();
  assert.equal(setText(before, FIRST, "one").page, before);
});

test("a word that somebody vouched for has no doubts", () => {
  const doubted = { ...word("one"), quality: { ...word("one").quality!, flags: ["lost-ink"] } };
  const start = page();
  const after = vouch({ ...start, lines: [{ ...start.lines[0]!, words: [doubted] }] }, FIRST).page;
  assert.deepEqual(wordAt(after, FIRST)!.quality!.flags, []);
});

test("split and merge are each other's inverse but for what was measured", () => {
  const before = page();
  const parts = split(before, FIRST, 0.45).page;
  assert.deepEqual(texts(parts), ["o ne two", "three"]);
  assert.deepEqual(
    parts.lines[0]!.words.map((w) => w.strokes.length),
    [1, 1, 2],
  );
  assert.deepEqual(parts.lines[0]!.words[0]!.quad[1], [45, 0]);
  const whole = wordAt(merge(parts, FIRST).page, FIRST)!;
  assert.deepEqual(whole.quad, wordAt(before, FIRST)!.quad);
  assert.deepEqual(whole.strokes, wordAt(before, FIRST)!.strokes);
});

test("a text is split at a blank where it has one", () => {
  assert.deepEqual(splitText("the end", 0.3), ["the", "end"]);
  assert.deepEqual(splitText("ab", 0.5), ["a", "b"]);
  assert.deepEqual(splitText("", 0.5), ["", ""]);
});

test("the widest gap lies between the strokes", () => {
  assert.equal(widestGap(word("one")), 0.45);
  assert.equal(widestGap({ ...word("one"), strokes: [] }), 0.5);
});

test("the last word of a line cannot be merged", () => {
  const before = page();
  assert.equal(merge(before, { line: 0, word: 1 }).page, before);
});

test("a line goes with its last word", () => {
  const { page: after, place } = remove(page(), { line: 1, word: 0 });
  assert.deepEqual([texts(after), place], [["one two"], null]);
});

test("a new box joins the line it lies in, between its neighbours", () => {
  const { page: after, place } = add(page(), quadOf({ x0: 105, y0: 2, x1: 115, y1: 38 }));
  assert.deepEqual(place, { line: 0, word: 1 });
  assert.deepEqual(texts(after)[0], "one  two");
});

test("a new box between lines is a line of its own; drawings in it become its ink", () => {
  const { page: after, place } = add(page(), quadOf({ x0: 290, y0: 290, x1: 350, y1: 330 }));
  assert.deepEqual(place, { line: 2, word: 0 });
  assert.deepEqual([after.drawings.length, strokesAt(after, place).length], [0, 1]);
});

test("a word becomes a drawing, and a drawing a word", () => {
  const drawn = toDrawing(page(), { line: 1, word: 0 }).page;
  assert.deepEqual([texts(drawn), drawn.drawings.length], [["one two"], 3]);
  const back = toWord(drawn, 1);
  assert.deepEqual([back.page.drawings.length, back.place], [2, { line: 1, word: 0 }]);
});
