import createClient, { type Middleware } from "openapi-fetch";

import { ApiError } from "./ApiError";
import type { components, paths } from "./schema";

type Schemas = components["schemas"];

/**
 * A schema as the service answers with it: every field is there, also those that a client may leave
 * out when it writes, and an address is null where there is nothing to fetch.
 */
type Answered<T> = T extends (infer Item)[]
  ? Answered<Item>[]
  : T extends object
    ? { [K in keyof T]-?: Answered<T[K]> | (K extends "audio" | "picture" ? null : never) }
    : T;

export type Member = Answered<Schemas["Member"]>;
export type VoiceRequest = Answered<Schemas["VoiceRequest"]>;
export type NewVoiceRequest = Schemas["NewVoiceRequest"];
export type AudioFormat = Schemas["FormatEnum"];

const speakTheLanguageOfThePage: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", document.documentElement.lang);
  },
};

const nameNetworkFailures: Middleware = {
  onError: () => ApiError.unreachable(),
};

export const api = createClient<paths>({ baseUrl: location.origin });
api.use(speakTheLanguageOfThePage, nameNetworkFailures);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a good answer; throws an ApiError for any other. */
export function bodyOf<T>({ data, error, response }: Answer<T>): Answered<T> {
  if (!response.ok) throw ApiError.fromResponse(response, error);
  return data as Answered<T>;
}
