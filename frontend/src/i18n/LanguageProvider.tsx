import { useQueryClient } from "@tanstack/react-query";
import { createContext, use, useState, type ReactNode } from "react";

import { en } from "./en";
import { ko, type Dictionary } from "./ko";
import { preferredLanguage, rememberLanguage, type Language } from "./language";

interface LanguageChoice {
  language: Language;
  t: Dictionary;
  chooseLanguage: (language: Language) => void;
}

const dictionaries: Record<Language, Dictionary> = { ko, en };

const LanguageContext = createContext<LanguageChoice | null>(null);

export function LanguageProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [language, setLanguage] = useState(preferredLanguage);

  const chooseLanguage = (chosen: Language) => {
    setLanguage(chosen);
    rememberLanguage(chosen);
    document.documentElement.lang = chosen;
    // The service's messages are in the language of the call: ask for them again.
    void client.invalidateQueries();
  };

  return (
    <LanguageContext value={{ language, t: dictionaries[language], chooseLanguage }}>
      {children}
    </LanguageContext>
  );
}

export function useLanguage(): LanguageChoice {
  const choice = use(LanguageContext);
  if (!choice) throw new Error("useLanguage needs a LanguageProvider around it");
  return choice;
}
