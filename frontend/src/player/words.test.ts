import { expect, it } from "vitest";

import { textParts, wordAt } from "./words";

const word = (from: number, to: number, start: number) => ({ from, to, start, end: start + 0.4 });

it("cuts the text into words and what is between", () => {
  expect(textParts("3개, 네 개!", [word(0, 2, 0), word(4, 7, 1)])).toEqual([
    { text: "3개", word: 0 },
    { text: ", ", word: undefined },
    { text: "네 개", word: 1 },
    { text: "!", word: undefined },
  ]);
});

it("counts characters as the service does: an emoji is one", () => {
  expect(textParts("🎤안녕", [word(1, 3, 0)])).toEqual([
    { text: "🎤", word: undefined },
    { text: "안녕", word: 0 },
  ]);
});

it("shows a part of the text once, though two words are read from it", () => {
  const parts = textParts("1~2", [word(0, 3, 0), word(0, 3, 1)]);
  expect(parts.map(({ text }) => text).join("")).toBe("1~2");
});

it("has the whole text while no words are known, on one line", () => {
  expect(textParts("하나\n둘", [])).toEqual([{ text: "하나 둘", word: undefined }]);
});

it("finds the word of a time; between two words the one before", () => {
  const words = [word(0, 1, 0.2), word(2, 3, 1)];
  expect([0, 0.3, 0.9, 1, 9].map((time) => wordAt(words, time))).toEqual([undefined, 0, 0, 1, 1]);
});
