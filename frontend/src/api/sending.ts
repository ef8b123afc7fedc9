import { ApiError } from "./ApiError";
import { whenBack } from "./connection";

const PAUSE_SECONDS = 2;
/** The service refuses only for now: nothing was done, and it says when to try again. */
const FOR_NOW = [
  "busy",
  "queue_full",
  "too_many_waiting",
  "throttled",
  "database_unavailable",
  "unavailable",
  "unreachable",
];

export interface Wait {
  /** Why it could not be sent now. */
  error: ApiError;
  /** When it is sent again, as Date.now() gives it. */
  until: number;
}

/**
 * Send until the service takes it; `onWait` is told of each pause before it is sent again.
 *
 * Throws what the service refuses for good, and the signal's reason once it is aborted.
 */
export async function sendUntilTaken<T>(
  send: () => Promise<T>,
  onWait: (wait: Wait) => void,
  signal: AbortSignal,
): Promise<T> {
  let hasNewToken = false;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await send();
    } catch (error) {
      // The token was forgotten after this answer; the next call gets another.
      if (isRefusal(error, "authentication_failed") && !hasNewToken) hasNewToken = true;
      else if (isAbort(error)) {
        // The page is being left: the one that is opened next sends it.
        await pauseFor(1000 * PAUSE_SECONDS, true, signal);
      } else if (error instanceof ApiError && FOR_NOW.includes(error.code)) {
        const pause = 1000 * (error.retryAfterSeconds ?? PAUSE_SECONDS);
        onWait({ error, until: Date.now() + pause });
        // A random part of a second, so that pages refused at the same moment do not all return at the same moment.
        await pauseFor(pause + Math.random() * 500, error.code === "unreachable", signal);
      } else throw error;
    }
  }
}

function isRefusal(error: unknown, code: string): boolean {
  return error instanceof ApiError && error.code === code;
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** Wait, or until the service is back where it could not be reached. Rejects when the signal is aborted. */
function pauseFor(ms: number, untilBack: boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (then: () => void) => () => {
      clearTimeout(timer);
      stopWaiting();
      signal.removeEventListener("abort", abort);
      then();
    };
    const go = end(resolve);
    const abort = end(() => reject(signal.reason as Error));
    const timer = setTimeout(go, ms);
    const stopWaiting = untilBack ? whenBack(go) : () => undefined;
    signal.addEventListener("abort", abort);
  });
}
