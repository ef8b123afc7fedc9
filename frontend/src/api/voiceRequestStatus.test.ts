import { describe, expect, it } from "vitest";

import { en } from "../i18n/en";
import { queuedRequest } from "./exampleVoiceRequest";
import { isActive, statusMessage } from "./voiceRequestStatus";

describe("statusMessage", () => {
  it.each([
    [{ status: "queued" }, "Waiting in line."],
    [{ status: "queued", queue_position: 1 }, "Waiting in line."],
    [{ status: "queued", queue_position: 3 }, "Waiting at place 3."],
    [{ status: "processing" }, "Getting the voice ready."],
    [
      { status: "processing", sentences_done: 1, sentences_total: 2 },
      "Speaking: 1 of 2 sentences done.",
    ],
    [{ status: "succeeded" }, "Done. Have a listen!"],
    [{ status: "failed" }, "This could not be spoken."],
    [{ status: "cancelled" }, "Stopped."],
    [
      { status: "succeeded", review: { status: "under_review", reason: null, message: "Wait." } },
      "Wait.",
    ],
    [
      { status: "succeeded", review: { status: "approved", reason: null, message: "" } },
      "Done. Have a listen!",
    ],
    ...(["rejected", "revoked", "expired"] as const).map(
      (status) =>
        [
          { status: "succeeded", review: { status, reason: null, message: "No more." } },
          "No more.",
        ] as const,
    ),
  ] as const)("tells %o as %s", (change, message) => {
    expect(statusMessage({ ...queuedRequest, ...change }, en)).toBe(message);
  });
});

describe("isActive", () => {
  it.each([
    ["queued", true],
    ["processing", true],
    ["succeeded", false],
    ["failed", false],
    ["cancelled", false],
  ] as const)("is for %s %s", (status, active) => {
    expect(isActive({ status })).toBe(active);
  });
});
