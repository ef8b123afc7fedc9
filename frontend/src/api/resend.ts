import { ApiError } from "./ApiError";

const RESENDS_WHILE_BUSY = 10;

/** Whether the service was too busy to start the call: nothing was done, so it may be sent again. */
export function isBusy(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === "busy";
}

/** Settings for calls that change something: send a call again, without telling the user, if the service was busy. */
export const resendWhileBusy = {
  retry: (failures: number, error: unknown) => isBusy(error) && failures < RESENDS_WHILE_BUSY,
  // A random part of a second, so that clients refused at the same moment do not all return at the same moment.
  retryDelay: (_failures: number, error: unknown) =>
    1000 * ((isBusy(error) ? (error.retryAfterSeconds ?? 1) : 0) + Math.random()),
};
