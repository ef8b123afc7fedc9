import type { Member } from "../api/client";
import { useLanguage } from "../i18n/LanguageProvider";
import "./Suggestions.css";

interface SuggestionsProps {
  suggestions: Member["suggestions"];
  onChoose: (text: string) => void;
}

/** Sentences to start from, in a row that can be swiped. */
export function Suggestions({ suggestions, onChoose }: SuggestionsProps) {
  const { t, language } = useLanguage();
  return (
    <ul className="suggestions" aria-label={t.studio.suggestions}>
      {suggestions.map(({ label, label_en, text }) => (
        <li key={text}>
          <button type="button" className="chip" onClick={() => onChoose(text)}>
            {language === "en" && label_en !== "" ? label_en : label}
          </button>
        </li>
      ))}
    </ul>
  );
}
