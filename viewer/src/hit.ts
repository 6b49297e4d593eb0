import { distance, inside, nearest } from "./geometry.ts";
import { strokeBox } from "./ink.ts";
import { type Page, type Place, type Point, places, strokesAt, wordAt } from "./types.ts";

/** The word at a point; of several the smallest. */
export function wordUnder(page: Page, here: Point): Place | null {
  let best: { place: Place; area: number } | null = null;
  for (const place of places(page)) {
    const { quad } = wordAt(page, place)!;
    if (!inside(quad, here)) continue;
    const area = distance(quad[0], quad[1]) * distance(quad[0], quad[3]);
    if (!best || area < best.area) best = { place, area };
  }
  return best?.place ?? null;
}

/** The stroke nearest to a point, not farther than a finger is wide. */
export function strokeUnder(page: Page, place: Place, here: Point, most = 12): number | null {
  let best: { index: number | null; far: number } = { index: null, far: most };
  strokesAt(page, place).forEach((stroke, index) => {
    const box = strokeBox(stroke);
    if (here[0] < box.x0 - most || here[0] > box.x1 + most) return;
    if (here[1] < box.y0 - most || here[1] > box.y1 + most) return;
    const { far } = nearest(stroke.points, here);
    if (far < best.far) best = { index, far };
  });
  return best.index;
}
