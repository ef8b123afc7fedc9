import { errorMessage } from "../api/ApiError";
import type { VoiceRequest } from "../api/client";
import { isActive, isTakenBack, isUnderReview, statusMessage } from "../api/voiceRequestStatus";
import { useLanguage } from "../i18n/LanguageProvider";
import { useSpeaking } from "./SpeakingProvider";
import { useSecondsOf } from "./useSeconds";
import "./StudioNotice.css";

const LONG_SECONDS = 10;

/** Says below the button what went wrong, why and what to do; or that it takes long. Its room is always there. */
export function StudioNotice({ hasFieldError }: { hasFieldError: boolean }) {
  const { t } = useLanguage();
  const { request, isSending, refusal, retry } = useSpeaking();
  const quietFor = useSecondsOf(
    request && isActive(request) && !isSending ? stateOf(request) : undefined,
  );
  const isLong = quietFor > LONG_SECONDS;

  return (
    <div className="studio-notice">
      <p className="visually-hidden" role="status">
        {request && !isSending && statusMessage(request, t)}
      </p>
      {refusal !== undefined && !hasFieldError ? (
        <div className="notice">
          <p role="alert">{errorMessage(refusal, t)}</p>
        </div>
      ) : request && !isSending && isTakenBack(request) ? (
        <div className="notice">
          <p role="alert">{request.review.message}</p>
        </div>
      ) : request && !isSending && request.status === "failed" ? (
        <div className="notice">
          <p role="alert">{request.error?.message ?? t.status.failed}</p>
          <button type="button" className="text-button" onClick={retry}>
            {t.studio.retry}
          </button>
        </div>
      ) : request && !isSending && request.status === "cancelled" ? (
        <p className="quiet">
          {t.status.cancelled}{" "}
          <button type="button" className="text-button" onClick={retry}>
            {t.studio.askAgain}
          </button>
        </p>
      ) : (
        <p className="quiet">
          {request?.worker_away
            ? t.progress.backSoon
            : request && !isSending && isUnderReview(request)
              ? request.review.message
              : !isLong
                ? t.studio.madeByAi
                : request?.status === "queued"
                  ? t.progress.nobodyThere
                  : t.progress.slow}
        </p>
      )}
    </div>
  );
}

/** Two of the same string: nothing has moved between them. */
function stateOf({ id, status, queue_position, sentences_done }: VoiceRequest): string {
  return [id, status, queue_position, sentences_done].join("/");
}
