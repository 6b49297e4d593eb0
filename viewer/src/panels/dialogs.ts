import type { App } from "../app.ts";
import { button, h } from "../dom.ts";

const KEYS: readonly (readonly [string, string])[] = [
  ["arrows, + −, 0", "move, zoom, the whole page"],
  ["f", "fade: photo, both, ink"],
  ["n, Shift n", "next doubtful word, the one before"],
  ["[ ]", "page before, page after"],
  ["/", "search"],
  ["space", "play or pause"],
  ["o, i, l, t", "boxes, stroke numbers, pen lifts, text"],
  ["e", "put right, or only look"],
  ["Enter, Tab, Esc", "in the text: edit a word, go to the next, leave it as it was"],
  ["k", "the word is right so"],
  ["s, m, r, d", "split, merge with the next, draw again, make it a drawing"],
  ["b", "draw a new box; b once more puts one in the middle"],
  [
    "g",
    "the word's strokes, or without a word the drawings'; then arrows, and Alt arrows to reorder",
  ],
  ["Shift arrows, Alt arrows", "move the word's box, change its size"],
  ["Del", "delete the word, or the stroke chosen"],
  ["Ctrl z, Ctrl y, Ctrl s", "undo, redo, save"],
];

/** The list of keys. */
export function helpDialog(): HTMLDialogElement {
  const rows = KEYS.map(([keys, what]) =>
    h("tr", {}, h("th", { scope: "row" }, keys), h("td", {}, what)),
  );
  const dialog = h(
    "dialog",
    { "aria-label": "Keys" },
    h("h2", {}, "Keys"),
    h("table", {}, ...rows),
  );
  dialog.append(button("Close", "Close (Esc)", () => dialog.close()));
  return dialog;
}

/** Shown where the file is another one than was loaded: nobody's work is written over. */
export function conflictDialog(app: App): HTMLDialogElement {
  const dialog = h("dialog", { "aria-label": "The file was changed" });
  const act = (label: string, title: string, what: () => Promise<void>) =>
    button(label, title, () => {
      dialog.close();
      void what();
    });
  dialog.append(
    h("h2", {}, "The file was changed"),
    h("p", {}, "Somebody else, or another tab, saved this document since you opened it."),
    act("Load theirs", "What you put right since the last saving is lost", () => app.reload()),
    act("Save mine as a copy", "Beside theirs, under a new name", async () => {
      app.say(await app.backend.save(app.state.document, app.doc, true));
    }),
    button("Decide later", "Nothing is saved (Esc)", () => dialog.close()),
  );
  return dialog;
}
