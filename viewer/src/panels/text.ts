import type { App } from "../app.ts";
import { fill, h } from "../dom.ts";
import { doubts } from "../doubt.ts";
import { setText } from "../edits/words.ts";
import { type Line, type Place, places, samePlace, type Word, wordAt } from "../types.ts";

type WordPlace = Exclude<Place, "drawings">;

/** The page's text, word by word; linked with the photo, and where it is put right. */
export class TextPanel {
  readonly element = h("div", { class: "text", role: "list", "aria-label": "Text of the page" });
  private readonly rows = new WeakMap<Line, HTMLElement>();
  private editor: { input: HTMLInputElement; place: WordPlace } | null = null;

  constructor(private readonly app: App) {
    this.element.addEventListener("click", (event) => this.chosen(event.target, false));
    this.element.addEventListener("dblclick", (event) => this.chosen(event.target, true));
    this.element.addEventListener("pointerover", (event) => this.hovered(event.target));
    this.element.addEventListener("pointerleave", () => app.set({ hover: null }));
    this.element.addEventListener("keydown", (event) => this.key(event));
    app.onReveal(() => this.reveal());
  }

  render(): void {
    const { page, state } = this.app;
    fill(
      this.element,
      page.lines.map((line) => this.row(line)),
    );
    const hits = state.hits.filter((hit) => hit.page === state.page);
    const found = new Set(hits.flatMap((hit) => hit.words.map((word) => `${hit.line}/${word}`)));
    const all = places(page);
    const focusable = all.some((place) => samePlace(place, state.place)) ? state.place : all[0];
    for (const place of all) {
      const item = this.item(place);
      if (!item) continue;
      item.classList.toggle("selected", samePlace(place, state.place));
      item.classList.toggle("hover", samePlace(place, state.hover));
      item.classList.toggle("hit", found.has(`${place.line}/${place.word}`));
      item.classList.toggle("doubtful", state.doubts && item.hasAttribute("data-doubt"));
      item.tabIndex = samePlace(place, focusable ?? null) ? 0 : -1;
      if (samePlace(place, state.place)) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    }
  }

  private row(line: Line): HTMLElement {
    let row = this.rows.get(line);
    if (!row) {
      row = h("div", { class: "line", role: "listitem", dir: "auto" }, ...line.words.map(item));
      this.rows.set(line, row);
    }
    return row;
  }

  private item(place: WordPlace): HTMLElement | null {
    const row = this.element.children[place.line];
    return (row?.children[place.word] as HTMLElement | undefined) ?? null;
  }

  private placeOf(target: EventTarget | null): WordPlace | null {
    const item = (target as Element | null)?.closest(".word");
    const row = item?.parentElement;
    if (!item || !row) return null;
    const line = [...this.element.children].indexOf(row);
    return { line, word: [...row.children].indexOf(item) };
  }

  private hovered(target: EventTarget | null): void {
    this.app.set({ hover: this.placeOf(target) });
  }

  private chosen(target: EventTarget | null, twice: boolean): void {
    const place = this.placeOf(target);
    if (!place || target instanceof HTMLInputElement) return;
    this.app.select(place, true);
    if (this.app.state.editing || twice) this.edit(place);
  }

  private reveal(): void {
    this.render();
    const { place } = this.app.state;
    if (!place || place === "drawings") return;
    const item = this.item(place);
    item?.scrollIntoView({ block: "nearest" });
    if (this.element.contains(document.activeElement) && !this.editor) item?.focus();
  }

  private key(event: KeyboardEvent): void {
    if (event.target instanceof HTMLInputElement) return this.keyInEditor(event);
    const here = this.placeOf(event.target);
    // With Shift and Alt arrows move the word's box.
    if (!here || event.shiftKey || event.altKey) return;
    const all = places(this.app.page);
    const at = all.findIndex((place) => samePlace(place, here));
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const down = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") this.edit(here);
    else if (step) this.app.select(all[at + step] ?? here, true);
    else if (down) this.toLine(here.line + down, here.word);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private toLine(index: number, word: number): void {
    const line = this.app.page.lines[index];
    if (!line) return;
    this.app.select({ line: index, word: Math.min(word, line.words.length - 1) }, true);
  }

  /** Put a field in the word's place. */
  edit(place: WordPlace): void {
    this.leave(true);
    const word = wordAt(this.app.page, place);
    if (!word) return;
    this.app.set({ editing: true });
    this.app.select(place, true);
    const input = h("input", {
      value: word.text,
      class: "typed",
      spellcheck: false,
      "aria-label": "What the word says",
      onblur: () => this.leave(true),
    });
    input.size = Math.max(word.text.length, 3);
    this.item(place)?.replaceChildren(input);
    this.editor = { input, place };
    input.focus();
    input.select();
  }

  private leave(keep: boolean): void {
    const editor = this.editor;
    if (!editor) return;
    this.editor = null;
    const word = wordAt(this.app.page, editor.place);
    this.item(editor.place)?.replaceChildren(label(word));
    if (keep) this.app.edit((page) => setText(page, editor.place, editor.input.value));
  }

  private keyInEditor(event: KeyboardEvent): void {
    event.stopPropagation();
    const { editor } = this;
    if (!editor || event.isComposing) return;
    if (event.key === "Enter" || event.key === "Escape") this.leave(event.key === "Enter");
    else if (event.key === "Tab") this.tab(editor.place, event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    if (event.key !== "Tab") this.focus(editor.place);
  }

  private tab(from: WordPlace, step: number): void {
    const all = places(this.app.page);
    const next = all[all.findIndex((place) => samePlace(place, from)) + step];
    this.leave(true);
    if (next) this.edit(next);
    else this.focus(from);
  }

  private focus(place: WordPlace): void {
    this.render();
    this.item(place)?.focus();
  }
}

function label(word: Word | null): string {
  return word?.text || "·";
}

function item(word: Word): HTMLElement {
  const why = doubts(word);
  const element = h("span", { class: "word", role: "button", tabIndex: -1 }, label(word));
  element.setAttribute("aria-label", word.text || "not read");
  if (!why.length) return element;
  element.setAttribute("data-doubt", "");
  element.title = why.join("; ");
  element.setAttribute("aria-description", `doubtful: ${element.title}`);
  return element;
}
