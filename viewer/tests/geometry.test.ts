import assert from "node:assert/strict";
import { test } from "node:test";
import { Camera } from "../src/camera.ts";
import { along, inside, quadOf, resized, shifted } from "../src/geometry.ts";
import { strokeUnder, wordUnder } from "../src/hit.ts";
import type { Point, Quad } from "../src/types.ts";
import { page } from "./documents.ts";

const box = quadOf({ x0: 10, y0: 20, x1: 110, y1: 60 });

test("each corner moves, the opposite one stays", () => {
  for (const corner of [0, 1, 2, 3]) {
    const [x, y] = box[corner]!;
    const next = resized(box, corner, [x + 5, y - 3]);
    assert.deepEqual(next[corner], [x + 5, y - 3]);
    assert.deepEqual(next[(corner + 2) % 4], box[(corner + 2) % 4]);
  }
});

test("a turned box keeps its angle", () => {
  const turned = [
    [0, 0],
    [30, 40],
    [22, 46],
    [-8, 6],
  ] as unknown as Quad;
  assert.deepEqual(resized(turned, 2, [28, 54]), [
    [0, 0],
    [36, 48],
    [28, 54],
    [-8, 6],
  ]);
});

test("a box never turns over", () => {
  assert.deepEqual(resized(box, 2, [-500, -500])[2], [14, 24]);
});

test("inside, along, shifted", () => {
  assert.ok(inside(box, [11, 59]) && !inside(box, [9, 30]));
  assert.equal(along(box, [35, 0]), 0.25);
  assert.deepEqual(shifted(box, 1.004, -2)[0], [11, 18]);
});

test("the word and the stroke under the mouse", () => {
  assert.deepEqual(wordUnder(page(), [130, 10]), { line: 0, word: 1 });
  assert.equal(wordUnder(page(), [110, 10]), null);
  assert.equal(strokeUnder(page(), { line: 0, word: 0 }, [62, 7]), 1);
  assert.equal(strokeUnder(page(), "drawings", [0, 0]), null);
});

test("what is under the mouse stays there while zooming", () => {
  const camera = Object.assign(new Camera(), { width: 800, height: 600 });
  camera.fit({ x0: 0, y0: 0, x1: 1600, y1: 600 });
  const before: Point = camera.toPage(200, 300);
  camera.zoom(3, 200, 300);
  assert.deepEqual(camera.toPage(200, 300).map(Math.round), before.map(Math.round));
  camera.reveal({ x0: 1500, y0: 500, x1: 1550, y1: 520 });
  assert.ok(camera.seen.x1 > 1550 && camera.seen.y0 < 500);
});
