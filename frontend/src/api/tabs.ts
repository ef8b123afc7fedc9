/** The other tabs of this browser, where a page may look at the same requests. */
const tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("forv.requests") : undefined;

/** Tell the other tabs that a request of this browser is new, has ended or was deleted. */
export function tellOtherTabs(): void {
  tabs?.postMessage("changed");
}

/** Call `onTold` when another tab tells of a change. Return a function that stops. */
export function whenTold(onTold: () => void): () => void {
  tabs?.addEventListener("message", onTold);
  return () => tabs?.removeEventListener("message", onTold);
}
