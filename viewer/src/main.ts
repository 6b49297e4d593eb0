import { App } from "./app.ts";
import { openBackend } from "./backend.ts";
import { h } from "./dom.ts";
import { nextDoubt } from "./doubt.ts";
import { Gestures } from "./gestures.ts";
import { Keys } from "./keys.ts";
import { conflictDialog, helpDialog } from "./panels/dialogs.ts";
import { SearchPanel } from "./panels/search.ts";
import { Strip } from "./panels/strip.ts";
import { StrokePanel } from "./panels/strokes.ts";
import { TextPanel } from "./panels/text.ts";
import { Toolbar } from "./panels/toolbar.ts";
import { WordPanel } from "./panels/word.ts";
import { Player } from "./player.ts";
import { Stage } from "./stage.ts";

async function main(): Promise<void> {
  const backend = openBackend();
  const app = new App(backend, await backend.load(0));
  const stage = new Stage(app);
  const player = new Player(app, stage);
  const strip = new Strip(app);
  const search = new SearchPanel(app);
  const text = new TextPanel(app);
  const word = new WordPanel(app, stage);
  const strokes = new StrokePanel(app);
  const [help, conflict] = [helpDialog(), conflictDialog(app)];

  const doubt = (step: 1 | -1) => {
    const place = nextDoubt(app.page, app.state.place, step);
    if (place) app.select(place, true);
    else app.say("No word of this page is doubtful.");
  };
  const save = async () => {
    const { doc } = app;
    const said = await backend.save(app.state.document, doc, false);
    if (said === "changed") return conflict.showModal();
    if (said === "saved") app.history.keep(doc);
    app.say(said === "saved" ? "Saved." : said);
  };
  const look = async () => {
    if (conflict.open || !(await backend.changed?.(app.state.document))) return;
    if (app.history.dirty) conflict.showModal();
    else await app.reload();
  };
  const remove = () => (app.state.stroke === null ? word.remove() : strokes.remove());
  const acts = { save, help: () => help.showModal() };
  const toolbar = new Toolbar(app, { ...acts, nextDoubt: () => doubt(1), fit: () => stage.fit() });
  new Gestures(app, stage);
  new Keys(app, stage, {
    ...acts,
    doubt,
    remove,
    page: (step) => strip.step(step),
    search: () => search.focus(),
    play: () => player.toggle(),
    strokes: () => strokes.begin(),
    word: (key) => word.key(key),
  });

  const side = h(
    "aside",
    { class: "side" },
    search.element,
    text.element,
    word.element,
    strokes.element,
  );
  const main = h(
    "main",
    {},
    strip.element,
    h("div", { class: "middle" }, stage.element, toolbar.message, player.element),
    side,
  );
  document.body.append(toolbar.element, main, help, conflict);
  app.onChange(() => {
    stage.element.classList.toggle("boxing", app.state.tool === "box");
    for (const part of [stage, toolbar, strip, text, word, strokes, player]) part.render();
  });
  app.set({});
  addEventListener("focus", () => void look());
  addEventListener("beforeunload", (event) => {
    if (app.history.dirty) event.preventDefault();
  });
}

void main();
