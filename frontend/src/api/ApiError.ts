import type { Dictionary } from "../i18n/ko";

/** The error that the service answers with: `{"error": {code, message, field?}}`. */
interface ErrorBody {
  error: { code: string; message: string; field?: string };
}

interface ApiErrorDetails {
  code: string;
  /** In the page's language; empty when the answer did not come from the service itself. */
  message: string;
  field?: string | undefined;
  retryAfterSeconds?: number | undefined;
}

export class ApiError extends Error {
  readonly code: string;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor({ code, message, field, retryAfterSeconds }: ApiErrorDetails) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.field = field;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  static fromResponse(response: Response, body: unknown): ApiError {
    const { code, message, field } = isErrorBody(body)
      ? body.error
      : // A proxy in front of the service answers with its own error page.
        {
          code: response.status === 503 ? "unavailable" : "unknown",
          message: "",
          field: undefined,
        };
    return new ApiError({ code, message, field, retryAfterSeconds: retryAfterSeconds(response) });
  }

  static unreachable(): ApiError {
    return new ApiError({ code: "unreachable", message: "" });
  }
}

/** Return the sentence to show for anything that a call to the service can throw. */
export function errorMessage(error: unknown, t: Dictionary): string {
  if (!(error instanceof ApiError)) return t.errors.unknown;
  return error.message || ownMessage(error.code, t);
}

function ownMessage(code: string, t: Dictionary): string {
  if (code === "unreachable") return t.errors.unreachable;
  if (code === "unavailable") return t.errors.unavailable;
  return t.errors.unknown;
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== "object" || body === null || !("error" in body)) return false;
  const { error } = body;
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    typeof error.code === "string" &&
    "message" in error &&
    typeof error.message === "string"
  );
}

/** Return Retry-After in seconds, as the service sends it; HTTP also allows a date. */
function retryAfterSeconds(response: Response): number | undefined {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return Number.isNaN(seconds) ? undefined : seconds;
}
