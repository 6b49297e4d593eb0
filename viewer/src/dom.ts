type Child = Node | string | null | false | undefined;
type Props = Record<string, unknown>;

/** Make an element: `on…` are listeners, `class`, `aria-…`, `data-…` attributes, the rest properties. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value as EventListener);
    } else if (name === "class" || name === "role" || name.includes("-")) {
      if (value !== null && value !== false) element.setAttribute(name, String(value));
    } else {
      Object.assign(element, { [name]: value });
    }
  }
  element.append(...children.filter((child): child is Node | string => !!child));
  return element;
}

/** Make an SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number> = {},
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/** A button with a tooltip that names its key. */
export function button(label: string, title: string, act: () => void, props: Props = {}) {
  return h("button", { type: "button", title, onclick: act, ...props }, label);
}

/** A button that is pressed or not. */
export function toggle(label: string, title: string, act: () => void) {
  const element = button(label, title, act, { "aria-pressed": "false" });
  const show = (on: boolean) => element.setAttribute("aria-pressed", String(on));
  return { element, show };
}

/** Change children only where they differ, so that focus and scrolling stay. */
export function fill(parent: Element, children: readonly Element[]): void {
  children.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
  });
  while (parent.children.length > children.length) parent.lastElementChild!.remove();
}
