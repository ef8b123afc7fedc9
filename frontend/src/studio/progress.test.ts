import { describe, expect, it } from "vitest";

import { ApiError } from "../api/ApiError";
import { queuedRequest } from "../api/exampleVoiceRequest";
import { ko } from "../i18n/ko";
import { requestProgress, sendingProgress } from "./progress";

const processing = { ...queuedRequest, status: "processing" as const };
const refused = (code: string) => new ApiError({ code, message: "" });

describe("requestProgress", () => {
  it.each([null, 1])("names no place to who is next (%s)", (queue_position) => {
    const request = { ...queuedRequest, queue_position, expected_seconds: 3 };
    expect(requestProgress(request, 0, ko).label).toBe(ko.progress.soon);
  });

  it("says that nobody is there to speak it", () => {
    const request = { ...queuedRequest, queue_position: 3, worker_away: true };
    expect(requestProgress(request, 0, ko).label).toBe(ko.progress.away);
  });

  it("counts the seconds down while nothing new is heard, but not below one", () => {
    const request = { ...queuedRequest, queue_position: 3, expected_seconds: 11.2 };
    expect(requestProgress(request, 0, ko).label).toBe(ko.progress.queued(3, 12));
    expect(requestProgress(request, 4, ko).label).toBe(ko.progress.queued(3, 8));
    expect(requestProgress(request, 60, ko).label).toBe(ko.progress.queued(3, 1));
  });

  it("grows with the sentences that are done", () => {
    const at = (sentences_done: number) =>
      requestProgress({ ...processing, sentences_done, sentences_total: 4 }, 0, ko);
    expect([at(0), at(1), at(3)].map(({ done }) => done)).toEqual([0.05, 0.25, 0.75]);
    expect(at(3).label).toBe(ko.progress.speakingOf(3, 4));
  });

  it("does not count to one", () => {
    const request = { ...processing, sentences_done: 0, sentences_total: 1 };
    expect(requestProgress(request, 0, ko).label).toBe(ko.progress.speaking);
  });
});

describe("sendingProgress", () => {
  it("counts down to the moment when it is sent again", () => {
    const wait = { error: refused("queue_full"), until: 10_000 };
    expect(sendingProgress(wait, 2_500, ko).label).toBe(ko.progress.full(8));
    expect(sendingProgress(wait, 99_000, ko).label).toBe(ko.progress.full(1));
  });

  it("tells a full queue from a fan who asks too much, and from a lost connection", () => {
    const label = (code: string) =>
      sendingProgress({ error: refused(code), until: 5_000 }, 0, ko).label;
    expect(label("queue_full")).toBe(ko.progress.full(5));
    expect(label("throttled")).toBe(ko.progress.tooFast(5));
    expect(label("too_many_waiting")).toBe(ko.progress.tooFast(5));
    expect(label("unreachable")).toBe(ko.progress.whenBack);
  });

  it("says nothing of a service that is busy for a moment", () => {
    const wait = { error: refused("busy"), until: 5_000 };
    expect(sendingProgress(wait, 0, ko).label).toBe(ko.progress.sending);
    expect(sendingProgress(undefined, 0, ko).label).toBe(ko.progress.sending);
  });
});
