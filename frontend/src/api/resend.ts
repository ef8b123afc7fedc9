import { ApiError } from "./ApiError";

const RESENDS_WHILE_BUSY = 10;

/** The service had no room to begin on the call: nothing was done, so it may be sent again. */
export function isBusy(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === "busy";
}

/** For calls that change something: what was refused in the rush is sent again, without a word. */
export const resendWhileBusy = {
  retry: (failures: number, error: unknown) => isBusy(error) && failures < RESENDS_WHILE_BUSY,
  // Spread over another second, so that all who were refused at one moment don't come back at one.
  retryDelay: (_failures: number, error: unknown) =>
    1000 * ((isBusy(error) ? (error.retryAfterSeconds ?? 1) : 0) + Math.random()),
};
