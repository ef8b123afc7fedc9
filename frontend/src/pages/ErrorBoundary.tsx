import { Component, type ReactNode } from "react";

import { useLanguage } from "../i18n/LanguageProvider";
import "../styles/message-page.css";

interface Props {
  children: ReactNode;
}

/** Shows a way out where the page itself is broken. */
export class ErrorBoundary extends Component<Props, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? <BrokenPage /> : this.props.children;
  }
}

function BrokenPage() {
  const { t } = useLanguage();
  return (
    <main className="message-page">
      <h1>{t.broken.title}</h1>
      <p>{t.broken.text}</p>
      <button type="button" className="button primary" onClick={() => location.reload()}>
        {t.broken.reload}
      </button>
    </main>
  );
}
