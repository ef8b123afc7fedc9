import type { Dictionary } from "../i18n/ko";
import type { VoiceRequest } from "./client";

/** Tell whether the request may still change by itself. */
export function isActive({ status }: Pick<VoiceRequest, "status">): boolean {
  return status === "queued" || status === "processing";
}

/** Tell whether it is spoken, and waits for somebody to approve it. */
export function isUnderReview({
  status,
  review,
}: Pick<VoiceRequest, "status" | "review">): boolean {
  return status === "succeeded" && review.status === "under_review";
}

/** Tell whether it was heard, or would have been, and may not be any more: rejected, revoked or expired. */
export function isTakenBack({ review }: Pick<VoiceRequest, "review">): boolean {
  return ["rejected", "revoked", "expired"].includes(review.status);
}

/** Return the request's status as a sentence. */
export function statusMessage(request: VoiceRequest, t: Dictionary): string {
  if (isUnderReview(request) || isTakenBack(request)) return request.review.message;
  switch (request.status) {
    case "queued":
      return request.queue_position === null || request.queue_position <= 1
        ? t.status.queued
        : t.status.queuedAt(request.queue_position);
    case "processing":
      return request.sentences_total === null
        ? t.status.preparing
        : t.status.speaking(request.sentences_done, request.sentences_total);
    case "succeeded":
      return t.status.succeeded;
    case "failed":
      return t.status.failed;
    case "cancelled":
      return t.status.cancelled;
  }
}
