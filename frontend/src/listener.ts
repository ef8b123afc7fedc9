import { v4 as newUuid } from "uuid";

import { forgetText, keepText, readText } from "./stored";

const UUID = "forv.listener";
const TOKEN = "forv.listener.token";

/** Return this browser's name for itself, made once. It is no secret and gives no rights. */
export function listenerUuid(): string {
  return readText(UUID) ?? keep(UUID, newUuid());
}

/** Return the secret by which this browser's requests are its own, if the service has given it one. */
export function listenerToken(): string | undefined {
  return readText(TOKEN);
}

export function keepListenerToken(token: string): string {
  return keep(TOKEN, token);
}

export function forgetListenerToken() {
  forgetText(TOKEN);
}

/** Whether this browser has asked for a voice before, with a token or at a time before there were tokens. */
export function hasAskedBefore(): boolean {
  return readText(TOKEN) !== undefined || readText(UUID) !== undefined;
}

function keep(key: string, value: string): string {
  keepText(key, value);
  return value;
}
