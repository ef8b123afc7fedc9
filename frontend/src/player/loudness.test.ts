import { expect, it } from "vitest";

import { barsOf, loudnessAt } from "./loudness";
import { shownTime } from "./shownTime";

it("measures equal parts, relative to the loudest", () => {
  const samples = Float32Array.from([0, 0, 0.5, -0.5, 0.25, -0.25]);
  expect(barsOf(samples, 3)).toEqual([0, 1, 0.5]);
});

it("has no more than silence to say of silence, or of too few samples", () => {
  expect(barsOf(new Float32Array(10), 2)).toEqual([0, 0]);
  expect(barsOf(new Float32Array(0), 2)).toEqual([0, 0]);
});

it("is known for each time, also for the very end", () => {
  const loudness = { bars: [0.1, 0.9], seconds: 2 };
  expect([0, 0.99, 1, 2].map((time) => loudnessAt(loudness, time))).toEqual([0.1, 0.1, 0.9, 0.9]);
});

it.each([
  [0, "0:00"],
  [7.4, "0:07"],
  [59.6, "1:00"],
  [754, "12:34"],
])("shows %s seconds as %s", (seconds, shown) => expect(shownTime(seconds)).toBe(shown));
