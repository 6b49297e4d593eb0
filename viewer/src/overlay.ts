import type { App } from "./app.ts";
import type { Camera } from "./camera.ts";
import { s } from "./dom.ts";
import { doubts } from "./doubt.ts";
import { between, distance } from "./geometry.ts";
import { strokeWidth } from "./ink.ts";
import {
  type Page,
  type Place,
  type Point,
  places,
  type Quad,
  samePlace,
  strokesAt,
  type Word,
  wordAt,
} from "./types.ts";

const MOST_NUMBERS = 3000;

/** Boxes, texts, handles and numbers above the page, in window pixels or in the page's. */
export class Overlay {
  readonly element = s("svg", { class: "overlay", "aria-hidden": "true" });
  private readonly onPage = s("g");
  private readonly boxes = s("g", { class: "boxes" });
  private readonly texts = s("g", { class: "texts" });
  private readonly dragged = s("polygon", { class: "dragged" });
  private readonly pen = s("g", { class: "pen" });
  private readonly handles = s("g", { class: "handles" });
  private drawn: Page | null = null;

  constructor(
    private readonly app: App,
    private readonly camera: Camera,
  ) {
    this.onPage.append(this.texts, this.boxes, this.dragged);
    this.ghost(null);
    this.element.append(this.onPage, this.pen, this.handles);
  }

  /** Show where a box would be that is being dragged. */
  ghost(quad: Quad | null): void {
    this.dragged.style.display = quad ? "" : "none";
    if (quad) this.dragged.setAttribute("points", corners(quad));
  }

  /** Draw what depends on the document and the selection. */
  render(): void {
    const { app } = this;
    const { state, page } = app;
    if (this.drawn !== page) this.rebuild(page);
    const hits = new Set(
      state.hits
        .filter((hit) => hit.page === state.page)
        .flatMap((h) => h.words.map((w) => `${h.line}/${w}`)),
    );
    this.element.classList.toggle("no-boxes", !state.boxes);
    this.texts.style.display = state.text ? "" : "none";
    places(page).forEach((place, i) => {
      const box = this.boxes.children[i]!;
      const doubtful = state.doubts && box.hasAttribute("data-doubt");
      box.classList.toggle("doubtful", doubtful);
      box.classList.toggle("hit", hits.has(`${place.line}/${place.word}`));
      box.classList.toggle("hover", samePlace(place, state.hover));
      box.classList.toggle("selected", samePlace(place, state.place));
    });
    this.move();
  }

  private rebuild(page: Page): void {
    this.drawn = page;
    const words = page.lines.flatMap((line) => line.words);
    this.boxes.replaceChildren(...words.map(box));
    this.texts.replaceChildren(...words.filter((word) => word.text).map(text));
  }

  /** Follow the camera; handles and numbers keep their size on the screen. */
  move(): void {
    const { camera, app } = this;
    const k = camera.scale;
    this.onPage.setAttribute(
      "transform",
      `matrix(${k} 0 0 ${k} ${-camera.x * k} ${-camera.y * k})`,
    );
    const { page, state } = app;
    this.pen.replaceChildren(...this.ofPen(page, state.place));
    const word = wordAt(page, state.place);
    const shown = state.editing && word ? this.ofWord(word) : [];
    this.handles.replaceChildren(...shown);
  }

  private ofWord(word: Word): SVGElement[] {
    const corners = word.quad.map((corner, i) => {
      const [x, y] = this.camera.toWindow(corner);
      return s("rect", { x: x - 5, y: y - 5, width: 10, height: 10, "data-corner": i });
    });
    const { splitAt } = this.app.state;
    if (splitAt === null) return corners;
    const [a, b, c, d] = word.quad;
    return [...corners, this.line(between(a, b, splitAt), between(d, c, splitAt), "split")];
  }

  private line(from: Point, to: Point, name: string): SVGElement {
    const [[x1, y1], [x2, y2]] = [this.camera.toWindow(from), this.camera.toWindow(to)];
    return s("line", { x1, y1, x2, y2, class: name });
  }

  /** The selected stroke, pen lifts, numbers: of the selected word, else of the page. */
  private ofPen(page: Page, place: Place | null): SVGElement[] {
    const { state } = this.app;
    const all = place
      ? strokesAt(page, place)
      : [
          ...page.lines.flatMap((line) => line.words.flatMap((word) => word.strokes)),
          ...page.drawings,
        ];
    const strokes = all.slice(0, MOST_NUMBERS);
    const found: SVGElement[] = [];
    const chosen = state.stroke === null ? undefined : strokesAt(page, place)[state.stroke];
    if (chosen) {
      const points = chosen.points.map((point) => this.camera.toWindow(point).join(" ")).join(",");
      const width = Math.max(strokeWidth(chosen) * this.camera.scale, 3);
      found.push(s("polyline", { points, class: "stroke", "stroke-width": width }));
      const [cx, cy] = this.camera.toWindow(chosen.points[0]!);
      found.push(s("circle", { cx, cy, r: 5, class: "start" }));
      const at = state.cutAt === null ? undefined : chosen.points[state.cutAt];
      if (at) {
        const [x, y] = this.camera.toWindow(at);
        found.push(s("circle", { cx: x, cy: y, r: 6, class: "cut" }));
      }
    }
    strokes.forEach((stroke, i) => {
      const next = strokes[i + 1];
      if (state.lifts && next && distance(stroke.points.at(-1)!, next.points[0]!) > 0.5) {
        found.push(this.line(stroke.points.at(-1)!, next.points[0]!, "lift"));
      }
      if (!state.numbers) return;
      const [x, y] = this.camera.toWindow(stroke.points[0]!);
      const { width, height } = this.camera;
      if (x < 0 || y < 0 || x > width || y > height) return;
      const number = s("text", { x: x - 3, y: y - 4, class: "number" });
      number.textContent = String(i + 1);
      found.push(number);
    });
    return found;
  }
}

function corners(quad: Quad): string {
  return quad.map((corner) => corner.join(" ")).join(",");
}

function box(word: Word): SVGElement {
  const element = s("polygon", { points: corners(word.quad) });
  if (doubts(word).length) element.setAttribute("data-doubt", "");
  return element;
}

/** The text in its word's box: as wide as that, turned as that is. */
function text(word: Word): SVGElement {
  const [a, b, , d] = word.quad;
  const [width, height] = [distance(a, b), distance(a, d)];
  const turn = (Math.atan2(b[1] - a[1], b[0] - a[0]) * 180) / Math.PI;
  const element = s("text", {
    transform: `translate(${d[0]} ${d[1]}) rotate(${turn})`,
    y: -height * 0.22,
    "font-size": Math.max(height * 0.75, 1),
    textLength: Math.max(width, 1),
    lengthAdjust: "spacingAndGlyphs",
  });
  element.textContent = word.text;
  return element;
}
