import { v4 as newUuid } from "uuid";

const UUID = "forv.listener";
const TOKEN = "forv.listener.token";

/** What this page has read or written; it stays when the browser stores nothing for this site. */
const kept = new Map<string, string>();

/** Return this browser's name for itself, made once. It is no secret and gives no rights. */
export function listenerUuid(): string {
  return read(UUID) ?? keep(UUID, newUuid());
}

/** Return the secret by which this browser's requests are its own, if the service has given it one. */
export function listenerToken(): string | undefined {
  return read(TOKEN);
}

export function keepListenerToken(token: string): string {
  return keep(TOKEN, token);
}

export function forgetListenerToken() {
  kept.delete(TOKEN);
  try {
    localStorage.removeItem(TOKEN);
  } catch {
    // Then there is nothing to remove.
  }
}

/** Whether this browser has asked for a voice before, with a token or at a time before there were tokens. */
export function hasAskedBefore(): boolean {
  return read(TOKEN) !== undefined || read(UUID) !== undefined;
}

function read(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? kept.get(key);
  } catch {
    return kept.get(key);
  }
}

function keep(key: string, value: string): string {
  kept.set(key, value);
  try {
    localStorage.setItem(key, value);
  } catch {
    // The browser stores nothing for this site: the listener lasts as long as the page.
  }
  return value;
}
