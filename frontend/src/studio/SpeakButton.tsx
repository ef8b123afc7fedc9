import { Square, Volume2 } from "lucide-react";
import { useEffect, useRef } from "react";

import { isActive } from "../api/voiceRequestStatus";
import { useLanguage } from "../i18n/LanguageProvider";
import { usePlayer } from "../player/PlayerProvider";
import { requestProgress, sendingProgress } from "./progress";
import { useSpeaking } from "./SpeakingProvider";
import { useNow, useSecondsOf } from "./useSeconds";
import "./SpeakButton.css";

/** The one button: press it, and it becomes the progress of what it began. */
export function SpeakButton() {
  const { t } = useLanguage();
  const { request, isSending, wait, stop } = useSpeaking();
  const { unlock } = usePlayer();
  const fillRef = useRef<HTMLSpanElement>(null);
  const isAtWork = isSending || (request !== undefined && isActive(request));
  const now = useNow(wait !== undefined);
  const age = useSecondsOf(
    isAtWork && request ? `${request.queue_position}/${request.expected_seconds}` : undefined,
  );

  const progress = isSending
    ? sendingProgress(wait, now, t)
    : request && isAtWork
      ? requestProgress(request, age, t)
      : undefined;
  const done = progress?.done ?? 0;
  useEffect(() => {
    fillRef.current?.style.setProperty("transform", `scaleX(${done})`);
  }, [done]);

  return (
    <div className="speak">
      <button
        type="submit"
        className="button primary speak-button"
        aria-disabled={isAtWork}
        data-state={!progress ? "idle" : progress.done === undefined ? "waiting" : "working"}
        onClick={unlock}
      >
        <span className="speak-fill" ref={fillRef} />
        <span className="speak-label" key={progress ? "progress" : "idle"}>
          {!progress && <Volume2 aria-hidden="true" />}
          {progress?.label ?? t.studio.speak}
        </span>
      </button>
      {isAtWork && (
        <button type="button" className="icon-button speak-stop" onClick={stop}>
          <Square aria-hidden="true" />
          <span className="visually-hidden">{t.studio.stop}</span>
        </button>
      )}
    </div>
  );
}
