import { beforeEach, expect, it, vi } from "vitest";

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** As after a reload of the page: the module remembers nothing. */
async function freshListenerUuid(): Promise<string> {
  vi.resetModules();
  const { listenerUuid } = await import("./listener");
  return listenerUuid();
}

beforeEach(() => localStorage.clear());

it("is a version 4 UUID that a reload of the page does not change", async () => {
  const uuid = await freshListenerUuid();
  expect(uuid).toMatch(UUID_V4);
  expect(await freshListenerUuid()).toBe(uuid);
});

it("is made also where crypto.randomUUID is missing, as on a page that came over plain http", async () => {
  const { crypto } = globalThis;
  vi.stubGlobal("crypto", {
    getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
  });
  const uuid = await freshListenerUuid();
  expect(uuid).toMatch(UUID_V4);
  localStorage.clear();
  expect(await freshListenerUuid()).not.toBe(uuid);
});
