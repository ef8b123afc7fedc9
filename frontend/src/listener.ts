import { newUuid } from "./newUuid";

const STORAGE_KEY = "forv.listener";
let uuid: string | undefined;

/** Names this browser's listener to the service: made once, and the key to their earlier requests. */
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
    // The browser keeps nothing for this site: the listener lasts as long as the page.
    return newUuid();
  }
}
