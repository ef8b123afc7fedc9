import type { RefObject } from "react";

import type { VoiceRequest } from "../api/client";
import { useVoiceRequestHistory } from "../api/voiceRequests";
import { useLanguage } from "../i18n/LanguageProvider";
import { ErrorNotice } from "./ErrorNotice";
import { RequestHistoryItem } from "./RequestHistoryItem";

interface RequestHistoryProps {
  /** The request shown above this list; the list leaves it out. */
  currentId: string | undefined;
  onRetried: (request: VoiceRequest) => void;
  titleRef: RefObject<HTMLHeadingElement | null>;
}

export function RequestHistory({ currentId, onRetried, titleRef }: RequestHistoryProps) {
  const { t } = useLanguage();
  const history = useVoiceRequestHistory(currentId);
  const requests = history.data?.pages
    .flatMap((page) => page.results)
    .filter((request) => request.id !== currentId);

  return (
    <section aria-labelledby="history-title" className="history">
      <h2 id="history-title" ref={titleRef} tabIndex={-1}>
        {t.history.title}
      </h2>
      {history.isPending && <p className="quiet">{t.history.loading}</p>}
      {history.isError && (
        <ErrorNotice error={history.error} onTryAgain={() => void history.refetch()} />
      )}
      {requests?.length === 0 && <p className="quiet">{t.history.empty}</p>}
      <ul>
        {requests?.map((request) => (
          <RequestHistoryItem
            key={request.id}
            request={request}
            onRetried={onRetried}
            // The button that had the focus is removed with its request: move the focus to the list.
            onRemoved={() => titleRef.current?.focus()}
          />
        ))}
      </ul>
      {history.hasNextPage && (
        <button type="button" onClick={() => void history.fetchNextPage()}>
          {t.history.more}
        </button>
      )}
    </section>
  );
}
