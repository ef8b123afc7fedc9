import {
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { hasAskedBefore, listenerUuid } from "../listener";
import { ApiError } from "./ApiError";
import { api, bodyOf, type NewVoiceRequest, type Page, type VoiceRequest } from "./client";
import { followVoiceRequest } from "./followVoiceRequest";
import { ensureListenerToken } from "./listener";
import { tellOtherTabs, whenTold } from "./tabs";
import { isActive, isUnderReview } from "./voiceRequestStatus";

const POLL_INTERVAL_MS = 2_000;
/** For what waits for a person. */
const SLOW_POLL_INTERVAL_MS = 30_000;

const listKey = ["voice-requests"];
const requestKey = (id: string | null) => ["voice-request", id];

const NOTHING_ASKED: Page = { count: 0, next: null, previous: null, results: [] };

/** What a listener asks for. */
export type Speech = Pick<NewVoiceRequest, "member" | "text" | "speed"> &
  Partial<Pick<NewVoiceRequest, "seed" | "readings" | "trial">>;

/** Read one request, and keep it up to date until it ends: by its event stream, or by polling where that fails. */
export function useVoiceRequest(id: string | null) {
  const client = useQueryClient();
  const [lostStream, setLostStream] = useState<string | null>(null);
  const isStreamLost = lostStream === id;

  const query = useQuery({
    queryKey: requestKey(id),
    queryFn: async ({ signal }) =>
      bodyOf(
        await api.GET("/api/voice-requests/{id}/", { params: { path: { id: id ?? "" } }, signal }),
      ),
    enabled: id !== null,
    staleTime: Infinity,
    retry: (failures, error) => !isGone(error) && failures < 1,
    // The place in the queue moves as others are served, which is no change of this request.
    refetchInterval: ({ state: { data } }) => {
      if (data?.status === "queued") return POLL_INTERVAL_MS;
      return data && isStreamLost ? pollInterval([data]) : false;
    },
  });

  const shouldFollow = query.data !== undefined && mayChange(query.data) && !isStreamLost;
  useEffect(() => {
    if (!shouldFollow || id === null) return;
    return followVoiceRequest(id, {
      onStatus: (request) => {
        client.setQueryData(requestKey(id), request);
        if (!isActive(request)) void refreshList(client);
        // An EventSource can't send the page's language: ask again, to get the reason in that language.
        if (request.error || request.review.message)
          void client.invalidateQueries({ queryKey: requestKey(id) });
      },
      onLost: () => setLostStream(id),
    });
  }, [client, id, shouldFollow]);

  return query;
}

/** Tell whether the service answers that there is no such request any more. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.code === "not_found" || error.code === "gone");
}

/** List this listener's requests, the newest first. */
export function useMyVoices() {
  const client = useQueryClient();
  useEffect(
    () =>
      whenTold(() => {
        void client.invalidateQueries({ queryKey: listKey });
        void client.invalidateQueries({ queryKey: ["voice-request"] });
      }),
    [client],
  );
  return useInfiniteQuery({
    queryKey: listKey,
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
      pollInterval(state.data?.pages.flatMap(({ results }) => results) ?? []),
  });
}

function mayChange(request: VoiceRequest): boolean {
  return isActive(request) || isUnderReview(request);
}

function pollInterval(requests: VoiceRequest[]): number | false {
  if (requests.some(isActive)) return POLL_INTERVAL_MS;
  return requests.some(isUnderReview) ? SLOW_POLL_INTERVAL_MS : false;
}

/** Ask for speech. Sent again with the same idempotency key, it makes no second request. */
export async function askForSpeech(
  speech: Speech,
  idempotencyKey: string,
  client: QueryClient,
): Promise<VoiceRequest> {
  await ensureListenerToken();
  const request = bodyOf(
    await api.POST("/api/voice-requests/", {
      params: { header: { "Idempotency-Key": idempotencyKey } },
      body: { ...speech, uuid: listenerUuid() },
    }),
  );
  remember(request, client);
  void refreshList(client);
  return request;
}

export function useCancelVoiceRequest() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) =>
      bodyOf(await api.POST("/api/voice-requests/{id}/cancel/", { params: { path: { id } } })),
    onSuccess: (request) => {
      remember(request, client);
      void refreshList(client);
    },
    // It was too late to cancel: show how the request ended.
    onError: (_error, id) => void client.invalidateQueries({ queryKey: requestKey(id) }),
  });
}

/** Send a request again that ended without audio, as a new request. */
export function useRetryVoiceRequest(onRetried: (request: VoiceRequest) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) =>
      bodyOf(await api.POST("/api/voice-requests/{id}/retry/", { params: { path: { id } } })),
    onSuccess: (request) => {
      remember(request, client);
      void refreshList(client);
      onRetried(request);
    },
  });
}

/** Delete a request and its audio; one that is gone already is fine. */
export async function deleteVoiceRequest(id: string, client: QueryClient): Promise<void> {
  const answer = await api.DELETE("/api/voice-requests/{id}/", {
    params: { path: { id } },
    keepalive: true, // also while the page is being closed
  });
  if (answer.response.status !== 404) bodyOf(answer);
  await refreshList(client);
}

function remember(request: VoiceRequest, client: QueryClient): void {
  client.setQueryData(requestKey(request.id), request);
}

async function refreshList(client: QueryClient): Promise<void> {
  tellOtherTabs();
  await client.invalidateQueries({ queryKey: listKey });
}
