import { useQuery } from "@tanstack/react-query";

import { api, bodyOf } from "./client";

/** Used until the service has told its limits, which it checks itself in any case. */
const USUAL_TEXT_LIMIT = 1000;

/** Return the longest text that the service accepts, in characters. */
export function useTextLimit(): number {
  const { data } = useQuery({
    queryKey: ["service"],
    queryFn: async ({ signal }) => bodyOf(await api.GET("/api/", { signal })),
    staleTime: Infinity,
  });
  return data?.max_text_characters ?? USUAL_TEXT_LIMIT;
}
