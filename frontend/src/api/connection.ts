import { useSyncExternalStore } from "react";

let isReachable = true;
const listeners = new Set<() => void>();

/** Note whether the latest call reached the service. */
export function noteReachable(reached: boolean): void {
  if (isReachable === reached) return;
  isReachable = reached;
  listeners.forEach((listener) => listener());
}

addEventListener("offline", () => noteReachable(false));

/** Call `onBack` each time the service can be reached again. Return a function that stops. */
export function whenBack(onBack: () => void): () => void {
  return subscribe(() => {
    if (isReachable) onBack();
  });
}

/** Tell whether the service was reached by the latest call. */
export function useReachable(): boolean {
  return useSyncExternalStore(subscribe, () => isReachable);
}

function subscribe(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => listeners.delete(onChange);
}
