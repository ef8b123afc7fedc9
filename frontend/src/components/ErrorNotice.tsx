import { errorMessage } from "../api/ApiError";
import { useLanguage } from "../i18n/LanguageProvider";

interface ErrorNoticeProps {
  error: unknown;
  onTryAgain?: () => void;
}

export function ErrorNotice({ error, onTryAgain }: ErrorNoticeProps) {
  const { t } = useLanguage();
  return (
    <div className="error-notice">
      <p role="alert">{errorMessage(error, t)}</p>
      {onTryAgain && (
        <button type="button" onClick={onTryAgain}>
          {t.errors.tryAgain}
        </button>
      )}
    </div>
  );
}
