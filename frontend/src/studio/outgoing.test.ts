import { beforeEach, expect, it } from "vitest";

import { draft } from "./draft";
import { isOutgoing } from "./outgoing";

beforeEach(() => localStorage.clear());

it("knows a speech that can be sent", () => {
  expect(isOutgoing({ idempotencyKey: "k", speech: { member: 1, text: "안녕" } })).toBe(true);
});

it.each([null, "text", {}, { idempotencyKey: "k" }, { idempotencyKey: "k", speech: { text: "" } }])(
  "sends nothing of %j",
  (kept) => expect(isOutgoing(kept)).toBe(false),
);

it("takes of a kept draft what fits", () => {
  localStorage.setItem(
    "forv.draft",
    '{"text": "안녕", "speed": 99, "member": "1", "readings": {"a": 1, "b": "비"}}',
  );
  expect(draft.read()).toEqual({ text: "안녕", speed: 1, member: null, readings: { b: "비" } });
});
