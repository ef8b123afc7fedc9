import { expect, it, vi } from "vitest";

import { newUuid } from "./newUuid";

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it("makes a version 4 UUID", () => {
  expect(newUuid()).toMatch(UUID_V4);
});

it("makes one also where crypto.randomUUID is missing", () => {
  const { crypto } = globalThis;
  vi.stubGlobal("crypto", {
    getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
  });
  expect(newUuid()).toMatch(UUID_V4);
  expect(newUuid()).not.toBe(newUuid());
});
