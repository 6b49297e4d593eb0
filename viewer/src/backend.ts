import type { InkDocument, Point, Word } from "./types.ts";

/** One page of a document as the strip shows it. */
export interface PageLabel {
  readonly document: number;
  readonly page: number;
  readonly label: string;
}

/** A place found by searching all documents. */
export interface Found {
  readonly document: number;
  readonly page: number;
  readonly line: number;
  readonly words: readonly number[];
  readonly text: string;
  readonly name: string;
}

export type Saved = "saved" | "changed" | string;

/** Where documents come from and go: this very file, or the server of `inksight view`. */
export interface Backend {
  readonly pages: readonly PageLabel[];
  readonly names: readonly string[];
  load(document: number): Promise<InkDocument>;
  /** The picture's address, or null where there is none. */
  photo(document: number, page: number): string | null;
  /** A small picture for the strip. */
  thumbnail(document: number, page: number): string | null;
  /** `saved`, `changed` (by somebody else, nothing is written), or what went wrong. */
  save(document: number, content: InkDocument, copy: boolean): Promise<Saved>;
  /** Whether the file is another one than was loaded. */
  changed?(document: number): Promise<boolean>;
  search?(typed: string): Promise<Found[]>;
  /** Ink made again from the picture. */
  redraw?(document: number, page: number, ask: Ask): Promise<Partial<Word>>;
}

/** A word to be drawn again, among the others of its page, which keep their ink. */
export interface Ask {
  readonly word: number;
  readonly words: readonly { readonly text: string; readonly quad: readonly Point[] }[];
}

interface Boot {
  readonly token?: string;
  readonly names: string[];
  readonly pages: PageLabel[];
  readonly documents?: InkDocument[];
  readonly photos?: (string | null)[][];
}

export function openBackend(): Backend {
  const boot: Boot = JSON.parse(document.getElementById("boot")!.textContent!);
  return boot.documents ? new FileBackend(boot) : new ServerBackend(boot);
}

/** A page that holds its documents and pictures itself; what is saved is handed to the user. */
class FileBackend implements Backend {
  readonly pages;
  readonly names;

  constructor(private readonly boot: Boot) {
    this.pages = boot.pages;
    this.names = boot.names;
  }

  async load(document: number): Promise<InkDocument> {
    return this.boot.documents![document]!;
  }

  photo(document: number, page: number): string | null {
    return this.boot.photos?.[document]?.[page] ?? null;
  }

  thumbnail(document: number, page: number): string | null {
    return this.photo(document, page);
  }

  async save(document: number, content: InkDocument): Promise<Saved> {
    const blob = new Blob([JSON.stringify(content)], { type: "application/json" });
    const link = globalThis.document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = this.names[document]!;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    return "saved";
  }
}

/** The server of `inksight view` on this machine; all addresses are below the one with the token. */
class ServerBackend implements Backend {
  readonly pages;
  readonly names;
  private readonly tags = new Map<number, string>();

  constructor(boot: Boot) {
    this.pages = boot.pages;
    this.names = boot.names;
  }

  async load(document: number): Promise<InkDocument> {
    const response = await fetch(`documents/${document}`, { cache: "no-store" });
    if (!response.ok) throw new Error(await response.text());
    this.tags.set(document, response.headers.get("ETag") ?? "");
    return response.json();
  }

  photo(document: number, page: number): string | null {
    return `documents/${document}/pages/${page}.jpg`;
  }

  thumbnail(document: number, page: number): string | null {
    return `documents/${document}/pages/${page}.small.jpg`;
  }

  async save(document: number, content: InkDocument, copy: boolean): Promise<Saved> {
    const response = await fetch(`documents/${document}${copy ? "/copy" : ""}`, {
      method: copy ? "POST" : "PUT",
      headers: { "Content-Type": "application/json", "If-Match": this.tags.get(document) ?? "" },
      body: JSON.stringify(content),
    }).catch(() => null);
    if (!response) return "The server does not answer: is inksight view still running?";
    if (response.status === 412) return "changed";
    if (!response.ok) return response.text();
    if (!copy) this.tags.set(document, response.headers.get("ETag") ?? "");
    return copy ? `Saved as ${await response.text()}.` : "saved";
  }

  async changed(document: number): Promise<boolean> {
    const response = await fetch(`documents/${document}`, { method: "HEAD", cache: "no-store" });
    return response.ok && response.headers.get("ETag") !== this.tags.get(document);
  }

  async search(typed: string): Promise<Found[]> {
    const response = await fetch(`search?q=${encodeURIComponent(typed)}`);
    return response.ok ? response.json() : [];
  }

  async redraw(document: number, page: number, ask: Ask): Promise<Partial<Word>> {
    const response = await fetch(`documents/${document}/pages/${page}/draw`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(ask),
    });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  }
}
