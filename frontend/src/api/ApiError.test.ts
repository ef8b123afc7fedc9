import { describe, expect, it } from "vitest";

import { ko } from "../i18n/ko";
import { ApiError, errorMessage } from "./ApiError";

const answer = (status: number, headers?: HeadersInit) =>
  new Response(null, { status, ...(headers && { headers }) });

describe("errorMessage", () => {
  it("shows the service's own words", () => {
    const body = {
      error: { code: "nothing_to_say", message: "읽을 글자가 없어요.", field: "text" },
    };
    const error = ApiError.fromResponse(answer(400), body);
    expect(errorMessage(error, ko)).toBe("읽을 글자가 없어요.");
    expect(error.code).toBe("nothing_to_say");
    expect(error.field).toBe("text");
  });

  it("knows when to come back, if the service says so", () => {
    const body = { error: { code: "throttled", message: "Too many requests." } };
    const error = ApiError.fromResponse(answer(429, { "Retry-After": "30" }), body);
    expect(error.retryAfterSeconds).toBe(30);
  });

  it.each([
    [503, ko.errors.unavailable],
    [500, ko.errors.unknown],
  ])("has words of its own for a proxy's page with status %i", (status, message) => {
    expect(errorMessage(ApiError.fromResponse(answer(status), "<html></html>"), ko)).toBe(message);
  });

  it("names a network that is away", () => {
    expect(errorMessage(ApiError.unreachable(), ko)).toBe(ko.errors.unreachable);
  });

  it("never shows the insides of an unexpected failure", () => {
    expect(errorMessage(new TypeError("x is undefined"), ko)).toBe(ko.errors.unknown);
  });
});
