import assert from "node:assert/strict";
import { test } from "node:test";
import { between } from "../src/ink.ts";
import { Timeline } from "../src/timeline.ts";
import { stroke } from "./documents.ts";

test("a steady pen takes as long as its way, and lifts in between", () => {
  const line = new Timeline([stroke([0, 0], [100, 0]), stroke([100, 160], [200, 160])], 100);
  assert.deepEqual(line.starts, [0, 2]);
  assert.deepEqual(line.ends, [1, 3]);
  assert.deepEqual(line.at(0.5), { stroke: 0, share: 0.5 });
  assert.deepEqual(line.at(1.5), { stroke: 1, share: 0 });
  assert.deepEqual(line.at(9), { stroke: 2, share: 0 });
});

test("recorded times are kept", () => {
  const recorded = [
    { ...stroke([0, 0], [9, 0]), times: [3, 4] },
    { ...stroke([0, 9], [9, 9]), times: [6, 7] },
  ];
  const line = new Timeline(recorded, 1);
  assert.deepEqual(
    [line.starts, line.ends],
    [
      [0, 3],
      [1, 4],
    ],
  );
});

test("times that run backwards are not believed", () => {
  const late = { ...stroke([0, 0], [9, 0]), times: [3, 4] };
  assert.equal(new Timeline([late, late], 9).starts[0], 0);
  assert.ok(new Timeline([late, late], 9).duration > 2);
});

test("nothing to write takes no time", () => {
  assert.equal(new Timeline([], 100).duration, 0);
});

test("a piece of a stroke is cut at shares of its length", () => {
  assert.deepEqual(
    between(
      [
        [0, 0],
        [10, 0],
        [10, 10],
      ],
      0.25,
      0.75,
    ),
    [
      [5, 0],
      [10, 0],
      [10, 5],
    ],
  );
  assert.deepEqual(between([[4, 4]], 0, 1), [[4, 4]]);
});
