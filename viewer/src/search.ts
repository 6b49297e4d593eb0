import type { InkDocument, Line, Word } from "./types.ts";

/** Words found one after the other in a line. */
export interface Hit {
  readonly page: number;
  readonly line: number;
  readonly words: readonly number[];
}

/** Without case, accents, or signs around it. */
export function folded(text: string): string {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
}

/** What a word may say: as it was read, then the alternatives. */
export function readings(word: Word): string[] {
  const others = (word.alternatives ?? []).map(([text]) => text);
  return [word.text, ...others.filter((text) => text !== word.text)];
}

/** Find typed text: words one after the other in a line, the last by its beginning. */
export function find(document: InkDocument, typed: string): Hit[] {
  const wanted = typed.split(/\s+/).map(folded).filter(Boolean);
  if (!wanted.length) return [];
  return document.pages.flatMap((page, p) =>
    page.lines.flatMap((line, l) =>
      inLine(line, wanted).map((words): Hit => ({ page: p, line: l, words })),
    ),
  );
}

function inLine(line: Line, wanted: readonly string[]): number[][] {
  const says = line.words.map((word) =>
    readings(word).flatMap((text) => [folded(text), ...text.split(/\s+/).map(folded)]),
  );
  const found: number[][] = [];
  for (let start = 0; start + wanted.length <= says.length; start++) {
    const fits = wanted.every((part, i) =>
      says[start + i]!.some((text) =>
        i < wanted.length - 1 ? text === part : text.startsWith(part),
      ),
    );
    if (fits) found.push(wanted.map((_, i) => start + i));
  }
  return found;
}
