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

/** Return the spoken words of a request in their order; none until they are known. */
export function useSpokenWords({ id, status }: VoiceRequest): SpokenWord[] {
  const { data } = useQuery({
    queryKey: ["captions", id],
    queryFn: async ({ signal }) =>
      bodyOf(
        await api.GET("/api/voice-requests/{id}/captions.json", {
          params: { path: { id } },
          signal,
        }),
      ).sentences.flatMap(({ words }) => words),
    enabled: status === "succeeded",
    staleTime: Infinity,
  });
  return data ?? NONE;
}
