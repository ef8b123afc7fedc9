import { base } from "../base";
import type { VoiceRequest } from "./client";
import { isActive, isUnderReview } from "./voiceRequestStatus";

interface Follower {
  onStatus: (request: VoiceRequest) => void;
  /** Called when the stream broke before the request ended; no more changes follow. */
  onLost: () => void;
}

/** Report each change of a request, as the server sends it, until the request ends and is reviewed. Return a function that stops. */
export function followVoiceRequest(id: string, { onStatus, onLost }: Follower): () => void {
  const stream = new EventSource(`${base}/api/voice-requests/${id}/events/`);
  const stop = () => stream.close();

  stream.addEventListener("status", (event: MessageEvent<string>) => {
    const request = JSON.parse(event.data) as VoiceRequest;
    // The server ends the stream after the last status, and an open EventSource would connect again.
    if (!isActive(request) && !isUnderReview(request)) stop();
    onStatus(request);
  });
  stream.addEventListener("error", () => {
    stop();
    onLost();
  });
  return stop;
}
