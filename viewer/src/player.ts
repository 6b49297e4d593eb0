import type { App } from "./app.ts";
import { button, h } from "./dom.ts";
import { sides } from "./geometry.ts";
import type { Stage } from "./stage.ts";
import { Timeline } from "./timeline.ts";
import {
  type Line,
  type Page,
  type Place,
  places,
  type Stroke,
  strokesAt,
  wordAt,
} from "./types.ts";

type Scope = "page" | "line" | "word";
const HEIGHTS_A_SECOND = 6; // a usual hand writes six heights of a word in a second
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];

/** Writes the page, a line or a word in pen order. */
export class Player {
  readonly element: HTMLElement;
  private readonly scrub = h("input", { type: "range", min: "0", step: "any", value: "0" });
  private readonly clock = h("output", { class: "clock" });
  private readonly start = button("▶", "Play or pause (space)", () => this.toggle());
  private readonly scope = choice("What is written", ["page", "line", "word"]);
  private readonly speed = choice(
    "Speed",
    SPEEDS.map((speed) => `${speed}×`),
  );
  private timeline: Timeline | null = null;
  private made: { page: Page; place: Place | null; scope: string } | null = null;
  private now = 0;
  private running = 0;
  private last = 0;

  constructor(
    private readonly app: App,
    private readonly stage: Stage,
  ) {
    this.speed.value = "1×";
    this.scrub.setAttribute("aria-label", "Where the pen is");
    this.scrub.oninput = () => this.seek(Number(this.scrub.value));
    this.scope.onchange = () => this.stop();
    const stop = button("■", "Show the whole page", () => this.stop());
    const tools = [this.start, stop, this.scope, this.speed, this.scrub, this.clock];
    this.element = h("div", { class: "player", role: "group", "aria-label": "Playing" }, ...tools);
  }

  get playing(): boolean {
    return this.running !== 0;
  }

  /** Called when something changed: what is played no longer may be there. */
  render(): void {
    if (this.made && this.made.page !== this.app.page) this.stop();
  }

  toggle(): void {
    if (this.playing) return this.pause();
    const timeline = this.prepare();
    if (!timeline.duration) return;
    if (this.now >= timeline.duration) this.now = 0;
    this.last = performance.now();
    this.running = requestAnimationFrame((time) => this.step(time));
    this.show();
  }

  pause(): void {
    cancelAnimationFrame(this.running);
    this.running = 0;
    this.show();
  }

  stop(): void {
    this.pause();
    this.timeline = this.made = null;
    this.now = 0;
    this.stage.write(null);
    this.show();
  }

  seek(time: number): void {
    const timeline = this.prepare();
    this.now = Math.min(Math.max(time, 0), timeline.duration);
    this.write(timeline);
  }

  private prepare(): Timeline {
    const { page, state } = this.app;
    const scope = this.scope.value as Scope;
    const same =
      this.made?.page === page &&
      this.made.scope === scope &&
      (scope === "page" || this.made.place === state.place);
    if (this.timeline && same) return this.timeline;
    this.made = { page, place: state.place, scope };
    this.now = 0;
    this.timeline = new Timeline(strokesOf(page, state.place, scope), pace(page));
    this.scrub.max = String(this.timeline.duration);
    return this.timeline;
  }

  private step(time: number): void {
    const timeline = this.timeline!;
    const speed = Number.parseFloat(this.speed.value);
    this.now += (Math.max(time - this.last, 0) / 1000) * speed;
    this.last = time;
    if (this.now >= timeline.duration) {
      this.now = timeline.duration;
      this.write(timeline);
      return this.pause();
    }
    this.write(timeline);
    this.running = requestAnimationFrame((next) => this.step(next));
  }

  private write(timeline: Timeline): void {
    const moment = timeline.at(this.now);
    // Who wants no motion sees stroke after stroke appear.
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.stage.write({ timeline, moment: still ? { ...moment, share: 0 } : moment });
    this.show();
  }

  private show(): void {
    this.start.textContent = this.playing ? "❚❚" : "▶";
    this.start.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    this.scrub.value = String(this.now);
    const all = this.timeline?.duration;
    this.clock.textContent = all ? `${this.now.toFixed(1)} / ${all.toFixed(1)} s` : "";
  }
}

function choice(label: string, values: readonly string[]): HTMLSelectElement {
  const options = values.map((value) => h("option", { value }, value));
  return h("select", { title: label, "aria-label": label }, ...options);
}

function strokesOf(page: Page, place: Place | null, scope: Scope): readonly Stroke[] {
  const ofLines = (lines: readonly Line[]) =>
    lines.flatMap((line) => line.words.flatMap((word) => word.strokes));
  if (scope === "page" || !place) return [...ofLines(page.lines), ...page.drawings];
  if (scope === "word" || place === "drawings") return strokesAt(page, place);
  return ofLines([page.lines[place.line]!]);
}

/** Pixels a second, from how high the page's words are. */
function pace(page: Page): number {
  const heights = places(page).map((place) => sides(wordAt(page, place)!.quad)[1]);
  heights.sort((a, b) => a - b);
  return (heights[heights.length >> 1] ?? page.height / 20) * HEIGHTS_A_SECOND;
}
