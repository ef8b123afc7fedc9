import createClient, { type Middleware } from "openapi-fetch";

import { ApiError } from "./ApiError";
import type { components, paths } from "./schema";

type Schemas = components["schemas"];

export type Member = Schemas["Member"];
export type VoiceRequest = Schemas["VoiceRequest"];
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

/** Return the body of a successful answer; throw an ApiError for any other. */
export function bodyOf<T>({ data, error, response }: Answer<T>): T {
  if (!response.ok) throw ApiError.fromResponse(response, error);
  return data as T;
}
