import { keepListenerToken, listenerToken, listenerUuid } from "../listener";
import { api, bodyOf } from "./client";
import { inOneTab } from "./inOneTab";

let asking: Promise<string | undefined> | undefined;

/** See that this browser has a token, which `client.ts` sends with each call: what it asks for is then its own. */
export async function ensureListenerToken(): Promise<void> {
  if (listenerToken() !== undefined) return;
  // Only one of two tokens could be kept.
  asking ??= inOneTab("forv.listener", askForToken).finally(() => {
    asking = undefined;
  });
  await asking;
}

async function askForToken(): Promise<string> {
  return (
    listenerToken() ?? // another tab has got one meanwhile
    keepListenerToken(
      bodyOf(await api.POST("/api/listeners/", { body: { uuid: listenerUuid() } })).token,
    )
  );
}
