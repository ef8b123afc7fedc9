import { beforeEach, expect, it, vi } from "vitest";

import { stored } from "./stored";

const number = (key: string) =>
  stored<number>(key, 0, (json) => (typeof json === "number" ? json : undefined));

beforeEach(() => localStorage.clear());

it("writes nothing until there is something to keep", () => {
  expect(number("a").read()).toBe(0);
  expect(localStorage.length).toBe(0);
});

it("keeps a value over a reload, and tells who listens", () => {
  const value = number("a");
  const listener = vi.fn();
  const stop = value.subscribe(listener);
  value.write(7);
  expect(listener).toHaveBeenCalledOnce();
  expect(number("a").read()).toBe(7);
  stop();
  value.write(8);
  expect(listener).toHaveBeenCalledOnce();
});

it("takes what another tab writes", () => {
  const value = number("a");
  const listener = vi.fn();
  value.subscribe(listener);
  localStorage.setItem("a", "3");
  dispatchEvent(new StorageEvent("storage", { key: "a" }));
  dispatchEvent(new StorageEvent("storage", { key: "b" }));
  expect(listener).toHaveBeenCalledOnce();
  expect(value.read()).toBe(3);
});

it.each(["{", '"text"', "null"])("starts anew from what is no such value: %s", (text) => {
  localStorage.setItem("a", text);
  expect(number("a").read()).toBe(0);
});

it("lasts as long as the page where the browser stores nothing", () => {
  const refuse = () => {
    throw new DOMException("denied", "SecurityError");
  };
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(refuse);
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(refuse);
  const value = number("only here");
  value.write(5);
  expect(value.read()).toBe(5);
});
