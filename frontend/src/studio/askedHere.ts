const KEY = "forv.asked";

/** Note which request this tab asked for; other tabs show it too, but leave it to this one to play it. */
export function noteAskedHere(id: string): void {
  try {
    sessionStorage.setItem(KEY, id);
  } catch {
    // The browser stores nothing for this site: after a reload, the voice waits to be played.
  }
}

/** Tell whether this tab asked for the request, also before a reload. */
export function wasAskedHere(id: string): boolean {
  try {
    return sessionStorage.getItem(KEY) === id;
  } catch {
    return false;
  }
}

export function forgetAskedHere(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Then there is nothing to remove.
  }
}
