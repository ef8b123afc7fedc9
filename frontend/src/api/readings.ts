import { useMutation, useQueryClient } from "@tanstack/react-query";
import { v4 as newUuid } from "uuid";

import { api, bodyOf } from "./client";
import { ensureListenerToken } from "./listener";
import { askForSpeech } from "./voiceRequests";

/** Words as they are written, each with its reading in Hangul. */
export type Readings = Record<string, string>;

export interface Proposal {
  written: string;
  reading: string;
  member: number;
  sentence: string;
}

/** Propose a reading to the administrator. */
export function usePropose() {
  return useMutation({
    mutationFn: async (proposal: Proposal) => {
      await ensureListenerToken();
      return bodyOf(await api.POST("/api/reading-proposals/", { body: proposal }));
    },
  });
}

/** Ask for one word alone, to hear how it is read; it stands in no list. */
export function useTryOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ written, reading, member }: Omit<Proposal, "sentence">) =>
      askForSpeech(
        { member, text: written, speed: 1, readings: { [written]: reading }, trial: true },
        newUuid(),
        client,
      ),
  });
}

/** Return those of the readings whose words stand in the text. */
export function readingsIn(text: string, readings: Readings): Readings {
  return Object.fromEntries(Object.entries(readings).filter(([written]) => text.includes(written)));
}
