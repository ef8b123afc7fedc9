import { useRef, useState } from "react";

import type { VoiceRequest } from "./api/client";
import { useMembers } from "./api/members";
import { CurrentRequest } from "./components/CurrentRequest";
import { ErrorNotice } from "./components/ErrorNotice";
import { LanguageToggle } from "./components/LanguageToggle";
import { RequestHistory } from "./components/RequestHistory";
import { SpeechForm } from "./components/SpeechForm";
import { useLanguage } from "./i18n/LanguageProvider";

export function App() {
  const { t } = useLanguage();
  const members = useMembers();
  const [current, setCurrent] = useState<VoiceRequest | null>(null);
  const historyTitleRef = useRef<HTMLHeadingElement>(null);

  const removeCurrent = () => {
    setCurrent(null);
    historyTitleRef.current?.focus();
  };

  return (
    <>
      <header className="masthead">
        <div>
          <h1>ForV Voices</h1>
          <p>{t.tagline}</p>
        </div>
        <LanguageToggle />
      </header>
      <main>
        {members.data && <SpeechForm members={members.data} onAccepted={setCurrent} />}
        {members.isPending && <p className="quiet panel">{t.form.loadingMembers}</p>}
        {members.isError && (
          <ErrorNotice error={members.error} onTryAgain={() => void members.refetch()} />
        )}
        <div className="requests">
          {current && (
            <CurrentRequest
              key={current.id}
              submitted={current}
              onRetried={setCurrent}
              onRemoved={removeCurrent}
            />
          )}
          <RequestHistory
            currentId={current?.id}
            onRetried={setCurrent}
            titleRef={historyTitleRef}
          />
        </div>
      </main>
    </>
  );
}
