import createClient, { type Middleware } from "openapi-fetch";

import { base } from "../base";
import { forgetListenerToken, listenerToken } from "../listener";
import { ApiError } from "./ApiError";
import { noteReachable } from "./connection";
import type { components, paths } from "./schema";

type Schemas = components["schemas"];

export type Member = Schemas["Member"];
export type VoiceRequest = Schemas["VoiceRequest"];
export type Page = Schemas["PaginatedVoiceRequestList"];
export type NewVoiceRequest = Schemas["NewVoiceRequest"];
export type TextPreview = Schemas["TextPreview"];
export type AudioFormat = Schemas["FormatEnum"];

const speakTheLanguageOfThePage: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", document.documentElement.lang);
  },
};

/** In a header rather than a cookie: no other site can make the browser send it, and every origin can. */
const showWhoAsks: Middleware = {
  onRequest({ request }) {
    const token = listenerToken();
    if (token !== undefined) request.headers.set("Authorization", `Bearer ${token}`);
  },
  async onResponse({ request, response }) {
    if (response.status !== 401) return;
    const { code } = ApiError.fromResponse(response, await response.clone().json());
    const isStillKept = request.headers.get("Authorization") === `Bearer ${listenerToken()}`;
    if (code === "authentication_failed" && isStillKept) forgetListenerToken();
  },
};

const nameNetworkFailures: Middleware = {
  onResponse: () => noteReachable(true),
  onError({ error }) {
    // React Query gives a call up that nobody waits for any more.
    if (error instanceof DOMException && error.name === "AbortError") return;
    noteReachable(false);
    return ApiError.unreachable();
  },
};

export const api = createClient<paths>({ baseUrl: location.origin + base });
api.use(speakTheLanguageOfThePage, showWhoAsks, nameNetworkFailures);

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
