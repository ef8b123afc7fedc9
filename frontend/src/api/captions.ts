import { useQuery } from "@tanstack/react-query";

import { api, bodyOf, type VoiceRequest } from "./client";

/** When a part of the text is spoken, in seconds of the audio, and where it stands in the text, in code points. */
export interface SpokenWord {
  start: number;
  end: number;
  from: number;
  to: number;
}

const NONE: SpokenWord[] = [];

/** Return the words of a request in their order, of the sentences that are spoken so far; none until they are known. */
export function useSpokenWords({ id, status, sentences_done }: VoiceRequest): SpokenWord[] {
  const sentences = status === "succeeded" ? "all" : sentences_done;
  const { data } = useQuery({
    queryKey: ["captions", id, sentences],
    queryFn: async ({ signal }) =>
      bodyOf(
        await api.GET("/api/voice-requests/{id}/captions.json", {
          params: { path: { id } },
          signal,
        }),
      ).sentences.flatMap(({ words }) => words),
    enabled: sentences !== 0,
    staleTime: Infinity,
    placeholderData: (words, query) => (query?.queryKey[1] === id ? words : undefined),
  });
  return data ?? NONE;
}
