import { useRef, useState } from "react";

import { useLanguage } from "../i18n/LanguageProvider";

interface AudioPlayerProps {
  src: string;
  label: string;
  autoPlay?: boolean;
}

/** The player that plays now; starting another one pauses it, since two voices at once can't be understood. */
let speaking: HTMLAudioElement | undefined;

function speakAlone(audio: HTMLAudioElement): void {
  if (speaking !== audio) speaking?.pause();
  speaking = audio;
}

export function AudioPlayer({ src, label, autoPlay = false }: AudioPlayerProps) {
  const { t } = useLanguage();
  const audioRef = useRef<HTMLAudioElement>(null);
  const [hasFailed, setHasFailed] = useState(false);

  const reload = () => {
    setHasFailed(false);
    audioRef.current?.load();
  };

  return (
    <>
      <audio
        ref={audioRef}
        src={src}
        aria-label={label}
        controls
        autoPlay={autoPlay}
        preload={autoPlay ? "auto" : "none"}
        onPlay={(event) => speakAlone(event.currentTarget)}
        onError={() => setHasFailed(true)}
      />
      {hasFailed && (
        <div className="error-notice">
          <p role="alert">{t.request.playerFailed}</p>
          <button type="button" onClick={reload}>
            {t.request.reload}
          </button>
        </div>
      )}
    </>
  );
}
