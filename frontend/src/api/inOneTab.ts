/** Let no two tabs of this browser do it at once, and begin later than now. Pages over plain http have no locks. */
export async function inOneTab<T>(
  name: string,
  act: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  if (!("locks" in navigator)) return await Promise.resolve().then(act);
  try {
    return await navigator.locks.request(name, signal ? { signal } : {}, act);
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
}
