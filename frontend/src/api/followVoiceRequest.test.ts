import { beforeEach, describe, expect, it, vi } from "vitest";

import type { VoiceRequest } from "./client";
import { queuedRequest } from "./exampleVoiceRequest";
import { followVoiceRequest } from "./followVoiceRequest";

/** Replaces EventSource, which jsdom lacks; the test decides what it receives. */
class ScriptedEventSource extends EventTarget {
  static opened: ScriptedEventSource[] = [];
  isOpen = true;

  constructor(readonly url: string) {
    super();
    ScriptedEventSource.opened.push(this);
  }

  close() {
    this.isOpen = false;
  }

  send(request: VoiceRequest) {
    this.dispatchEvent(new MessageEvent("status", { data: JSON.stringify(request) }));
  }
}

function follow() {
  const follower = { onStatus: vi.fn(), onLost: vi.fn() };
  const stop = followVoiceRequest(queuedRequest.id, follower);
  const stream = ScriptedEventSource.opened.at(-1);
  if (!stream) throw new Error("no stream was opened");
  return { ...follower, stop, stream };
}

describe("followVoiceRequest", () => {
  beforeEach(() => {
    vi.stubGlobal("EventSource", ScriptedEventSource);
  });

  it("reports every status in turn", () => {
    const { stream, onStatus } = follow();
    const processing: VoiceRequest = { ...queuedRequest, status: "processing" };
    stream.send(queuedRequest);
    stream.send(processing);
    expect(onStatus.mock.calls).toEqual([[queuedRequest], [processing]]);
    expect(stream.isOpen).toBe(true);
  });

  it.each(["succeeded", "failed", "cancelled"] as const)(
    "closes the stream once the request has %s, so that the browser does not open it again",
    (status) => {
      const { stream, onLost } = follow();
      stream.send({ ...queuedRequest, status });
      expect(stream.isOpen).toBe(false);
      expect(onLost).not.toHaveBeenCalled();
    },
  );

  it("gives up a broken stream and says so", () => {
    const { stream, onLost } = follow();
    stream.dispatchEvent(new Event("error"));
    expect(stream.isOpen).toBe(false);
    expect(onLost).toHaveBeenCalledOnce();
  });

  it("stops when asked", () => {
    const { stream, stop } = follow();
    stop();
    expect(stream.isOpen).toBe(false);
  });
});
