import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Member } from "../api/client";
import { queuedRequest } from "../api/exampleVoiceRequest";
import { LanguageProvider } from "../i18n/LanguageProvider";
import { ko } from "../i18n/ko";
import { keepListenerToken } from "../listener";
import { SpeechForm } from "./SpeechForm";

const member: Member = {
  id: 1,
  slug: "haneul",
  name: "하늘",
  name_en: "",
  birth: null,
  position: "보컬",
  position_en: "",
  tmi: "",
  tmi_en: "",
  links: {},
  picture: null,
  picture_small: null,
  hue: null,
  greeting: "",
  greeting_en: "",
  sample: null,
  suggestions: [],
  has_voice: true,
};

const onAccepted = vi.fn();

/** Answer each call with a new response; its body can be read only once. */
function answer(body: object, status: number) {
  fetchMock.mockImplementation(() => Promise.resolve(Response.json(body, { status })));
}

/** Defined before the imports, since the API client reads `fetch` when it is imported. */
const fetchMock = vi.hoisted(() => {
  const mock = vi.fn<(request: Request) => Promise<Response>>();
  globalThis.fetch = mock as typeof fetch;
  return mock;
});

beforeEach(() => {
  keepListenerToken("token");
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["ko-KR"]);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <LanguageProvider>
        <SpeechForm members={[member]} onAccepted={onAccepted} />
      </LanguageProvider>
    </QueryClientProvider>,
  );
});

afterEach(() => {
  cleanup();
  vi.resetAllMocks();
});

function write(text: string) {
  const box = screen.getByRole("textbox");
  fireEvent.change(box, { target: { value: text } });
  return box;
}

it("sends once though a Korean input method sends Ctrl+Enter twice", async () => {
  answer(queuedRequest, 202);
  const box = write("안녕하세요.");

  fireEvent.keyDown(box, { key: "Enter", ctrlKey: true, isComposing: true });
  fireEvent.keyDown(box, { key: "Enter", ctrlKey: true });

  await vi.waitFor(() => expect(onAccepted).toHaveBeenCalledWith(queuedRequest));
  const sent = fetchMock.mock.calls
    .map(([request]) => request)
    .filter(({ method }) => method === "POST");
  expect(sent).toHaveLength(1);
  const request = sent[0];
  expect(request?.headers.get("Idempotency-Key")).toBeTruthy();
  expect(await request?.json()).toMatchObject({
    member: 1,
    text: "안녕하세요.",
    speed: 1,
    format: "wav",
  });
});

it("shows what the service refuses beside its field, until the field changes", async () => {
  const refusal = { code: "nothing_to_say", message: "읽을 글자가 없어요.", field: "text" };
  answer({ error: refusal }, 400);
  const box = write("★★★");

  fireEvent.click(screen.getByRole("button", { name: ko.form.speak }));

  expect((await screen.findByRole("alert")).textContent).toBe("읽을 글자가 없어요.");
  expect(box.getAttribute("aria-invalid")).toBe("true");

  write("별 세 개");
  await vi.waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

it("counts an emoji as one character", () => {
  write("안녕 🎤");
  expect(screen.getByText(ko.form.characterCount(4, 1000))).toBeTruthy();
});
