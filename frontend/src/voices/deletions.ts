import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { deleteVoiceRequest } from "../api/voiceRequests";
import { inOneTab } from "../api/inOneTab";
import { TOAST_MS } from "../layout/Toasts";
import { stored, useStored } from "../stored";
import { noteAbout } from "./keepsakes";

/** The requests that are being deleted, each with the time (Date.now()) until which that can be undone. */
export const deletions = stored<Record<string, number>>("forv.deletions", {}, (json) =>
  typeof json === "object" && json !== null ? timesOf(json) : undefined,
);

export function deleteSoon(id: string): void {
  deletions.write({ ...deletions.read(), [id]: Date.now() + TOAST_MS });
}

export function undoDeletion(id: string): void {
  const others = Object.entries(deletions.read()).filter(([other]) => other !== id);
  deletions.write(Object.fromEntries(others));
}

/** Delete what was not undone in time; what is left when the page closes is deleted at once. */
export function useDeletions(): void {
  const client = useQueryClient();
  const [pending] = useStored(deletions);

  useEffect(() => {
    const remove = async (id: string) => {
      if (!(id in deletions.read())) return;
      try {
        await deleteVoiceRequest(id, client);
        noteAbout(id, { name: "", isStarred: false });
        undoDeletion(id);
      } catch {
        // It is tried again when the page is opened again; until then it stays out of the list.
      }
    };
    const timers = Object.entries(pending).map(([id, until]) =>
      setTimeout(
        () => void inOneTab(`forv.delete.${id}`, () => remove(id)),
        Math.max(0, until - Date.now()),
      ),
    );
    const removeAll = () => Object.keys(pending).forEach((id) => void remove(id));
    addEventListener("pagehide", removeAll);
    return () => {
      timers.forEach(clearTimeout);
      removeEventListener("pagehide", removeAll);
    };
  }, [client, pending]);
}

function timesOf(json: object): Record<string, number> {
  const times = Object.entries(json).filter((entry): entry is [string, number] =>
    Number.isFinite(entry[1]),
  );
  return Object.fromEntries(times);
}
