import { useQuery } from "@tanstack/react-query";

import { api, bodyOf } from "./client";

export function useMembers() {
  return useQuery({
    queryKey: ["members"],
    queryFn: async ({ signal }) => bodyOf(await api.GET("/api/members/", { signal })),
  });
}
