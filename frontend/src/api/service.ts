import { useQuery } from "@tanstack/react-query";

import { api, bodyOf } from "./client";

/** What the service allows unless it says otherwise; it has the last word on every text anyway. */
const USUAL_TEXT_LIMIT = 1000;

/** The longest text that the service takes, in characters. */
export function useTextLimit(): number {
  const { data } = useQuery({
    queryKey: ["service"],
    queryFn: async ({ signal }) => bodyOf(await api.GET("/api/", { signal })),
    staleTime: Infinity,
  });
  return data?.max_text_characters ?? USUAL_TEXT_LIMIT;
}
