import { expect, test } from "vitest";

import { withoutPauses, withPause } from "./pauses";

test.each([
  ["고마워. 사랑해.", 4, "고마워. [0.5초] 사랑해.", 11],
  ["고마워.사랑해.", 4, "고마워. [0.5초] 사랑해.", 12],
  ["고마워.", 4, "고마워. [0.5초] ", 12],
  ["", 0, "[0.5초] ", 7],
  ["고마워.\n사랑해.", 5, "고마워.\n[0.5초] 사랑해.", 12],
])("a pause stands between words: %j at %i", (text, caret, written, next) => {
  expect(withPause(text, caret, 0.5)).toEqual({ text: written, caret: next });
});

test.each([
  ["고마워. [0.5초] 사랑해. [1s]", "고마워. 사랑해."],
  ["[500ms] 고마워.\n사랑해.", " 고마워.\n사랑해."],
  ["목록 [1] 과 [1초](주소)", "목록 [1] 과 [1초](주소)"],
])("marks of pauses are not shown: %j", (text, shown) => {
  expect(withoutPauses(text)).toBe(shown);
});
