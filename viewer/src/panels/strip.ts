import type { App } from "../app.ts";
import { h } from "../dom.ts";

/** The pages of all documents as small pictures. */
export class Strip {
  readonly element: HTMLElement;

  constructor(private readonly app: App) {
    const { backend } = app;
    const items = backend.pages.map(({ document, page, label }) => {
      const address = backend.thumbnail(document, page);
      const picture = address && h("img", { src: address, alt: "", loading: "lazy" });
      const name = h("span", {}, label);
      return h(
        "button",
        { type: "button", onclick: () => app.open(document, page) },
        picture,
        name,
      );
    });
    this.element = h("nav", { class: "strip", "aria-label": "Pages" }, ...items);
    this.element.hidden = items.length < 2;
  }

  render(): void {
    const at = this.index;
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

  /** Go to the page before or after. */
  step(by: number): void {
    const next = this.app.backend.pages[this.index + by];
    if (next) void this.app.open(next.document, next.page);
  }
}
