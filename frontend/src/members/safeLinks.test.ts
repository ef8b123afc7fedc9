import { expect, it } from "vitest";

import { safeLinks } from "./safeLinks";

it("takes links to web pages, and nothing else", () => {
  const links = {
    Fan: "https://fans.example.com/",
    script: "javascript:alert(1)",
    data: "data:text/html,x",
    relative: "/admin/",
    number: 3,
  };
  expect(safeLinks(links)).toEqual([{ name: "Fan", address: "https://fans.example.com/" }]);
});

it.each([null, "https://a.example", ["https://a.example"], 3])("has none in %s", (links) =>
  expect(safeLinks(links)).toEqual([]),
);
