import type { App, State } from "../app.ts";
import { button, h, toggle } from "../dom.ts";

type Switch = "boxes" | "text" | "doubts" | "numbers" | "lifts" | "editing";

const SWITCHES: readonly (readonly [Switch, string, string])[] = [
  ["boxes", "Boxes", "Word boxes (o)"],
  ["text", "Text", "The text above the page (t)"],
  ["doubts", "Doubts", "Colour doubtful words (n goes to the next)"],
  ["numbers", "Numbers", "Number the strokes in pen order (i)"],
  ["lifts", "Lifts", "The ways of the lifted pen (l)"],
  ["editing", "Put right", "Correct texts, boxes and strokes (e)"],
];

export interface Acts {
  save(): void;
  nextDoubt(): void;
  help(): void;
  fit(): void;
}

/** What is seen, and what is done with all of it. */
export class Toolbar {
  readonly element: HTMLElement;
  private readonly fade = h("input", { type: "range", min: "0", max: "1", step: "0.01" });
  private readonly switches: [keyof State, (on: boolean) => void][] = [];
  private readonly undo: HTMLButtonElement;
  private readonly redo: HTMLButtonElement;
  private readonly keep: HTMLButtonElement;
  /** What was done, or what went wrong; lies above the page. */
  readonly message = h("output", { class: "message", role: "status" });

  constructor(
    private readonly app: App,
    acts: Acts,
  ) {
    this.fade.setAttribute("aria-label", "Fade from the photo to the ink");
    this.fade.title = "Photo, both, ink (f)";
    this.fade.oninput = () => app.set({ fade: Number(this.fade.value) });
    const switches = SWITCHES.map(([name, label, title]) => {
      const { element, show } = toggle(label, title, () => app.set({ [name]: !app.state[name] }));
      this.switches.push([name, show]);
      return element;
    });
    this.undo = button("Undo", "Undo (Ctrl z)", () => app.undo());
    this.redo = button("Redo", "Redo (Ctrl y)", () => app.redo());
    this.keep = button("Save", "Save (Ctrl s)", acts.save);
    const light = button("◐", "Light or dark", switchTheme, { "aria-label": "Light or dark" });
    this.element = h(
      "header",
      { class: "toolbar", role: "toolbar", "aria-label": "Looking and saving" },
      h("label", { class: "fade" }, "Photo", this.fade, "Ink"),
      ...switches,
      button("Next doubt", "The next doubtful word (n)", acts.nextDoubt),
      button("Fit", "The whole page (0)", acts.fit),
      this.undo,
      this.redo,
      this.keep,
      light,
      button("?", "Keys", acts.help, { "aria-label": "Keys" }),
    );
  }

  render(): void {
    const { state, history, backend } = this.app;
    this.fade.value = String(state.fade);
    for (const [name, show] of this.switches) show(Boolean(state[name]));
    this.undo.disabled = !history.undoable;
    this.redo.disabled = !history.redoable;
    this.keep.disabled = !history.dirty;
    this.message.textContent = state.message;
    this.message.hidden = !state.message;
    const name = backend.names[state.document] ?? "";
    document.title = `${history.dirty ? "• " : ""}${name} – inksight`;
  }
}

function switchTheme(): void {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}
