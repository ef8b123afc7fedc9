import { v4 as newUuid } from "uuid";

const STORAGE_KEY = "forv.listener";
let uuid: string | undefined;

/** Return this browser's listener id: made once and stored; the service lists earlier requests by it. */
export function listenerUuid(): string {
  uuid ??= storedUuid();
  return uuid;
}

function storedUuid(): string {
  try {
    const stored = localStorage.getItem(STORAGE_KEY) ?? newUuid();
    localStorage.setItem(STORAGE_KEY, stored);
    return stored;
  } catch {
    // The browser stores nothing for this site: the listener lasts as long as the page.
    return newUuid();
  }
}
