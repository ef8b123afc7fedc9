import { beforeEach, expect, it } from "vitest";

import { keepsakes, noteAbout } from "./keepsakes";

beforeEach(() => localStorage.clear());

it("keeps a name and a star by the id of the request", () => {
  noteAbout("a", { name: "자장가" });
  noteAbout("a", { isStarred: true });
  noteAbout("b", { isStarred: true });
  expect(keepsakes.read()).toEqual({
    a: { name: "자장가", isStarred: true },
    b: { isStarred: true },
  });
});

it("keeps nothing of what has neither", () => {
  noteAbout("a", { name: "자장가", isStarred: true });
  noteAbout("a", { name: "", isStarred: false });
  expect(keepsakes.read()).toEqual({});
});

it("leaves out what is no keepsake", () => {
  localStorage.setItem(
    "forv.keepsakes",
    '{"a": {"name": 3, "isStarred": "yes"}, "b": null, "c": {"name": "밤"}}',
  );
  expect(keepsakes.read()).toEqual({ a: {}, c: { name: "밤" } });
});
