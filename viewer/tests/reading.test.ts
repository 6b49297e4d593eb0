import assert from "node:assert/strict";
import { test } from "node:test";
import { doubts, nextDoubt } from "../src/doubt.ts";
import { History } from "../src/history.ts";
import { find, folded } from "../src/search.ts";
import type { InkDocument } from "../src/types.ts";
import { page, word } from "./documents.ts";

const document = (): InkDocument => ({ format: "inksight-document", version: 1, pages: [page()] });

test("text is folded: case, accents and signs around it do not count", () => {
  assert.equal(folded("»Ärger!«"), "arger");
  assert.equal(folded("don't"), "don't");
});

test("words are found by their beginnings, one after the other in a line", () => {
  assert.deepEqual(find(document(), "TW"), [{ page: 0, line: 0, words: [1] }]);
  assert.deepEqual(find(document(), "one tw"), [{ page: 0, line: 0, words: [0, 1] }]);
  assert.deepEqual(find(document(), "two three"), []);
  assert.deepEqual(find(document(), " "), []);
});

test("alternatives are found as well", () => {
  const read = {
    ...word("borrwwed"),
    alternatives: [
      ["borrwwed", 0.5],
      ["borrowed", 0.3],
      ["burrowed", 0.1],
    ] as const,
  };
  const pages = [{ ...page(), lines: [{ quad: read.quad, words: [read] }] }];
  assert.equal(find({ ...document(), pages }, "borrow").length, 1);
  assert.equal(find({ ...document(), pages }, "burrow").length, 1);
});

test("doubts are said in words", () => {
  assert.deepEqual(doubts(word("one")), []);
  assert.deepEqual(doubts(word("one", 0, 0, 0.5)), ["read with 50 % confidence"]);
  assert.deepEqual(doubts({ ...word(""), strokes: [] }), ["not read", "has no ink"]);
});

test("the next doubt goes round the page, in both directions", () => {
  const start = page();
  const lines = [start.lines[0]!, { ...start.lines[1]!, words: [word("?", 0, 100, 0.2)] }];
  const doubted = { ...start, lines };
  const only = { line: 1, word: 0 };
  assert.deepEqual(nextDoubt(doubted, null, 1), only);
  assert.deepEqual(nextDoubt(doubted, only, 1), only);
  assert.deepEqual(nextDoubt(doubted, { line: 0, word: 0 }, -1), only);
  assert.equal(nextDoubt(start, null, 1), null);
});

test("undo and redo, and what is saved", () => {
  const [a, b, c] = [document(), document(), document()];
  const history = new History(a);
  history.push(b);
  assert.ok(history.dirty);
  history.keep(b);
  history.undo();
  assert.ok(history.now === a && history.dirty && history.redoable);
  history.redo();
  assert.ok(history.now === b && !history.dirty);
  history.undo();
  history.push(c);
  assert.ok(history.now === c && history.dirty && !history.redoable);
});

test("history forgets its oldest versions", () => {
  const history = new History(document(), 2);
  history.push(document());
  history.push(document());
  history.undo();
  assert.equal(history.undoable, false);
  assert.ok(history.dirty);
});
