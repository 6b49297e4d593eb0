import type { Box } from "./geometry.ts";
import type { Point } from "./types.ts";

/** Which part of the page is seen: its place at the window's corner, and window pixels per pixel. */
export class Camera {
  x = 0;
  y = 0;
  scale = 1;
  width = 1;
  height = 1;
  private readonly listeners: (() => void)[] = [];

  onMove(listener: () => void): void {
    this.listeners.push(listener);
  }

  moved(): void {
    for (const listener of this.listeners) listener();
  }

  toPage(x: number, y: number): Point {
    return [x / this.scale + this.x, y / this.scale + this.y];
  }

  toWindow([x, y]: Point): Point {
    return [(x - this.x) * this.scale, (y - this.y) * this.scale];
  }

  get seen(): Box {
    const [x1, y1] = this.toPage(this.width, this.height);
    return { x0: this.x, y0: this.y, x1, y1 };
  }

  pan(dx: number, dy: number): void {
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
    this.moved();
  }

  /** Zoom so that what lies at (x, y) of the window stays there. */
  zoom(factor: number, x = this.width / 2, y = this.height / 2): void {
    const [px, py] = this.toPage(x, y);
    this.scale = Math.min(Math.max(this.scale * factor, 0.01), 60);
    this.x = px - x / this.scale;
    this.y = py - y / this.scale;
    this.moved();
  }

  fit(box: Box, margin = 16): void {
    const [w, h] = [Math.max(box.x1 - box.x0, 1), Math.max(box.y1 - box.y0, 1)];
    const inner = [Math.max(this.width - 2 * margin, 1), Math.max(this.height - 2 * margin, 1)];
    this.scale = Math.min(inner[0]! / w, inner[1]! / h, 60);
    this.x = (box.x0 + box.x1) / 2 - this.width / 2 / this.scale;
    this.y = (box.y0 + box.y1) / 2 - this.height / 2 / this.scale;
    this.moved();
  }

  /** Move as little as shows the box, and zoom where it would be too small to read. */
  reveal(box: Box, least = 24): void {
    const high = box.y1 - box.y0;
    if (high * this.scale < least && high > 0) this.scale = least / high;
    const { x0, y0, x1, y1 } = this.seen;
    const margin = 30 / this.scale;
    if (
      box.x0 < x0 + margin ||
      box.x1 > x1 - margin ||
      box.y0 < y0 + margin ||
      box.y1 > y1 - margin
    ) {
      this.x = (box.x0 + box.x1 - (x1 - x0)) / 2;
      this.y = (box.y0 + box.y1 - (y1 - y0)) / 2;
    }
    this.moved();
  }
}
