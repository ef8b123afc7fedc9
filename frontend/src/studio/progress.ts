import type { VoiceRequest } from "../api/client";
import type { Wait } from "../api/sending";
import type { Dictionary } from "../i18n/ko";

/** What is shown of a request that is on its way. */
export interface Progress {
  label: string;
  /** From 0 to 1; undefined while nobody knows. */
  done: number | undefined;
}

/** Return what to show of a submitted speech that the service has not taken yet. `now` as Date.now() gives it. */
export function sendingProgress(wait: Wait | undefined, now: number, t: Dictionary): Progress {
  if (!wait || wait.error.code === "busy") return { label: t.progress.sending, done: undefined };
  if (wait.error.code === "unreachable") return { label: t.progress.whenBack, done: undefined };
  const seconds = Math.max(1, Math.ceil((wait.until - now) / 1000));
  const isOwnFault = wait.error.code === "throttled" || wait.error.code === "too_many_waiting";
  return {
    label: isOwnFault ? t.progress.tooFast(seconds) : t.progress.full(seconds),
    done: undefined,
  };
}

/** Return what to show of a request that is queued or spoken; `age` is how old this knowledge is, in seconds. */
export function requestProgress(request: VoiceRequest, age: number, t: Dictionary): Progress {
  if (request.status === "processing") {
    const { sentences_done: done, sentences_total: total } = request;
    if (total === null || total === 0) return { label: t.progress.preparing, done: 0.05 };
    if (total === 1) return { label: t.progress.speaking, done: 0.5 };
    return { label: t.progress.speakingOf(done, total), done: Math.max(0.05, done / total) };
  }
  if (request.worker_away) return { label: t.progress.away, done: undefined };
  // Who is next starts at once if a worker is free: a place would only flash.
  if (request.queue_position === null || request.queue_position <= 1) {
    return { label: t.progress.soon, done: undefined };
  }
  const seconds = Math.max(1, Math.ceil((request.expected_seconds ?? 0) - age));
  return { label: t.progress.queued(request.queue_position, seconds), done: undefined };
}
