export type Language = "ko" | "en";

const STORAGE_KEY = "forv.language";

/** Return the language chosen before, else the browser's first one that the page has, else Korean. */
export function preferredLanguage(): Language {
  const wished = [rememberedLanguage(), ...navigator.languages];
  return wished.map((tag) => tag?.split("-")[0]).find(isLanguage) ?? "ko";
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // The browser stores nothing for this site: the choice lasts as long as the page.
  }
}

function rememberedLanguage(): string | undefined {
  try {
    return localStorage.getItem(STORAGE_KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

function isLanguage(tag: string | undefined): tag is Language {
  return tag === "ko" || tag === "en";
}
