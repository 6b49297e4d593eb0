import type { InkDocument } from "./types.ts";

/** Versions of a document; they share all that did not change, so many cost little. */
export class History {
  private versions: InkDocument[];
  private at = 0;
  private saved = 0;

  constructor(
    first: InkDocument,
    private readonly most = 500,
  ) {
    this.versions = [first];
  }

  get now(): InkDocument {
    return this.versions[this.at]!;
  }

  get dirty(): boolean {
    return this.at !== this.saved;
  }

  get undoable(): boolean {
    return this.at > 0;
  }

  get redoable(): boolean {
    return this.at < this.versions.length - 1;
  }

  push(next: InkDocument): void {
    if (next === this.now) return;
    if (this.saved > this.at) this.saved = -1;
    this.versions.length = this.at + 1;
    this.versions.push(next);
    if (this.versions.length > this.most) {
      this.versions.shift();
      this.saved = Math.max(this.saved - 1, -1);
    }
    this.at = this.versions.length - 1;
  }

  undo(): void {
    if (this.undoable) this.at -= 1;
  }

  redo(): void {
    if (this.redoable) this.at += 1;
  }

  /** Remember `version` as what lies on the disk. */
  keep(version: InkDocument): void {
    this.saved = this.versions.indexOf(version);
  }
}
