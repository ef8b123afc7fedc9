import { expect, it } from "vitest";

import type { Member } from "../api/client";
import { hueOf, wordsOf } from "./look";

const member = { name: "하늘", name_en: "Haneul", tmi: "라디오", tmi_en: "" } as Member;

it("gives each member a colour, one of their own where it is known", () => {
  expect(hueOf({ id: 1, hue: 250 })).toBe(250);
  const hues = [1, 2, 3, 4].map((id) => hueOf({ id, hue: null }));
  expect(new Set(hues).size).toBe(4);
  expect(hues.every((hue) => hue >= 0 && hue < 360)).toBe(true);
});

it("speaks of members in the language of the page, and in Korean where that is missing", () => {
  expect(wordsOf(member, "en")).toMatchObject({ name: "Haneul", tmi: "라디오" });
  expect(wordsOf(member, "ko")).toMatchObject({ name: "하늘", tmi: "라디오" });
});
