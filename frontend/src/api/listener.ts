import { keepListenerToken, listenerToken, listenerUuid } from "../listener";
import { api, bodyOf } from "./client";

let asking: Promise<string> | undefined;

/** See that this browser has a token, which `client.ts` sends with each call: what it asks for is then its own. */
export async function ensureListenerToken(): Promise<void> {
  if (listenerToken() !== undefined) return;
  asking ??= inOneTab(askForToken).finally(() => {
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

/** Let no two tabs ask at once: only one of two tokens could be kept. Pages over plain http have no locks. */
async function inOneTab(ask: () => Promise<string>): Promise<string> {
  return "locks" in navigator ? await navigator.locks.request("forv.listener", ask) : await ask();
}
