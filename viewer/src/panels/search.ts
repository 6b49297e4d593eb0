import type { App } from "../app.ts";
import type { Found } from "../backend.ts";
import { h } from "../dom.ts";
import { find } from "../search.ts";

const MOST = 300;

/** Typed text is found in all pages: here in what is open, by the server in the other documents. */
export class SearchPanel {
  readonly element: HTMLElement;
  private readonly field = h("input", {
    type: "search",
    placeholder: "Search (/)",
    "aria-label": "Search the text",
  });
  private readonly list = h("ol", { class: "hits", "aria-label": "Found" });
  private asked = 0;

  constructor(private readonly app: App) {
    this.field.addEventListener("input", () => void this.search());
    this.field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") (this.list.querySelector("button") as HTMLElement | null)?.click();
      if (event.key === "Escape") this.clear();
    });
    this.element = h("div", { class: "search", role: "search" }, this.field, this.list);
  }

  focus(): void {
    this.field.focus();
    this.field.select();
  }

  private clear(): void {
    this.field.value = "";
    this.field.blur();
    void this.search();
  }

  private async search(): Promise<void> {
    const { app } = this;
    const typed = this.field.value;
    const asked = ++this.asked;
    const hits = find(app.doc, typed);
    app.set({ hits });
    const own = hits.map((hit): Found => {
      const words = app.doc.pages[hit.page]!.lines[hit.line]!.words;
      return {
        ...hit,
        document: app.state.document,
        text: words.map((w) => w.text).join(" "),
        name: "",
      };
    });
    this.show(own, typed);
    if (!app.backend.search || app.backend.names.length < 2 || !typed.trim()) return;
    const all = await app.backend.search(typed);
    if (asked !== this.asked) return;
    this.show([...own, ...all.filter((found) => found.document !== app.state.document)], typed);
  }

  private show(found: readonly Found[], typed: string): void {
    const { names, pages } = this.app.backend;
    const rows = found.slice(0, MOST).map((hit) => {
      const label = pages.length > 1 ? `${names[hit.document]} · ${hit.page + 1}` : "";
      return h(
        "li",
        {},
        h(
          "button",
          { type: "button", onclick: () => this.go(hit) },
          h("b", {}, label),
          ` ${hit.text}`,
        ),
      );
    });
    if (typed.trim() && !rows.length) rows.push(h("li", {}, "Nothing found."));
    this.list.replaceChildren(...rows);
  }

  private async go(hit: Found): Promise<void> {
    const { app } = this;
    await app.open(hit.document, hit.page);
    app.set({ hits: find(app.doc, this.field.value) });
    const place = { line: hit.line, word: hit.words[0] ?? 0 };
    requestAnimationFrame(() => app.select(place, true));
  }
}
