import type { App } from "../app.ts";
import { h } from "../dom.ts";

/** The pages of all documents as small pictures. */
export class Strip {
  readonly element: HTMLElement;
  /** The page asked for last; it may still be on its way. */
  private wanted = 0;
  private loading = 0;

  constructor(private readonly app: App) {
    const { backend } = app;
    const items = backend.pages.map(({ document, page, label }, index) => {
      const address = backend.thumbnail(document, page);
      const picture = address && h("img", { src: address, alt: "", loading: "lazy" });
      const name = h("span", {}, label);
      return h("button", { type: "button", onclick: () => this.open(index) }, picture, name);
    });
    this.element = h("nav", { class: "strip", "aria-label": "Pages" }, ...items);
    this.element.hidden = items.length < 2;
  }

  render(): void {
    const at = this.index;
    if (!this.loading) this.wanted = at;
    const shown = this.element.querySelector("[aria-current]");
    const next = this.element.children[at];
    if (!next || next === shown) return;
    shown?.removeAttribute("aria-current");
    next.setAttribute("aria-current", "page");
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  private get index(): number {
    const { document, page } = this.app.state;
    return this.app.backend.pages.findIndex((p) => p.document === document && p.page === page);
  }

  private async open(index: number): Promise<void> {
    const next = this.app.backend.pages[index];
    if (!next) return;
    this.wanted = index;
    this.loading += 1;
    try {
      await this.app.open(next.document, next.page);
    } catch (error) {
      this.app.say(error instanceof Error ? error.message : String(error));
    } finally {
      this.loading -= 1;
      this.app.set({});
    }
  }

  /** Go to the page before or after. */
  step(by: number): void {
    void this.open(this.wanted + by);
  }
}
