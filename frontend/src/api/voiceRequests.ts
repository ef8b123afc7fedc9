import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { v4 as newUuid } from "uuid";

import { hasAskedBefore, listenerUuid } from "../listener";
import { ApiError } from "./ApiError";
import { api, bodyOf, type NewVoiceRequest, type Page, type VoiceRequest } from "./client";
import { followVoiceRequest } from "./followVoiceRequest";
import { ensureListenerToken } from "./listener";
import { resendWhileBusy } from "./resend";
import { isActive } from "./voiceRequestStatus";

const POLL_INTERVAL_MS = 2_000;
const RESENDS_AFTER_NETWORK_FAILURE = 2;

const historyKey = ["voice-requests"];
const requestKey = (id: string) => ["voice-request", id];
const speakKey = ["speak"];

const NOTHING_ASKED: Page = { count: 0, next: null, previous: null, results: [] };

/** Keep one request up to date until it ends: by its event stream, or by polling where that fails. */
export function useVoiceRequest(known: VoiceRequest) {
  const client = useQueryClient();
  const [isStreamLost, setStreamLost] = useState(false);
  const { id } = known;

  const query = useQuery({
    queryKey: requestKey(id),
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET("/api/voice-requests/{id}/", { params: { path: { id } }, signal })),
    initialData: known,
    staleTime: Infinity,
    refetchInterval: ({ state }) =>
      isStreamLost && state.data && isActive(state.data) ? POLL_INTERVAL_MS : false,
  });

  const shouldFollow = isActive(query.data) && !isStreamLost;
  useEffect(() => {
    if (!shouldFollow) return;
    return followVoiceRequest(id, {
      onStatus: (request) => {
        client.setQueryData(requestKey(id), request);
        // An EventSource can't send the page's language: ask again, to get the reason in that language.
        if (request.error) void client.invalidateQueries({ queryKey: requestKey(id) });
      },
      onLost: () => setStreamLost(true),
    });
  }, [client, id, shouldFollow]);

  return query;
}

/** List this listener's requests, newest first. `followedId` is the one that `useVoiceRequest` keeps up to date. */
export function useVoiceRequestHistory(followedId: string | undefined) {
  return useInfiniteQuery({
    queryKey: historyKey,
    queryFn: async ({ pageParam, signal }) => {
      // A visitor who has asked for nothing needs no token yet.
      if (!hasAskedBefore()) return NOTHING_ASKED;
      await ensureListenerToken();
      return bodyOf(
        await api.GET("/api/voice-requests/", { params: { query: { page: pageParam } }, signal }),
      );
    },
    initialPageParam: 1,
    getNextPageParam: ({ next }, _pages, page) => (next ? page + 1 : undefined),
    refetchInterval: ({ state }) =>
      state.data?.pages
        .flatMap((page) => page.results)
        .some((request) => isActive(request) && request.id !== followedId)
        ? POLL_INTERVAL_MS
        : false,
  });
}

type Speech = Pick<NewVoiceRequest, "member" | "text" | "format" | "speed">;

/** Ask for a speech. One submit makes one request, even if a failing network makes us send it several times. */
export function useSpeak(onAccepted: (request: VoiceRequest) => void) {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationKey: speakKey,
    mutationFn: async ({ speech, idempotencyKey }: { speech: Speech; idempotencyKey: string }) => {
      await ensureListenerToken();
      return bodyOf(
        await api.POST("/api/voice-requests/", {
          params: { header: { "Idempotency-Key": idempotencyKey } },
          body: { ...speech, uuid: listenerUuid() },
        }),
      );
    },
    retry: (failures, error) =>
      resendWhileBusy.retry(failures, error) ||
      // The token was forgotten after this answer; the next call gets another.
      (error instanceof ApiError && error.code === "authentication_failed" && failures < 1) ||
      (error instanceof ApiError &&
        error.code === "unreachable" &&
        failures < RESENDS_AFTER_NETWORK_FAILURE),
    onSuccess: (request) => {
      void client.invalidateQueries({ queryKey: historyKey });
      onAccepted(request);
    },
  });

  const speak = (speech: Speech) => {
    // Some Korean input methods send Ctrl+Enter twice in a row: the client already knows of the first.
    if (client.isMutating({ mutationKey: speakKey }) > 0) return;
    mutation.mutate({ speech, idempotencyKey: newUuid() });
  };
  return {
    speak,
    isSending: mutation.isPending,
    error: mutation.error,
    forgetError: mutation.reset,
  };
}

export function useCancelVoiceRequest(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () =>
      bodyOf(await api.POST("/api/voice-requests/{id}/cancel/", { params: { path: { id } } })),
    onSuccess: (request) => {
      client.setQueryData(requestKey(id), request);
      void client.invalidateQueries({ queryKey: historyKey });
    },
    // It was too late to cancel: show how the request ended.
    onError: () => void client.invalidateQueries({ queryKey: requestKey(id) }),
  });
}

/** Send a request again that ended without audio, as a new request. */
export function useRetryVoiceRequest(id: string, onRetried: (request: VoiceRequest) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () =>
      bodyOf(await api.POST("/api/voice-requests/{id}/retry/", { params: { path: { id } } })),
    onSuccess: (request) => {
      void client.invalidateQueries({ queryKey: historyKey });
      onRetried(request);
    },
  });
}

export function useDeleteVoiceRequest(id: string, onDeleted: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () =>
      bodyOf(await api.DELETE("/api/voice-requests/{id}/", { params: { path: { id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: historyKey });
      onDeleted();
    },
  });
}
