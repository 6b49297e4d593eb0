import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cut,
  cutStroke,
  joined,
  joinStroke,
  moveStroke,
  removeStroke,
  reversed,
  reverseStroke,
} from "../src/edits/strokes.ts";
import { type Stroke, strokesAt, wordAt } from "../src/types.ts";
import { page, stroke } from "./documents.ts";

const FIRST = { line: 0, word: 0 };
const timed: Stroke = { ...stroke([0, 0], [5, 0], [9, 0]), times: [1, 2, 4] };

test("reversing turns points and widths, and keeps times rising", () => {
  const turned = reversed(timed);
  assert.deepEqual(turned.points, [
    [9, 0],
    [5, 0],
    [0, 0],
  ]);
  assert.deepEqual(turned.widths, [3, 2, 1]);
  assert.deepEqual(turned.times, [1, 3, 4]);
  assert.deepEqual(reversed(turned), timed);
});

test("a stroke that was cut and joined is itself again", () => {
  const [first, second] = cut(timed, 1);
  assert.deepEqual([first.points.length, second.points.length], [2, 2]);
  assert.deepEqual(joined(first, second), timed);
});

test("times that would run backwards are dropped", () => {
  assert.equal(joined(timed, timed).times, null);
});

test("edits of a word's strokes", () => {
  const start = page();
  const points = (of: typeof start) => strokesAt(of, FIRST).map((s) => s.points.length);
  assert.deepEqual(points(joinStroke(start, FIRST, 0).page), [5]);
  assert.equal(joinStroke(start, FIRST, 1).page, start);
  assert.deepEqual(points(cutStroke(start, FIRST, 1, 1).page), [2, 2, 2]);
  assert.equal(cutStroke(start, FIRST, 1, 2).page, start);
  assert.deepEqual(points(moveStroke(start, FIRST, 0, 1).page), [3, 2]);
  assert.equal(moveStroke(start, FIRST, 0, 2).page, start);
  const less = removeStroke(start, FIRST, 1);
  assert.deepEqual([points(less.page), less.stroke], [[2], 0]);
  assert.equal(wordAt(less.page, FIRST)!.quality, null);
});

test("drawings are edited as a word's strokes are", () => {
  const start = page();
  const turned = reverseStroke(start, "drawings", 0).page;
  assert.deepEqual(turned.drawings[0]!.points, [
    [340, 320],
    [300, 300],
  ]);
  assert.equal(removeStroke(start, "drawings", 0).page.drawings.length, 0);
});
