import { useMutation, useQueryClient } from "@tanstack/react-query";

import { keepListenerToken, listenerToken } from "../listener";
import { api, bodyOf } from "./client";
import { ensureListenerToken } from "./listener";

/** Get a code by which another device becomes this listener; it works once, for ten minutes. */
export function useMakeTransfer() {
  return useMutation({
    mutationFn: async () => {
      await ensureListenerToken();
      return bodyOf(await api.POST("/api/transfers/"));
    },
  });
}

/** Become the listener who made the code. What this device has asked for until now becomes theirs, too. */
export function useClaimTransfer(onClaimed: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (code: string) =>
      bodyOf(
        await api.POST("/api/transfers/claim/", {
          body: { code, merge: listenerToken() !== undefined },
        }),
      ),
    onSuccess({ token }) {
      keepListenerToken(token);
      void client.invalidateQueries();
      onClaimed();
    },
  });
}
