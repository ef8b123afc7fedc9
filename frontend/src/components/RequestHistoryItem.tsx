import type { VoiceRequest } from "../api/client";
import { statusMessage } from "../api/voiceRequestStatus";
import { useLanguage } from "../i18n/LanguageProvider";
import { RequestActions } from "./RequestActions";
import { RequestSummary } from "./RequestSummary";
import { SpokenResult } from "./SpokenResult";

interface RequestHistoryItemProps {
  request: VoiceRequest;
  onRetried: (request: VoiceRequest) => void;
  onRemoved: () => void;
}

export function RequestHistoryItem({ request, onRetried, onRemoved }: RequestHistoryItemProps) {
  const { t, language } = useLanguage();
  const madeAt = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const facts = [
    madeAt.format(new Date(request.queued_at)),
    request.format.toUpperCase(),
    t.form.speedValue(request.speed),
    request.duration_seconds !== null && t.request.seconds(request.duration_seconds.toFixed(1)),
  ];

  return (
    <li className="panel">
      <RequestSummary request={request} />
      <p className="quiet">{facts.filter(Boolean).join(" · ")}</p>
      {request.status !== "succeeded" && (
        <p className={`status ${request.status}`}>
          {request.error?.message ?? statusMessage(request, t)}
        </p>
      )}
      <SpokenResult request={request} />
      <RequestActions request={request} onRetried={onRetried} onRemoved={onRemoved} />
    </li>
  );
}
