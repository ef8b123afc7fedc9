import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "./ApiError";
import { noteReachable } from "./connection";
import { sendUntilTaken } from "./sending";

const refusal = (code: string, retryAfterSeconds?: number) =>
  new ApiError({ code, message: "", retryAfterSeconds });

describe("sendUntilTaken", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    noteReachable(true);
  });

  it("sends again after the time that the service asks for, and tells of the wait", async () => {
    const send = vi
      .fn()
      .mockRejectedValueOnce(refusal("queue_full", 12))
      .mockResolvedValue("taken");
    const onWait = vi.fn();
    const sent = sendUntilTaken(send, onWait, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(11_900);
    expect(send).toHaveBeenCalledTimes(1);
    const [[wait]] = onWait.mock.calls as [[{ until: number; error: ApiError }]];
    expect(wait.error.code).toBe("queue_full");
    await vi.advanceTimersByTimeAsync(700);
    expect(await sent).toBe("taken");
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("sends at once when the service is back", async () => {
    const send = vi.fn().mockRejectedValueOnce(refusal("unreachable")).mockResolvedValue("taken");
    noteReachable(false);
    const sent = sendUntilTaken(send, vi.fn(), new AbortController().signal);
    await vi.advanceTimersByTimeAsync(0);
    noteReachable(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(await sent).toBe("taken");
  });

  it("gets a new token once", async () => {
    const send = vi
      .fn()
      .mockRejectedValueOnce(refusal("authentication_failed"))
      .mockResolvedValue(1);
    expect(await sendUntilTaken(send, vi.fn(), new AbortController().signal)).toBe(1);
    send.mockReset().mockRejectedValue(refusal("authentication_failed"));
    await expect(sendUntilTaken(send, vi.fn(), new AbortController().signal)).rejects.toThrow();
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("leaves to the fan what waiting does not mend", async () => {
    const send = vi.fn().mockRejectedValue(refusal("nothing_to_say"));
    await expect(sendUntilTaken(send, vi.fn(), new AbortController().signal)).rejects.toMatchObject(
      { code: "nothing_to_say" },
    );
    expect(send).toHaveBeenCalledOnce();
  });

  it("sends no more once it is given up", async () => {
    const abort = new AbortController();
    const send = vi.fn().mockRejectedValue(refusal("queue_full", 5));
    const sent = sendUntilTaken(send, vi.fn(), abort.signal);
    const outcome = expect(sent).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(1000);
    abort.abort();
    await outcome;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(send).toHaveBeenCalledOnce();
  });
});
