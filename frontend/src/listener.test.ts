import { beforeEach, expect, it, vi } from "vitest";

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** As after a reload of the page: the module remembers nothing. */
function reloaded() {
  vi.resetModules();
  return import("./listener");
}

beforeEach(() => localStorage.clear());

it("is a version 4 UUID that a reload of the page does not change", async () => {
  const uuid = (await reloaded()).listenerUuid();
  expect(uuid).toMatch(UUID_V4);
  expect((await reloaded()).listenerUuid()).toBe(uuid);
});

it("is made also where crypto.randomUUID is missing, as on a page that came over plain http", async () => {
  const { crypto } = globalThis;
  vi.stubGlobal("crypto", {
    getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
  });
  const uuid = (await reloaded()).listenerUuid();
  expect(uuid).toMatch(UUID_V4);
  localStorage.clear();
  expect((await reloaded()).listenerUuid()).not.toBe(uuid);
});

it("keeps its token over a reload, until it is forgotten", async () => {
  (await reloaded()).keepListenerToken("secret");
  const { listenerToken, forgetListenerToken } = await reloaded();
  expect(listenerToken()).toBe("secret");
  forgetListenerToken();
  expect(listenerToken()).toBeUndefined();
});

it("has asked before if it has a token, or the uuid of a time before tokens", async () => {
  expect((await reloaded()).hasAskedBefore()).toBe(false);
  localStorage.setItem("forv.listener", "a uuid");
  expect((await reloaded()).hasAskedBefore()).toBe(true);
  localStorage.clear();
  (await reloaded()).keepListenerToken("secret");
  expect((await reloaded()).hasAskedBefore()).toBe(true);
});

it("lasts as long as the page where the browser stores nothing", async () => {
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  const { listenerUuid, listenerToken, keepListenerToken } = await reloaded();
  expect(listenerUuid()).toBe(listenerUuid());
  keepListenerToken("secret");
  expect(listenerToken()).toBe("secret");
});
