import { Pause, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import type { Member } from "../api/client";
import { useLanguage } from "../i18n/LanguageProvider";
import { usePlayer } from "../player/PlayerProvider";
import { wordsOf } from "./look";
import "./SampleButton.css";

interface SampleButtonProps {
  member: Member;
  /** Leave out the words of the greeting. */
  isShort?: boolean;
  onSpeaking?: (isSpeaking: boolean) => void;
}

/** Lets the member greet who thinks of choosing them. Nothing is there before a worker has spoken the greeting. */
export function SampleButton({ member, isShort = false, onSpeaking }: SampleButtonProps) {
  const { t, language } = useLanguage();
  const { audioRef: playerRef } = usePlayer();
  const sampleRef = useRef<HTMLAudioElement>(null);
  const [isSpeaking, setSpeaking] = useState(false);

  // Two voices at once can't be understood.
  useEffect(() => {
    const player = playerRef.current;
    const stop = () => sampleRef.current?.pause();
    player?.addEventListener("play", stop);
    return () => player?.removeEventListener("play", stop);
  }, [playerRef]);

  if (member.sample === null) return null;
  const { name, greeting } = wordsOf(member, language);
  const note = (speaking: boolean) => () => {
    setSpeaking(speaking);
    onSpeaking?.(speaking);
  };
  return (
    <>
      <button
        type="button"
        className={isShort ? "chip sample short" : "chip sample"}
        aria-label={
          isSpeaking ? t.player.pauseThis(name, greeting) : t.player.playThis(name, greeting)
        }
        onClick={() => {
          const sample = sampleRef.current;
          if (!sample) return;
          if (!sample.paused) {
            sample.pause();
            return;
          }
          playerRef.current?.pause();
          sample.play().catch(() => undefined);
        }}
      >
        {isSpeaking ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
        {!isShort && <span>{greeting}</span>}
      </button>
      <audio
        ref={sampleRef}
        src={member.sample}
        preload="none"
        onPlay={note(true)}
        onPause={note(false)}
        onEnded={note(false)}
      />
    </>
  );
}
