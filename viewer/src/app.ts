import type { Backend } from "./backend.ts";
import type { Edited } from "./edits/pages.ts";
import { withPage } from "./edits/pages.ts";
import { History } from "./history.ts";
import type { Hit } from "./search.ts";
import type { InkDocument, Page, Place } from "./types.ts";

/** What is shown and what is selected; the document itself lies in the history. */
export interface State {
  document: number;
  page: number;
  place: Place | null;
  stroke: number | null;
  /** Where a selected stroke would be cut: the index of a point. */
  cutAt: number | null;
  /** Where the selected word would be split: a share of its width. */
  splitAt: number | null;
  hover: Place | null;
  hits: readonly Hit[];
  /** 0: the photo alone, 1: the ink alone. */
  fade: number;
  boxes: boolean;
  text: boolean;
  doubts: boolean;
  numbers: boolean;
  lifts: boolean;
  editing: boolean;
  tool: "select" | "box";
  busy: boolean;
  message: string;
}

const FIRST: State = {
  document: 0,
  page: 0,
  place: null,
  stroke: null,
  cutAt: null,
  splitAt: null,
  hover: null,
  hits: [],
  fade: 0.5,
  boxes: true,
  text: false,
  doubts: true,
  numbers: false,
  lifts: false,
  editing: false,
  tool: "select",
  busy: false,
  message: "",
};

/** The state, its changes, and who is told of them, once a frame. */
export class App {
  readonly state: State = { ...FIRST };
  history: History;
  private readonly listeners: (() => void)[] = [];
  private readonly moves: (() => void)[] = [];
  private waiting = false;
  private silence = 0;
  private opening = 0;

  constructor(
    readonly backend: Backend,
    first: InkDocument,
  ) {
    this.history = new History(first);
  }

  get doc(): InkDocument {
    return this.history.now;
  }

  get page(): Page {
    return this.doc.pages[Math.min(this.state.page, this.doc.pages.length - 1)]!;
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Told after the selection was moved by something else than the mouse on the page. */
  onReveal(listener: () => void): void {
    this.moves.push(listener);
  }

  set(change: Partial<State>): void {
    Object.assign(this.state, change);
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      for (const listener of this.listeners) listener();
    });
  }

  select(place: Place | null, reveal = false, stroke: number | null = null): void {
    this.set({ place, stroke, cutAt: null, splitAt: null });
    if (reveal && place) for (const move of this.moves) move();
  }

  /** Do an edit of the page shown; it can be undone. */
  edit(change: (page: Page) => Edited): void {
    const { page, place, stroke } = change(this.page);
    this.history.push(withPage(this.doc, this.state.page, page));
    this.select(place, false, stroke ?? null);
  }

  undo(): void {
    this.history.undo();
    this.settle("Undone.");
  }

  redo(): void {
    this.history.redo();
    this.settle("Done again.");
  }

  /** Let go of what is there no longer. */
  private settle(message: string): void {
    this.select(null);
    this.say(message);
  }

  /** Show a message for a while. */
  say(message: string): void {
    this.set({ message });
    clearTimeout(this.silence);
    this.silence = window.setTimeout(() => this.set({ message: "" }), 8000);
  }

  async open(document: number, page: number): Promise<void> {
    const opening = ++this.opening;
    if (document !== this.state.document) {
      if (this.history.dirty && !confirm("Leave without saving what was put right?")) return;
      const before = this.doc;
      const found = await this.backend.load(document);
      // Meanwhile another page may have been asked for, or something put right.
      if (opening !== this.opening || before !== this.doc) return;
      this.history = new History(found);
    }
    this.select(null);
    this.set({ document, page, hover: null });
  }

  /** Load the document again, and with it what somebody else changed. */
  async reload(): Promise<void> {
    this.history = new History(await this.backend.load(this.state.document));
    this.select(null);
    this.set({ page: Math.min(this.state.page, this.doc.pages.length - 1) });
  }
}
