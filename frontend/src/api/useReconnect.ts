import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { api } from "./client";
import { useReachable, whenBack } from "./connection";

const PROBE_INTERVAL_MS = 2_000;

/** While the service can't be reached, try until it can; then ask again for what failed meanwhile. */
export function useReconnect(): void {
  const client = useQueryClient();
  const isReachable = useReachable();

  useEffect(() => {
    if (isReachable) return;
    const probe = () => void api.GET("/api/").catch(() => undefined);
    const timer = setInterval(probe, PROBE_INTERVAL_MS);
    addEventListener("online", probe);
    return () => {
      clearInterval(timer);
      removeEventListener("online", probe);
    };
  }, [isReachable]);

  useEffect(
    () =>
      whenBack(() => {
        void client.refetchQueries({ predicate: ({ state }) => state.status === "error" });
      }),
    [client],
  );
}
