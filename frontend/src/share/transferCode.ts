/** What stands in an address before the code of a transfer: behind a `#`, so that no log keeps it. */
export const TRANSFER = "#transfer=";

/** Return the code in an address's hash, or undefined. */
export function transferCode(hash: string): string | undefined {
  const code = hash.startsWith(TRANSFER) ? hash.slice(TRANSFER.length) : "";
  return code === "" ? undefined : code;
}
