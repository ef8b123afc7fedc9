import { Link } from "react-router";

import { useLanguage } from "../i18n/LanguageProvider";
import "./Masthead.css";

export function Masthead() {
  const { t, language, chooseLanguage } = useLanguage();
  const other = language === "ko" ? "en" : "ko";
  return (
    <header className="masthead">
      <Link className="masthead-name" to="/">
        ForV <span>Voices</span>
      </Link>
      <nav aria-label={t.nav.label}>
        <Link className="masthead-link" to="/voices">
          {t.nav.voices}
        </Link>
        <button
          type="button"
          className="masthead-link"
          lang={other}
          onClick={() => chooseLanguage(other)}
        >
          {t.nav.otherLanguage}
        </button>
      </nav>
    </header>
  );
}
