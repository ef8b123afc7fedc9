/** The path that the service lies below: "" at the root of its host, "/voices" behind a prefix of a proxy. */
export const base =
  document.querySelector<HTMLMetaElement>('meta[name="forv-base"]')?.content ?? "";
