import { useEffect, useEffectEvent } from "react";

/** Call `onFrame` before each picture that the browser draws, while `isRunning`, and once when that changes. */
export function useEachFrame(isRunning: boolean, onFrame: () => void): void {
  const draw = useEffectEvent(onFrame);
  useEffect(() => {
    let frame = 0;
    const next = () => {
      draw();
      if (isRunning) frame = requestAnimationFrame(next);
    };
    next();
    return () => cancelAnimationFrame(frame);
  }, [isRunning]);
}
