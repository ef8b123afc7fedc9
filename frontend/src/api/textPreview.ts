import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { api, bodyOf } from "./client";
import type { Readings } from "./readings";

const TYPING_PAUSE_MS = 300;

/** Ask, when the typing pauses, how the member would read the text. */
export function useTextPreview(
  text: string,
  member: number | undefined,
  speed: number,
  readings: Readings,
  limit: number,
) {
  const settled = useSettled(text);
  const settledSpeed = useSettled(speed);
  const isWorthAsking = settled.trim() !== "" && Array.from(settled).length <= limit;
  const { data } = useQuery({
    queryKey: ["text-preview", settled, member, settledSpeed, readings],
    queryFn: async ({ signal }) =>
      bodyOf(
        await api.POST("/api/text-preview/", {
          body: { text: settled, member: member ?? null, speed: settledSpeed, readings },
          signal,
        }),
      ),
    enabled: isWorthAsking,
    // Show the last answer until the next one is there; the line would flicker at each pause otherwise.
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  });
  return text.trim() === "" || !isWorthAsking ? undefined : data;
}

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
