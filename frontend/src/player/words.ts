import type { SpokenWord } from "../api/captions";
import { withoutPauses } from "../studio/pauses";

export interface TextPart {
  text: string;
  /** The index of the spoken word that this part is; undefined for what is between words. */
  word: number | undefined;
}

/** Cut a text into its spoken words and what is between them, without pauses. Line breaks become spaces. */
export function textParts(text: string, words: SpokenWord[]): TextPart[] {
  const characters = Array.from(text.replace(/\s/g, " "));
  const part = (from: number, to: number, word?: number): TextPart[] =>
    from < to ? [{ text: shown(characters.slice(from, to).join(""), word), word }] : [];
  let end = 0;
  const parts = words.flatMap(({ from, to }, index) => {
    if (from < end) return []; // a word that is read twice, such as one of a range
    const before = part(end, from);
    end = to;
    return [...before, ...part(from, to, index)];
  });
  return [...parts, ...part(end, characters.length)];
}

function shown(text: string, word: number | undefined): string {
  return word === undefined ? withoutPauses(text) : text;
}

/** Return the index of the word that is spoken at a time, or was last; undefined before the first. */
export function wordAt(words: SpokenWord[], time: number): number | undefined {
  const index = words.findLastIndex(({ start }) => start <= time);
  return index === -1 ? undefined : index;
}
