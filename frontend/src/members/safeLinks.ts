export interface NamedLink {
  name: string;
  address: string;
}

/** Return the links of a member (name → address) that lead to a web page; the field may hold anything. */
export function safeLinks(links: unknown): NamedLink[] {
  if (typeof links !== "object" || links === null || Array.isArray(links)) return [];
  return Object.entries(links).flatMap(([name, address]: [string, unknown]) =>
    typeof address === "string" && /^https?:\/\//i.test(address) ? [{ name, address }] : [],
  );
}
