import type { App } from "../app.ts";
import { button, h } from "../dom.ts";
import {
  cutStroke,
  joinStroke,
  moveStroke,
  removeStroke,
  reverseStroke,
} from "../edits/strokes.ts";
import { toWord } from "../edits/words.ts";
import { type Place, type Stroke, strokesAt } from "../types.ts";

const MOST = 500; // of drawings there may be thousands

/** The strokes of the selected word, or the drawings, in pen order. */
export class StrokePanel {
  readonly element = h("div", { class: "of-strokes", role: "group", "aria-label": "Strokes" });
  private readonly list = h("ol", { class: "strokes", role: "listbox", tabIndex: 0 });
  private readonly tools: HTMLElement;
  private readonly where = h("input", { type: "range", min: "1", step: "1" });
  private readonly cutting: HTMLElement;
  private readonly asWord: HTMLElement;
  private shown: readonly Stroke[] | null = null;
  private dragged: number | null = null;

  constructor(private readonly app: App) {
    this.list.setAttribute(
      "aria-label",
      "Strokes in pen order; drag one, or Alt and arrows, to move it",
    );
    this.list.addEventListener("keydown", (event) => this.key(event));
    const on = (act: (place: Place, index: number) => void) => () => this.withStroke(act);
    this.asWord = button(
      "Make a word",
      "This drawing is a word",
      on((_, i) => app.edit((page) => toWord(page, i))),
    );
    this.tools = h(
      "div",
      { class: "row" },
      button(
        "Reverse",
        "Write it the other way round",
        on((p, i) => app.edit((page) => reverseStroke(page, p, i))),
      ),
      button(
        "Join",
        "Join with the next stroke",
        on((p, i) => app.edit((page) => joinStroke(page, p, i))),
      ),
      button("Cut", "Lift the pen in between", () => this.beginCut()),
      button("Delete stroke", "Delete it (Del)", () => this.remove()),
      this.asWord,
    );
    this.where.setAttribute("aria-label", "Where the stroke is cut");
    this.where.oninput = () => app.set({ cutAt: Number(this.where.value) });
    this.cutting = h(
      "div",
      { class: "row" },
      this.where,
      button("Cut here", "Make two strokes", () => this.cut()),
      button("Cancel", "Leave it whole (Esc)", () => app.set({ cutAt: null })),
    );
    this.element.append(h("h2", {}, "Strokes"), this.list, this.tools, this.cutting);
  }

  /** Choose the first stroke of the word, or without a word of the drawings, for the keys. */
  begin(): void {
    const { app } = this;
    const place = app.state.place ?? "drawings";
    if (!strokesAt(app.page, place).length) return app.say("There are no strokes.");
    app.set({ editing: true });
    app.select(place, true, 0);
    requestAnimationFrame(() => this.list.focus()); // it is shown by then
  }

  render(): void {
    const { page, state } = this.app;
    const strokes = strokesAt(page, state.place);
    this.element.hidden = !state.editing || !state.place;
    if (this.element.hidden) return;
    if (strokes !== this.shown) this.rebuild(strokes);
    [...this.list.children].forEach((row, i) => {
      row.setAttribute("aria-selected", String(i === state.stroke));
      if (i === state.stroke) row.scrollIntoView({ block: "nearest" });
    });
    const chosen = state.stroke !== null;
    this.tools.hidden = !chosen || state.cutAt !== null;
    this.cutting.hidden = !chosen || state.cutAt === null;
    this.asWord.hidden = state.place !== "drawings";
    if (state.cutAt !== null) this.where.value = String(state.cutAt);
  }

  private rebuild(strokes: readonly Stroke[]): void {
    this.shown = strokes;
    this.list.replaceChildren(...strokes.slice(0, MOST).map((stroke, i) => this.row(stroke, i)));
  }

  private row(stroke: Stroke, index: number): HTMLElement {
    const what = stroke.points.length === 1 ? "dot" : `${stroke.points.length} points`;
    return h(
      "li",
      {
        role: "option",
        draggable: true,
        onclick: () => this.choose(index),
        ondragstart: () => {
          this.dragged = index;
        },
        ondragover: (event: DragEvent) => event.preventDefault(),
        ondrop: (event: DragEvent) => this.drop(event, index),
      },
      `${index + 1} · ${what}`,
    );
  }

  private choose(index: number): void {
    this.app.select(this.app.state.place, true, index);
  }

  private drop(event: DragEvent, to: number): void {
    event.preventDefault();
    const from = this.dragged;
    this.dragged = null;
    const { place } = this.app.state;
    if (from !== null && place) this.app.edit((page) => moveStroke(page, place, from, to));
  }

  private withStroke(act: (place: Place, index: number) => void): void {
    const { place, stroke, editing } = this.app.state;
    if (editing && place && stroke !== null) act(place, stroke);
  }

  remove(): void {
    this.withStroke((place, index) => this.app.edit((page) => removeStroke(page, place, index)));
  }

  private beginCut(): void {
    this.withStroke((place, index) => {
      const count = strokesAt(this.app.page, place)[index]!.points.length;
      if (count < 3) return this.app.say("A stroke this short cannot be cut.");
      this.where.max = String(count - 2);
      this.app.set({ cutAt: count >> 1 });
      requestAnimationFrame(() => this.where.focus());
    });
  }

  private cut(): void {
    const at = this.app.state.cutAt;
    if (at === null) return;
    this.withStroke((place, index) => this.app.edit((page) => cutStroke(page, place, index, at)));
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const { place, stroke } = this.app.state;
    const next = stroke === null ? 0 : stroke + step;
    if (event.altKey && place && stroke !== null) {
      this.app.edit((page) => moveStroke(page, place, stroke, next));
    } else if (next >= 0 && next < strokesAt(this.app.page, place).length) this.choose(next);
  }
}
