import type { VoiceRequest } from "./client";

/** A request that was just accepted, for tests to vary. */
export const queuedRequest: VoiceRequest = {
  id: "0b6a2f6c-5d5e-4c55-9a55-7d2f4bb1e001",
  uuid: "0b6a2f6c-5d5e-4c55-9a55-7d2f4bb1e002",
  created_at: "2026-11-23T09:00:00Z",
  member: 1,
  text: "안녕하세요.",
  format: "wav",
  speed: 1,
  seed: 0,
  retry_of: null,
  status: "queued",
  attempt: 0,
  sentences_done: 0,
  sentences_total: null,
  queue_position: null,
  expected_seconds: null,
  spoken_text: "",
  dropped: [],
  duration_seconds: null,
  audio: null,
  error: null,
  queued_at: "2026-11-23T09:00:00Z",
  started_at: null,
  finished_at: null,
};
