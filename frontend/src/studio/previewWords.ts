import type { TextPreview } from "../api/client";

/** A word of the preview. */
export interface PreviewWord {
  /** As it stands in the text, without signs around it. */
  written: string;
  /** As it will be said. */
  read: string;
  /** The part of the text around it. */
  sentence: string;
}

const SIGNS_AROUND = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}%℃]+$/gu;

/** Return the words of a preview, each with what it stands for in the text. */
export function previewWords(text: string, sentences: TextPreview["sentences"]): PreviewWord[] {
  const characters = Array.from(text);
  const written = (from: number, to: number) => characters.slice(from, to).join("");
  return sentences.flatMap(({ tokens }) => {
    const from = tokens[0]?.start ?? 0;
    const to = tokens.at(-1)?.end ?? from;
    return tokens.map((token) => ({
      written: written(token.start, token.end).replace(SIGNS_AROUND, ""),
      read: token.text,
      sentence: written(from, to),
    }));
  });
}
