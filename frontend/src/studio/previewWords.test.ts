import { expect, it } from "vitest";

import { readingsIn } from "../api/readings";
import { previewWords } from "./previewWords";

const token = (text: string, start: number, end: number) => ({
  text,
  pronunciation: text,
  start,
  end,
});

it("knows what each word stands for in the text, without the signs around it", () => {
  const text = "🎤 “BTS”랑 3시에!";
  const sentence = {
    text: "",
    pronunciation: "",
    seconds: 1,
    pause_seconds: 0,
    tokens: [token("비티에스랑", 2, 8), token("세 시에", 9, 13)],
  };
  expect(previewWords(text, [sentence])).toEqual([
    { written: "BTS”랑", read: "비티에스랑", sentence: "“BTS”랑 3시에!" },
    { written: "3시에", read: "세 시에", sentence: "“BTS”랑 3시에!" },
  ]);
});

it("sends only the readings of words that are still there", () => {
  expect(readingsIn("넷플릭스 봐요", { 넷플릭스: "넫플릭쓰", BTS: "방탄" })).toEqual({
    넷플릭스: "넫플릭쓰",
  });
});
