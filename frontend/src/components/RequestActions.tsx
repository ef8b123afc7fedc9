import type { VoiceRequest } from "../api/client";
import { isActive } from "../api/voiceRequestStatus";
import {
  useCancelVoiceRequest,
  useDeleteVoiceRequest,
  useRetryVoiceRequest,
} from "../api/voiceRequests";
import { useLanguage } from "../i18n/LanguageProvider";
import { ErrorNotice } from "./ErrorNotice";

interface RequestActionsProps {
  request: VoiceRequest;
  onRetried: (request: VoiceRequest) => void;
  onRemoved: () => void;
}

/** Shows the actions that a request allows in its present status. */
export function RequestActions({ request, onRetried, onRemoved }: RequestActionsProps) {
  const { t } = useLanguage();
  const cancel = useCancelVoiceRequest(request.id);
  const retry = useRetryVoiceRequest(request.id, onRetried);
  const remove = useDeleteVoiceRequest(request.id, onRemoved);
  const error = cancel.error ?? retry.error ?? remove.error;

  return (
    <>
      <div className="actions">
        {request.audio && (
          <a className="button" href={`${request.audio}?download=1`} download>
            {t.request.download}
          </a>
        )}
        {isActive(request) && (
          <button type="button" onClick={() => cancel.mutate()}>
            {t.request.cancel}
          </button>
        )}
        {(request.status === "failed" || request.status === "cancelled") && (
          <button type="button" onClick={() => retry.mutate()}>
            {t.request.retry}
          </button>
        )}
        {!isActive(request) && (
          <button
            type="button"
            onClick={() => {
              if (confirm(t.request.confirmRemove)) remove.mutate();
            }}
          >
            {t.request.remove}
          </button>
        )}
      </div>
      {error && <ErrorNotice error={error} />}
    </>
  );
}
