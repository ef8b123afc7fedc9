import { useEffect, useState } from "react";

/** Return the time as Date.now() gives it, anew each second while `isRunning`. */
export function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isRunning) return;
    const tick = () => setNow(Date.now());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return now;
}

/** Return for how many seconds `key` has been the same; 0 while it is undefined. */
export function useSecondsOf(key: string | undefined): number {
  const [counted, setCounted] = useState({ key, seconds: 0 });
  useEffect(() => {
    if (key === undefined) return;
    let seconds = 0;
    const timer = setInterval(() => {
      seconds += 1;
      setCounted({ key, seconds });
    }, 1000);
    return () => clearInterval(timer);
  }, [key]);
  return counted.key === key ? counted.seconds : 0;
}
