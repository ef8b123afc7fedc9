import { useRef, useState } from "react";

import { useSpokenWords } from "../api/captions";
import type { VoiceRequest } from "../api/client";
import { usePlayer } from "./PlayerProvider";
import { useEachFrame } from "./useEachFrame";
import { textParts, wordAt } from "./words";
import "./PlayerText.css";

/** The text on one line, with the word lit that is being spoken. */
export function PlayerText({ request }: { request: VoiceRequest }) {
  const { audioRef, isPlaying } = usePlayer();
  const words = useSpokenWords(request);
  const [now, setNow] = useState<number>();
  const lineRef = useRef<HTMLSpanElement>(null);

  useEachFrame(audioRef, isPlaying, () => {
    const time = audioRef.current?.currentTime ?? 0;
    const next = time === 0 ? undefined : wordAt(words, time);
    if (next === now) return;
    setNow(next);
    const line = lineRef.current;
    const word = line?.querySelector<HTMLElement>(`[data-word="${next}"]`);
    if (line && word) line.scrollTo({ left: word.offsetLeft - line.clientWidth / 3 });
  });

  return (
    <span className="player-words" lang="ko" ref={lineRef}>
      {textParts(request.text, words).map(({ text, word }, index) => (
        <span key={index} data-word={word} data-now={word !== undefined && word === now}>
          {text}
        </span>
      ))}
    </span>
  );
}
