import { describe, expect, it } from "vitest";

import { ApiError } from "./ApiError";
import { resendWhileBusy } from "./resend";

const busy = new ApiError({ code: "busy", message: "", retryAfterSeconds: 2 });

describe("resendWhileBusy", () => {
  it("sends again what was refused in the rush, but not for ever", () => {
    expect(resendWhileBusy.retry(0, busy)).toBe(true);
    expect(resendWhileBusy.retry(10, busy)).toBe(false);
  });

  it("leaves every other refusal to the visitor", () => {
    expect(resendWhileBusy.retry(0, new ApiError({ code: "queue_full", message: "" }))).toBe(false);
    expect(resendWhileBusy.retry(0, new Error("else"))).toBe(false);
  });

  it("waits as long as the service asks, and at most a second more", () => {
    const delays = Array.from({ length: 50 }, () => resendWhileBusy.retryDelay(0, busy));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(2000);
    expect(Math.max(...delays)).toBeLessThan(3000);
    expect(new Set(delays).size).toBeGreaterThan(1);
  });
});
