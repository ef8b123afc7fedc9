/** The pauses that are offered, in seconds. The service takes any from 0.1 to 10, together at most 10. */
export const PAUSES = [0.5, 1, 2];

const MARK = / ?\[ ?\d{1,6}(?:\.\d{1,6})? ?(?:초|s|ms) ?\](?!\()/g;

/** Put a pause into the text where the caret is; return the text, and where the caret is then. Both places in UTF-16. */
export function withPause(text: string, caret: number, seconds: number) {
  const [before, after] = [text.slice(0, caret), text.slice(caret)];
  const written = `${/\S$/.test(before) ? " " : ""}[${seconds}초]${/^\S/.test(after) || after === "" ? " " : ""}`;
  return { text: before + written + after, caret: caret + written.length };
}

/** Return the text as it is shown where it is not edited: without its marks of pauses. */
export function withoutPauses(text: string): string {
  return text.replace(MARK, "");
}
