import { useEffect, useRef } from "react";

import type { VoiceRequest } from "../api/client";
import { isActive, statusMessage } from "../api/voiceRequestStatus";
import { useVoiceRequest } from "../api/voiceRequests";
import { useLanguage } from "../i18n/LanguageProvider";
import { ErrorNotice } from "./ErrorNotice";
import { RequestActions } from "./RequestActions";
import { RequestSummary } from "./RequestSummary";
import { SpokenResult } from "./SpokenResult";

interface CurrentRequestProps {
  submitted: VoiceRequest;
  onRetried: (request: VoiceRequest) => void;
  onRemoved: () => void;
}

/** Shows the request made last on this page: its progress, then its audio. */
export function CurrentRequest({ submitted, onRetried, onRemoved }: CurrentRequestProps) {
  const { t } = useLanguage();
  const { data: request, error, refetch } = useVoiceRequest(submitted);
  const sectionRef = useRef<HTMLElement>(null);

  // On a phone this is below the form, outside the screen: scroll to it.
  useEffect(() => {
    sectionRef.current?.scrollIntoView({ block: "nearest" });
  }, []);

  return (
    <section
      ref={sectionRef}
      className="panel current-request"
      aria-labelledby="current-request-title"
    >
      <h2 id="current-request-title">{t.request.title}</h2>
      <RequestSummary request={request} />
      <p role="status" className={`status ${request.status}`}>
        {statusMessage(request, t)}
      </p>
      {isActive(request) && (
        <progress
          aria-label={t.request.progress}
          max={request.sentences_total ?? undefined}
          // Without a value the bar shows work whose end is not known.
          value={request.sentences_total === null ? undefined : request.sentences_done}
        />
      )}
      {request.error && (
        <p role="alert" className="failure">
          {request.error.message}
        </p>
      )}
      {error && <ErrorNotice error={error} onTryAgain={() => void refetch()} />}
      <SpokenResult request={request} autoPlay />
      <RequestActions request={request} onRetried={onRetried} onRemoved={onRemoved} />
    </section>
  );
}
