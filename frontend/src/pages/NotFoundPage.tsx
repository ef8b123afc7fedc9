import { Link } from "react-router";

import { useLanguage } from "../i18n/LanguageProvider";
import "../styles/message-page.css";

export function NotFoundPage() {
  const { t } = useLanguage();
  return (
    <div className="message-page">
      <h1>{t.notFound.title}</h1>
      <p>{t.notFound.text}</p>
      <Link className="button primary" to="/">
        {t.notFound.home}
      </Link>
    </div>
  );
}
