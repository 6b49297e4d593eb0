import type { App } from "./app.ts";
import { Camera } from "./camera.ts";
import { h } from "./dom.ts";
import { boxOf } from "./geometry.ts";
import { paint, paintSince, prepare, strokeBox } from "./ink.ts";
import { Overlay } from "./overlay.ts";
import type { Moment, Timeline } from "./timeline.ts";
import { type Page, strokesAt, wordAt } from "./types.ts";

const SLOW = 25; // milliseconds; a page that takes longer to draw is moved as a picture first

/** What is being written: strokes up to a moment; all other ink of the page waits. */
export interface Written {
  readonly timeline: Timeline;
  readonly moment: Moment;
}

/** The page: its photo, its ink above it, boxes above both. */
export class Stage {
  readonly camera = new Camera();
  readonly overlay: Overlay;
  readonly element: HTMLElement;
  private readonly photo = h("img", { alt: "", draggable: false, class: "photo" });
  private readonly paper = h("div", { class: "paper" });
  private readonly canvas = h("canvas", { class: "ink", "aria-hidden": "true" });
  private readonly tip = h("div", { class: "tip", hidden: true });
  private shown: { page: Page | null; address: string | null } = { page: null, address: null };
  private place = "";
  private written: Written | null = null;
  private cost = 0;
  private drawnAt = { x: 0, y: 0, scale: 1 };
  private later = 0;

  constructor(private readonly app: App) {
    this.overlay = new Overlay(app, this.camera);
    this.element = h(
      "section",
      {
        class: "stage",
        tabIndex: 0,
        role: "application",
        "aria-label": "The page; arrows move it, plus and minus zoom",
      },
      this.paper,
      this.photo,
      this.canvas,
      this.overlay.element as unknown as HTMLElement,
      this.tip,
    );
    this.photo.onerror = () => {
      this.photo.hidden = true;
    };
    new ResizeObserver(() => this.resize()).observe(this.element);
    this.camera.onMove(() => this.move());
    app.onReveal(() => this.reveal());
  }

  render(): void {
    const { app } = this;
    const { page, state } = app;
    const place = `${state.document}/${state.page}`;
    if (place !== this.place) this.open(place);
    this.photo.style.opacity = String(1 - Math.max(0, state.fade - 0.5) * 2);
    this.canvas.style.opacity = String(Math.min(1, state.fade * 2));
    if (page !== this.shown.page) {
      this.shown.page = page;
      this.draw();
    }
    this.overlay.render();
    this.showTip();
  }

  private open(place: string): void {
    const { app } = this;
    this.place = place;
    this.written = null;
    const { document, page } = app.state;
    const address = app.backend.photo(document, page);
    this.photo.hidden = !address;
    if (address) this.photo.src = address;
    for (const element of [this.photo, this.paper]) {
      element.style.width = `${app.page.width}px`;
      element.style.height = `${app.page.height}px`;
    }
    this.paper.style.background = app.page.paper ?? "#ffffff";
    this.fit();
  }

  fit(): void {
    this.camera.fit({ x0: 0, y0: 0, x1: this.app.page.width, y1: this.app.page.height });
  }

  private reveal(): void {
    const { page, state } = this.app;
    const word = wordAt(page, state.place);
    const stroke = strokesAt(page, state.place)[state.stroke ?? 0];
    if (word) this.camera.reveal(boxOf(word.quad));
    else if (stroke) this.camera.reveal(strokeBox(stroke));
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.element;
    const first = this.camera.width <= 1;
    Object.assign(this.camera, { width: clientWidth || 1, height: clientHeight || 1 });
    if (first) this.fit();
    else this.move();
  }

  private move(): void {
    const { x, y, scale } = this.camera;
    const matrix = `matrix(${scale},0,0,${scale},${-x * scale},${-y * scale})`;
    this.photo.style.transform = this.paper.style.transform = matrix;
    this.overlay.move();
    this.showTip();
    if (this.cost < SLOW) return this.draw();
    // Move the picture of the ink, and draw it again when the hand rests.
    const before = this.drawnAt;
    const k = scale / before.scale;
    const [dx, dy] = [(before.x - x) * scale, (before.y - y) * scale];
    this.canvas.style.transform = `translate(${dx}px,${dy}px) scale(${k})`;
    clearTimeout(this.later);
    this.later = window.setTimeout(() => this.draw(), 120);
  }

  private draw(): void {
    clearTimeout(this.later);
    const { page, camera } = { page: this.app.page, camera: this.camera };
    const start = performance.now();
    const context = prepare(this.canvas, camera);
    this.canvas.style.transform = "";
    this.drawnAt = { x: camera.x, y: camera.y, scale: camera.scale };
    if (this.written) {
      const { timeline, moment } = this.written;
      paintSince(context, timeline.strokes, { stroke: 0, share: 0 }, moment, camera.seen);
    } else {
      for (const line of page.lines) {
        for (const word of line.words) paint(context, word.strokes, camera.seen);
      }
      paint(context, page.drawings, camera.seen);
    }
    this.cost = performance.now() - start;
  }

  /** Show what is written until a moment; `null`: the page as it is. */
  write(written: Written | null): void {
    const before = this.written;
    this.written = written;
    const onward =
      before &&
      written &&
      before.timeline === written.timeline &&
      later(written.moment, before.moment);
    if (!onward) return this.draw();
    const context = prepare(this.canvas, this.camera, false);
    const { timeline, moment } = written;
    paintSince(context, timeline.strokes, before.moment, moment, this.camera.seen);
  }

  private showTip(): void {
    const { page, state } = this.app;
    const word = wordAt(page, state.hover);
    this.tip.hidden = !word?.text;
    if (!word) return;
    const [x, y] = this.camera.toWindow(word.quad[3]);
    this.tip.textContent = word.text;
    this.tip.style.transform = `translate(${x}px,${y + 4}px)`;
  }
}

function later(a: Moment, b: Moment): boolean {
  return a.stroke > b.stroke || (a.stroke === b.stroke && a.share >= b.share);
}
