import { useMutation } from "@tanstack/react-query";

import { api, bodyOf } from "./client";

/** Give a voice an address at which anybody can hear it; it has the same one each time. */
export function useShare() {
  return useMutation({
    mutationFn: async (request: string) =>
      bodyOf(await api.POST("/api/shares/", { body: { request } })),
  });
}

/** Take the address away. */
export function useWithdraw() {
  return useMutation({
    mutationFn: async (token: string) =>
      bodyOf(await api.DELETE("/api/shares/{token}/", { params: { path: { token } } })),
  });
}
