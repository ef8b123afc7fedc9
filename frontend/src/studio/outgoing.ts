import type { Speech } from "../api/voiceRequests";

/** A speech on its way to the service. */
export interface Outgoing {
  speech: Speech;
  idempotencyKey: string;
}

/** Tell whether what this browser kept, perhaps for an older page, is a speech that can be sent. */
export function isOutgoing(json: unknown): json is Outgoing {
  if (!isObject(json) || typeof json.idempotencyKey !== "string" || !isObject(json.speech)) {
    return false;
  }
  return typeof json.speech.member === "number" && typeof json.speech.text === "string";
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null;
}
