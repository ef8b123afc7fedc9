import { useSyncExternalStore } from "react";

/** What the browser did not store for this site: it lasts as long as the page. */
const unstored = new Map<string, string>();

export function readText(key: string): string | undefined {
  try {
    return unstored.get(key) ?? localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keepText(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
    unstored.delete(key);
  } catch {
    unstored.set(key, text);
  }
}

export function forgetText(key: string): void {
  unstored.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Then there is nothing to remove.
  }
}

/** A value that lasts over a reload, and that all tabs of this browser share. */
export interface Stored<T> {
  read: () => T;
  write: (value: T) => void;
  subscribe: (onChange: () => void) => () => void;
}

/** Return the value kept under `key`; `parse` throws, or returns undefined, for what is no such value. */
export function stored<T>(
  key: string,
  initial: T,
  parse: (json: unknown) => T | undefined,
): Stored<T> {
  const listeners = new Set<() => void>();
  let text: string | undefined;
  let value = initial;

  const read = () => {
    const now = readText(key);
    if (now !== text) {
      text = now;
      value = parsed(now, initial, parse);
    }
    return value;
  };
  const tell = () => listeners.forEach((listener) => listener());
  const onStorage = (event: StorageEvent) => {
    if (event.key === key || event.key === null) tell();
  };
  return {
    read,
    write(next) {
      if (next === undefined || next === null) forgetText(key);
      else keepText(key, JSON.stringify(next));
      tell();
    },
    subscribe(onChange) {
      if (listeners.size === 0) addEventListener("storage", onStorage);
      listeners.add(onChange);
      return () => {
        listeners.delete(onChange);
        if (listeners.size === 0) removeEventListener("storage", onStorage);
      };
    },
  };
}

export function useStored<T>({ read, write, subscribe }: Stored<T>): [T, (value: T) => void] {
  return [useSyncExternalStore(subscribe, read), write];
}

function parsed<T>(
  text: string | undefined,
  initial: T,
  parse: (json: unknown) => T | undefined,
): T {
  if (text === undefined) return initial;
  try {
    return parse(JSON.parse(text)) ?? initial;
  } catch {
    return initial;
  }
}
