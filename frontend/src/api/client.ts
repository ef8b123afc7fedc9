import createClient, { type Middleware } from "openapi-fetch";

import { ApiError } from "./ApiError";
import type { components, paths } from "./schema";

export type Member = components["schemas"]["Member"];
export type VoiceRequest = components["schemas"]["VoiceRequest"];
export type NewVoiceRequest = components["schemas"]["VoiceRequestCreate"];
export type AudioFormat = components["schemas"]["FormatEnum"];

const speakTheLanguageOfThePage: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", document.documentElement.lang);
  },
};

const nameNetworkFailures: Middleware = {
  onError: () => ApiError.unreachable(),
};

export const api = createClient<paths>();
api.use(speakTheLanguageOfThePage, nameNetworkFailures);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a good answer; throws an ApiError for any other. */
export function bodyOf<T>({ data, error, response }: Answer<T>): T {
  if (!response.ok) throw ApiError.fromResponse(response, error);
  return data as T;
}
