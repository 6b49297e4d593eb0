import type { App } from "./app.ts";
import { add, setQuad } from "./edits/words.ts";
import {
  along,
  boxOf,
  distance,
  inside,
  nearest,
  quadOf,
  resized,
  roundQuad,
  shifted,
} from "./geometry.ts";
import { strokeUnder, wordUnder } from "./hit.ts";
import type { Stage } from "./stage.ts";
import { type Point, type Quad, samePlace, strokesAt, wordAt } from "./types.ts";

const A_CLICK = 4; // window pixels that a click may wander

type Drag =
  | { kind: "pan" }
  | { kind: "corner"; corner: number; quad: Quad }
  | { kind: "move"; quad: Quad }
  | { kind: "box"; from: Point };

/** What mouse and fingers do on the page. */
export class Gestures {
  private readonly down = new Map<number, Point>();
  private drag: Drag | null = null;
  private from: Point = [0, 0];
  private wandered = false;

  constructor(
    private readonly app: App,
    private readonly stage: Stage,
  ) {
    const on = stage.element;
    on.addEventListener("pointerdown", (event) => this.press(event));
    on.addEventListener("pointermove", (event) => this.move(event));
    on.addEventListener("pointerup", (event) => this.release(event));
    on.addEventListener("pointercancel", (event) => this.release(event, false));
    on.addEventListener("pointerleave", () => app.set({ hover: null }));
    on.addEventListener("dblclick", (event) => this.zoomTo(this.at(event)));
    on.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  private at(event: MouseEvent): Point {
    const frame = this.stage.element.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    this.stage.camera.zoom(0.998 ** (event.deltaY * lines), ...this.at(event));
  }

  private press(event: PointerEvent): void {
    const at = this.at(event);
    this.stage.element.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, at);
    this.wandered = this.down.size > 1;
    this.from = at;
    this.drag = this.down.size > 1 ? { kind: "pan" } : this.begin(event, at);
  }

  private begin(event: PointerEvent, at: Point): Drag {
    const { app } = this;
    const { state, page } = app;
    if (!state.editing) return { kind: "pan" };
    const here = this.stage.camera.toPage(...at);
    if (state.tool === "box") return { kind: "box", from: here };
    const word = wordAt(page, state.place);
    if (!word) return { kind: "pan" };
    const touch = event.pointerType === "mouse" ? 8 : 20;
    const corner = word.quad.findIndex((c) => distance(this.stage.camera.toWindow(c), at) <= touch);
    if (corner >= 0) return { kind: "corner", corner, quad: word.quad };
    return inside(word.quad, here) ? { kind: "move", quad: word.quad } : { kind: "pan" };
  }

  private move(event: PointerEvent): void {
    const at = this.at(event);
    const before = this.down.get(event.pointerId);
    if (!before) {
      this.app.set({ hover: wordUnder(this.app.page, this.stage.camera.toPage(...at)) });
      return;
    }
    if (distance(this.from, at) > A_CLICK) this.wandered = true;
    if (!this.wandered) return;
    if (this.down.size === 2) this.pinch(event.pointerId, before, at);
    else if (this.drag?.kind === "pan") this.stage.camera.pan(at[0] - before[0], at[1] - before[1]);
    this.down.set(event.pointerId, at);
    this.preview(at);
  }

  private pinch(id: number, before: Point, at: Point): void {
    const other = [...this.down].find(([key]) => key !== id)![1];
    const mid: Point = [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2];
    const factor = distance(at, other) / Math.max(distance(before, other), 1);
    this.stage.camera.zoom(factor, ...mid);
    this.stage.camera.pan((at[0] - before[0]) / 2, (at[1] - before[1]) / 2);
  }

  /** Where the box would be, were the button let go here. */
  private target(at: Point): Quad | null {
    const { drag } = this;
    const here = this.stage.camera.toPage(...at);
    if (drag?.kind === "corner") return resized(drag.quad, drag.corner, here);
    if (drag?.kind === "move") {
      const start = this.stage.camera.toPage(...this.from);
      return shifted(drag.quad, here[0] - start[0], here[1] - start[1]);
    }
    if (drag?.kind === "box") return roundQuad(quadOf(boxOf([drag.from, here])));
    return null;
  }

  private preview(at: Point): void {
    this.stage.overlay.ghost(this.target(at));
  }

  private release(event: PointerEvent, meant = true): void {
    const at = this.at(event);
    this.down.delete(event.pointerId);
    this.stage.overlay.ghost(null);
    if (!meant) return;
    const { drag, wandered } = this;
    const quad = wandered ? this.target(at) : null;
    if (!this.down.size) this.drag = null;
    if (!wandered) this.click(this.stage.camera.toPage(...at));
    else if (quad && drag?.kind === "box") this.draw(quad);
    else if (quad) {
      const { place } = this.app.state;
      if (place && place !== "drawings") this.app.edit((page) => setQuad(page, place, quad));
    }
  }

  private draw(quad: Quad): void {
    const box = boxOf(quad);
    this.app.set({ tool: "select" });
    if (box.x1 - box.x0 < 2 || box.y1 - box.y0 < 2) return;
    this.app.edit((page) => add(page, quad));
  }

  private click(here: Point): void {
    const { app } = this;
    const { page, state } = app;
    if (state.cutAt !== null && state.stroke !== null) {
      const stroke = strokesAt(page, state.place)[state.stroke]!;
      return app.set({ cutAt: nearest(stroke.points, here).index });
    }
    const word = wordAt(page, state.place);
    if (state.splitAt !== null && word && inside(word.quad, here)) {
      return app.set({ splitAt: Math.min(Math.max(along(word.quad, here), 0.02), 0.98) });
    }
    const place = wordUnder(page, here);
    if (place) {
      const again = samePlace(place, state.place) && state.editing;
      return app.select(place, false, again ? strokeUnder(page, place, here) : null);
    }
    const drawn = strokeUnder(page, "drawings", here);
    app.select(drawn === null ? null : "drawings", false, drawn);
  }

  private zoomTo(at: Point): void {
    const place = wordUnder(this.app.page, this.stage.camera.toPage(...at));
    const word = wordAt(this.app.page, place);
    if (word) this.stage.camera.fit(boxOf(word.quad), 80);
    else this.stage.camera.zoom(2, ...at);
  }
}
