import { useEffect, useEffectEvent, type RefObject } from "react";

const CHANGES = ["seeked", "durationchange", "loadedmetadata", "emptied", "pause"];

/** Call `onFrame` before each picture that the browser draws while the audio plays, and when anything else changes it. */
export function useEachFrame(
  audioRef: RefObject<HTMLAudioElement | null>,
  isPlaying: boolean,
  onFrame: () => void,
): void {
  const draw = useEffectEvent(onFrame);
  useEffect(() => {
    let frame = 0;
    const next = () => {
      draw();
      if (isPlaying) frame = requestAnimationFrame(next);
    };
    next();
    return () => cancelAnimationFrame(frame);
  }, [isPlaying]);
  useEffect(() => {
    const audio = audioRef.current;
    const onChange = () => draw();
    CHANGES.forEach((change) => audio?.addEventListener(change, onChange));
    return () => CHANGES.forEach((change) => audio?.removeEventListener(change, onChange));
  }, [audioRef]);
}
