import type { App } from "../app.ts";
import { button, h } from "../dom.ts";
import { doubts } from "../doubt.ts";
import * as words from "../edits/words.ts";
import { quadOf } from "../geometry.ts";
import { readings } from "../search.ts";
import type { Stage } from "../stage.ts";
import { type Place, places, samePlace, type Word, wordAt } from "../types.ts";

type WordPlace = Exclude<Place, "drawings">;

/** What can be done with the selected word. */
export class WordPanel {
  readonly element = h("div", { class: "of-word", role: "group", "aria-label": "The word" });
  private readonly says = h("p", { class: "says" });
  private readonly share = h("input", { type: "range", min: "0.02", max: "0.98", step: "0.01" });
  private readonly others = h("div", { class: "row" });
  private offered: Word | null = null;
  private readonly splitting: HTMLElement;
  private readonly tools: HTMLElement;

  constructor(
    private readonly app: App,
    private readonly stage: Stage,
  ) {
    this.share.setAttribute("aria-label", "Where the word is split");
    this.share.oninput = () => app.set({ splitAt: Number(this.share.value) });
    this.splitting = h(
      "div",
      { class: "row" },
      this.share,
      button("Split here", "Make two words (Enter)", () => this.split()),
      button("Cancel", "Leave it one word (Esc)", () => app.set({ splitAt: null })),
    );
    this.splitting.onkeydown = (event) => {
      if (event.key === "Enter" && event.target === this.share) this.split();
    };
    const on = (act: (place: WordPlace) => void) => () => this.withWord(act);
    this.tools = h(
      "div",
      { class: "row" },
      button(
        "Right so",
        "I looked, nothing is wrong with it (k)",
        on((p) => app.edit((page) => words.vouch(page, p))),
      ),
      button("Split", "Make two words (s)", () => this.beginSplit()),
      button(
        "Merge",
        "Merge with the next word (m)",
        on((p) => app.edit((page) => words.merge(page, p))),
      ),
      button("Draw again", "Make its ink anew from the photo (r)", () => this.redraw(), {
        hidden: !app.backend.redraw,
      }),
      button(
        "To drawing",
        "It is no word but a drawing (d)",
        on((p) => app.edit((page) => words.toDrawing(page, p))),
      ),
      button("Delete", "Delete the word with its ink (Del)", () => this.remove()),
    );
    this.element.append(this.says, this.others, this.tools, this.splitting);
  }

  render(): void {
    const { page, state } = this.app;
    const word = wordAt(page, state.place);
    this.element.hidden = !word;
    if (!word) return;
    const why = doubts(word);
    this.says.textContent = why.length ? `Doubtful: ${why.join("; ")}.` : "Nothing doubtful.";
    if (word !== this.offered) this.offer(word);
    this.tools.hidden = !state.editing || state.splitAt !== null;
    this.splitting.hidden = !state.editing || state.splitAt === null;
    if (state.splitAt !== null) this.share.value = String(state.splitAt);
  }

  /** Offer other readings, to be taken with a click. */
  private offer(word: Word): void {
    this.offered = word;
    const others = readings(word).slice(1);
    this.others.hidden = !others.length;
    const take = (text: string) => () =>
      this.withWord((place) => this.app.edit((page) => words.setText(page, place, text)), true);
    this.others.replaceChildren(
      h("span", {}, "Perhaps"),
      ...others.map((text) => button(text, "Take this reading", take(text))),
    );
  }

  private withWord(act: (place: WordPlace) => void, always = false): void {
    const { place, editing } = this.app.state;
    if ((editing || always) && place && place !== "drawings") act(place);
  }

  /** The keys of the word; says whether it knew the key. */
  key(key: string): boolean {
    const { app } = this;
    const acts: Record<string, () => void> = {
      k: () => this.withWord((p) => app.edit((page) => words.vouch(page, p))),
      s: () => this.beginSplit(),
      m: () => this.withWord((p) => app.edit((page) => words.merge(page, p))),
      r: () => void this.redraw(),
      d: () => this.withWord((p) => app.edit((page) => words.toDrawing(page, p))),
      b: () => this.newBox(),
    };
    if (!app.state.editing || !acts[key]) return false;
    acts[key]();
    return true;
  }

  beginSplit(): void {
    const word = wordAt(this.app.page, this.app.state.place);
    if (!word) return;
    this.app.set({ splitAt: words.widestGap(word) });
    requestAnimationFrame(() => this.share.focus());
  }

  private split(): void {
    const share = this.app.state.splitAt;
    if (share !== null) this.withWord((p) => this.app.edit((page) => words.split(page, p, share)));
  }

  remove(): void {
    this.withWord((p) => this.app.edit((page) => words.remove(page, p)));
  }

  /** Draw a box with the mouse; the same key once more puts one in the middle, for the arrows. */
  newBox(): void {
    if (this.app.state.tool !== "box") return this.app.set({ tool: "box" });
    const { x0, y0, x1, y1 } = this.stage.camera.seen;
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    const [w, h] = [(x1 - x0) / 12, (y1 - y0) / 20];
    this.app.set({ tool: "select" });
    const quad = quadOf({
      x0: Math.round(x - w),
      y0: Math.round(y - h),
      x1: Math.round(x + w),
      y1: Math.round(y + h),
    });
    this.app.edit((page) => words.add(page, quad));
  }

  private async redraw(): Promise<void> {
    const { app } = this;
    const { document, page: index, place, busy } = app.state;
    if (!app.backend.redraw || busy || !place || place === "drawings") return;
    const { page } = app;
    const all = places(page);
    const ask = {
      word: all.findIndex((other) => samePlace(other, place)),
      words: all.map((other) => wordAt(page, other)!).map(({ text, quad }) => ({ text, quad })),
    };
    app.set({ busy: true, message: "Drawing the word again …" });
    try {
      const made = await app.backend.redraw(document, index, ask);
      // Meanwhile something else may have been edited: then it is another word's place.
      if (app.page !== page) return app.say("The page was changed meanwhile; draw it once more.");
      app.edit((now) => words.setInk(now, place, made));
      app.say("Drawn again.");
    } catch (error) {
      app.say(error instanceof Error ? error.message : String(error));
    } finally {
      app.set({ busy: false });
    }
  }
}
