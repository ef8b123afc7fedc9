import { ApiError, errorMessage } from "../api/ApiError";
import { useLanguage } from "../i18n/LanguageProvider";

interface ErrorNoticeProps {
  error: unknown;
  onTryAgain: () => void;
}

export function ErrorNotice({ error, onTryAgain }: ErrorNoticeProps) {
  const { t } = useLanguage();
  // The notice of the connection says that for the whole page, and the page tries again by itself.
  if (error instanceof ApiError && error.code === "unreachable") return null;
  return (
    <div className="notice">
      <p role="alert">{errorMessage(error, t)}</p>
      <button type="button" className="text-button" onClick={onTryAgain}>
        {t.errors.tryAgain}
      </button>
    </div>
  );
}
