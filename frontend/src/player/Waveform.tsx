import { useRef, useState, type RefObject } from "react";

import { useLanguage } from "../i18n/LanguageProvider";
import { loudnessAt, type Loudness } from "./loudness";
import { usePlayer } from "./PlayerProvider";
import { shownTime } from "./shownTime";
import { useEachFrame } from "./useEachFrame";
import "./Waveform.css";

const HEIGHT = 40;
const BAR_SPACE = 4;
const UNKNOWN: Loudness = { bars: Array.from({ length: 96 }, () => 0.08), seconds: 1 };

/** Shows the voice as bars, how far it has been heard, and lets one go to any place in it. */
export function Waveform() {
  const { t } = useLanguage();
  const { audioRef, isPlaying, isAwaited, loudness, track, seek } = usePlayer();
  const [time, setTime] = useState(0);
  const [seconds, setSeconds] = useState(0);
  const heardRef = useRef<SVGSVGElement>(null);

  const show = () => {
    const audio = audioRef.current;
    if (!audio) return;
    const length = lengthOf(audio) ?? track?.duration_seconds ?? 0;
    const heard = length === 0 ? 0 : Math.min(1, audio.currentTime / length);
    heardRef.current?.style.setProperty("clip-path", `inset(0 ${100 - heard * 100}% 0 0)`);
    document.documentElement.style.setProperty(
      "--loudness",
      String(isPlaying && loudness ? loudnessAt(loudness, audio.currentTime) : 0),
    );
    // The numbers change a few times a second only, and so does what a screen reader may read.
    setTime(Math.round(audio.currentTime * 10) / 10);
    setSeconds(length);
  };
  useEachFrame(audioRef, isPlaying, show);

  const { bars } = loudness ?? UNKNOWN;
  const path = bars
    .map((bar, index) => {
      const height = Math.max(2, bar * (HEIGHT - 4));
      return `M${index * BAR_SPACE + 2} ${(HEIGHT - height) / 2}v${height}`;
    })
    .join("");

  return (
    <div className="waveform">
      <span className="time">{shownTime(time)}</span>
      <div className="waveform-bars" data-awaited={isAwaited}>
        <Bars path={path} count={bars.length} />
        <Bars path={path} count={bars.length} ref={heardRef} className="heard" />
        <input
          type="range"
          min={0}
          max={Math.max(seconds, 0.1)}
          step={0.1}
          value={Math.min(time, Math.max(seconds, 0.1))}
          aria-label={t.player.seek}
          aria-valuetext={t.player.timeOf(shownTime(time), shownTime(seconds))}
          onChange={(event) => {
            seek(event.target.valueAsNumber);
            show();
          }}
        />
      </div>
      <span className="time">{shownTime(seconds)}</span>
    </div>
  );
}

interface BarsProps {
  path: string;
  count: number;
  ref?: RefObject<SVGSVGElement | null>;
  className?: string;
}

function Bars({ path, count, ...attributes }: BarsProps) {
  return (
    <svg
      {...attributes}
      viewBox={`0 0 ${count * BAR_SPACE} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}

/** Return the length that the browser knows; a stream has none yet. */
function lengthOf({ duration }: HTMLAudioElement): number | undefined {
  return Number.isFinite(duration) && duration > 0 ? duration : undefined;
}
