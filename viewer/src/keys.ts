import type { App } from "./app.ts";
import { setQuad } from "./edits/words.ts";
import { resized, shifted } from "./geometry.ts";
import type { Stage } from "./stage.ts";
import { wordAt } from "./types.ts";

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export interface KeyActs {
  save(): void;
  doubt(step: 1 | -1): void;
  page(step: 1 | -1): void;
  search(): void;
  strokes(): void;
  play(): void;
  help(): void;
  remove(): void;
  word(key: string): boolean;
}

/** All keys but those inside fields and lists. */
export class Keys {
  constructor(
    private readonly app: App,
    private readonly stage: Stage,
    private readonly acts: KeyActs,
  ) {
    document.addEventListener("keydown", (event) => {
      const target = event.target as HTMLElement;
      if (target.closest("dialog")) return;
      const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
      if (
        event.ctrlKey || event.metaKey ? this.command(event, typing) : this.plain(event, typing)
      ) {
        event.preventDefault();
      }
    });
  }

  private command(event: KeyboardEvent, typing: boolean): boolean {
    const key = event.key.toLowerCase();
    if (key === "s") this.acts.save();
    else if (typing) return false;
    else if (key === "z" && !event.shiftKey) this.app.undo();
    else if (key === "y" || key === "z") this.app.redo();
    else return false;
    return true;
  }

  private plain(event: KeyboardEvent, typing: boolean): boolean {
    if (event.key === "Escape") return this.escape();
    if (typing) return false;
    const arrow = ARROWS[event.key];
    if (arrow) return this.arrow(event, arrow);
    if (event.key === " " && (event.target as HTMLElement).tagName === "BUTTON") return false;
    const act = this.simple(event.key, event.shiftKey);
    act?.();
    return act !== undefined || this.acts.word(event.key.toLowerCase());
  }

  private simple(key: string, shift: boolean): (() => void) | undefined {
    const { app, acts, stage } = this;
    const { state } = app;
    const known: Record<string, () => void> = {
      n: () => acts.doubt(shift ? -1 : 1),
      "/": () => acts.search(),
      "?": () => acts.help(),
      g: () => acts.strokes(),
      " ": () => acts.play(),
      "[": () => acts.page(-1),
      "]": () => acts.page(1),
      "+": () => stage.camera.zoom(1.25),
      "=": () => stage.camera.zoom(1.25),
      "-": () => stage.camera.zoom(0.8),
      "0": () => stage.fit(),
      f: () => app.set({ fade: state.fade < 0.25 ? 0.5 : state.fade < 0.75 ? 1 : 0 }),
      o: () => app.set({ boxes: !state.boxes }),
      t: () => app.set({ text: !state.text }),
      i: () => app.set({ numbers: !state.numbers }),
      l: () => app.set({ lifts: !state.lifts }),
      e: () => app.set({ editing: !state.editing }),
      delete: () => acts.remove(),
    };
    return known[key.toLowerCase()];
  }

  private escape(): boolean {
    const { state } = this.app;
    if (state.cutAt !== null || state.splitAt !== null)
      this.app.set({ cutAt: null, splitAt: null });
    else if (state.tool === "box") this.app.set({ tool: "select" });
    else this.app.select(null);
    return true;
  }

  private arrow(event: KeyboardEvent, [dx, dy]: readonly [number, number]): boolean {
    const { app } = this;
    const { place, editing } = app.state;
    const word = wordAt(app.page, place);
    if (editing && word && place && place !== "drawings" && (event.shiftKey || event.altKey)) {
      const [x, y] = word.quad[2];
      const quad = event.shiftKey
        ? shifted(word.quad, dx * 2, dy * 2)
        : resized(word.quad, 2, [x + dx * 2, y + dy * 2]);
      app.edit((page) => setQuad(page, place, quad));
      return true;
    }
    if (event.target !== this.stage.element && event.target !== document.body) return false;
    this.stage.camera.pan(-dx * 60, -dy * 60);
    return true;
  }
}
