import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  use,
  useCallback,
  useEffect,
  useRef,
  useState,
  type ReactNode,
} from "react";
import { v4 as newUuid } from "uuid";

import type { VoiceRequest } from "../api/client";
import { inOneTab } from "../api/inOneTab";
import { sendUntilTaken, type Wait } from "../api/sending";
import {
  askForSpeech,
  isGone,
  useCancelVoiceRequest,
  useRetryVoiceRequest,
  useVoiceRequest,
  type Speech,
} from "../api/voiceRequests";
import { isActive, isTakenBack } from "../api/voiceRequestStatus";
import { usePlayer } from "../player/PlayerProvider";
import { stored, useStored } from "../stored";
import { forgetAskedHere, noteAskedHere, wasAskedHere } from "./askedHere";
import { isOutgoing, type Outgoing } from "./outgoing";

/** What was submitted and not taken yet. It is sent again after a reload; its key keeps it from being made twice. */
const outbox = stored<Outgoing | null>("forv.outbox", null, (json) =>
  isOutgoing(json) ? json : undefined,
);
/** The request that the studio shows, in all tabs. */
const current = stored<string | null>("forv.current", null, (json) =>
  typeof json === "string" ? json : undefined,
);

/** How long what another tab submits is left to that tab alone, in milliseconds. */
const OTHER_TAB_MS = 1_000;

interface Speaking {
  /** The request that was asked for last, however it stands; undefined if there is none. */
  request: VoiceRequest | undefined;
  /** Whether something was submitted that the service has not taken yet. */
  isSending: boolean;
  /** Until when the page waits to send it again, and why. */
  wait: Wait | undefined;
  /** Why the service did not take it. */
  refusal: unknown;
  speak: (speech: Speech) => void;
  /** Give up what is being sent or spoken. */
  stop: () => void;
  retry: () => void;
  /** Take away what was said of a failure: the changed text may be right. */
  forgetFailure: () => void;
}

const SpeakingContext = createContext<Speaking | null>(null);

/** Sends what a fan submits, follows it, and gives its audio to the player. */
export function SpeakingProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { play, offer, update } = usePlayer();
  const [outgoing, setOutgoing] = useStored(outbox);
  const [currentId, setCurrentId] = useStored(current);
  const [wait, setWait] = useState<Wait>();
  const [refusal, setRefusal] = useState<unknown>();
  const { data: request, error } = useVoiceRequest(currentId);
  const sending = useRef<{ idempotencyKey: string; abort: AbortController }>(undefined);
  const isOpened = useRef(false);
  const played = useRef<string>(undefined);

  const cancel = useCancelVoiceRequest();
  const cancelTaken = cancel.mutate;

  const show = useCallback(
    ({ id }: VoiceRequest) => {
      noteAskedHere(id);
      setCurrentId(id);
    },
    [setCurrentId],
  );

  /** Send what is in the outbox. One tab does so at a time: the one that was asked, while it is there. */
  const deliver = useCallback(
    ({ speech, idempotencyKey }: Outgoing) => {
      sending.current?.abort.abort();
      const abort = new AbortController();
      sending.current = { idempotencyKey, abort };
      // It leaves the outbox when it was taken, or given up in any tab.
      const isWanted = () => outbox.read()?.idempotencyKey === idempotencyKey;
      const send = async () => {
        if (!isWanted()) return;
        try {
          const ask = () => askForSpeech(speech, idempotencyKey, client);
          const taken = await sendUntilTaken(ask, setWait, abort.signal);
          if (!isWanted()) cancelTaken(taken.id);
          show(taken);
          outbox.write(null);
        } catch (refused) {
          if (abort.signal.aborted) return;
          setRefusal(refused);
          outbox.write(null);
        }
      };
      void inOneTab("forv.outbox", send, abort.signal);
    },
    [client, show, cancelTaken],
  );

  useEffect(() => {
    const pause = isOpened.current ? OTHER_TAB_MS : 0;
    isOpened.current = true;
    if (!outgoing) {
      sending.current?.abort.abort();
      return;
    }
    if (sending.current?.idempotencyKey === outgoing.idempotencyKey) return;
    const timer = setTimeout(() => deliver(outgoing), pause);
    return () => clearTimeout(timer);
  }, [outgoing, deliver]);

  useEffect(() => {
    if (isGone(error)) setCurrentId(null);
  }, [error, setCurrentId]);

  useEffect(() => {
    if (!request) return;
    update(request);
    if (!isHeardSoon(request)) return;
    // One that waited for a person comes at any time: nobody expects it to begin by itself.
    if (!wasAskedHere(request.id) || request.review.status === "approved") {
      if (request.status === "succeeded") offer(request);
      return;
    }
    if (played.current !== request.id) play(request);
    played.current = request.id;
    if (request.status === "succeeded") forgetAskedHere();
  }, [request, play, offer, update]);

  const again = useRetryVoiceRequest(show);

  const speaking: Speaking = {
    request,
    isSending: outgoing !== null,
    wait: outgoing ? wait : undefined,
    refusal: refusal ?? again.error ?? undefined,
    speak(speech) {
      // Some Korean input methods send Ctrl+Enter twice in a row.
      if (outbox.read()) return;
      const next = { speech, idempotencyKey: newUuid() };
      setRefusal(undefined);
      setWait(undefined);
      again.reset();
      // First, so that no other tab is quicker.
      deliver(next);
      setOutgoing(next);
    },
    stop() {
      // What is on its way to the service is cancelled when it has arrived.
      if (outgoing) setOutgoing(null);
      else if (request && isActive(request)) cancel.mutate(request.id);
    },
    retry() {
      if (request && !again.isPending) again.mutate(request.id);
    },
    forgetFailure() {
      if (refusal !== undefined) setRefusal(undefined);
      if (again.error) again.reset();
      const hasEnded = request?.status === "failed" || request?.status === "cancelled";
      if (request && (hasEnded || isTakenBack(request))) setCurrentId(null);
    },
  };
  return <SpeakingContext value={speaking}>{children}</SpeakingContext>;
}

/** Whether its stream is worth waiting for. */
function isHeardSoon(request: VoiceRequest): boolean {
  const { status, audio, audio_stream } = request;
  if (audio === null && audio_stream === null) return false; // somebody listens to it first, or it was taken back
  return status === "processing" || status === "succeeded";
}

export function useSpeaking(): Speaking {
  const speaking = use(SpeakingContext);
  if (!speaking) throw new Error("useSpeaking needs a SpeakingProvider around it");
  return speaking;
}
