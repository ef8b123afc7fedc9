import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Member } from "../api/client";
import { queuedRequest } from "../api/exampleVoiceRequest";
import { LanguageProvider } from "../i18n/LanguageProvider";
import { ko } from "../i18n/ko";
import { ToastProvider } from "../layout/Toasts";
import { keepListenerToken } from "../listener";
import { PlayerProvider } from "../player/PlayerProvider";
import { SpeakingProvider } from "./SpeakingProvider";
import { Studio } from "./Studio";

const member: Member = {
  id: 1,
  name: "하늘",
  slug: "haneul",
  name_en: "Haneul",
  birth: null,
  tmi: "",
  tmi_en: "",
  position: "보컬",
  position_en: "",
  links: {},
  picture: null,
  picture_small: null,
  hue: null,
  greeting: "",
  greeting_en: "",
  sample: null,
  suggestions: [{ label: "잘 자", label_en: "Good night", text: "아무 걱정 말고, 푹 자." }],
  has_voice: true,
};

const unread = { spoken_text: "", pronunciation: "", seconds: 0, dropped: [], sentences: [] };

/** Answer each call with a new response; its body can be read only once. */
function answer(body: object, status: number) {
  fetchMock.mockImplementation(({ url }) =>
    Promise.resolve(
      url.endsWith("/api/text-preview/") ? Response.json(unread) : Response.json(body, { status }),
    ),
  );
}

/** Defined before the imports, since the API client reads `fetch` when it is imported. */
const fetchMock = vi.hoisted(() => {
  const mock = vi.fn<(request: Request) => Promise<Response>>();
  globalThis.fetch = mock as typeof fetch;
  return mock;
});

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal(
    "EventSource",
    class extends EventTarget {
      close() {
        this.dispatchEvent(new Event("closed"));
      }
    },
  );
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
  keepListenerToken("token");
  answer({}, 200);
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["ko-KR"]);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <LanguageProvider>
        <PlayerProvider>
          <SpeakingProvider>
            <ToastProvider>
              <Studio member={member} />
            </ToastProvider>
          </SpeakingProvider>
        </PlayerProvider>
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

function sentSpeeches() {
  return fetchMock.mock.calls
    .map(([request]) => request)
    .filter(({ method, url }) => method === "POST" && url.endsWith("/api/voice-requests/"));
}

it("sends once though a Korean input method sends Ctrl+Enter twice", async () => {
  answer(queuedRequest, 202);
  const box = write("안녕하세요.");

  fireEvent.keyDown(box, { key: "Enter", ctrlKey: true, isComposing: true });
  fireEvent.keyDown(box, { key: "Enter", ctrlKey: true });

  await vi.waitFor(() => expect(localStorage.getItem("forv.current")).toContain(queuedRequest.id));
  const [sent, ...more] = sentSpeeches();
  expect(more).toEqual([]);
  expect(sent?.headers.get("Idempotency-Key")).toBeTruthy();
  expect(await sent?.json()).toMatchObject({ member: 1, text: "안녕하세요.", speed: 1 });
});

it("shows what the service refuses beside its field, until the field changes", async () => {
  const refusal = { code: "nothing_to_say", message: "읽을 글자가 없어요.", field: "text" };
  answer({ error: refusal }, 400);
  const box = write("★★★");

  fireEvent.click(screen.getByRole("button", { name: ko.studio.speak }));

  await screen.findByText("읽을 글자가 없어요.");
  expect(box.getAttribute("aria-invalid")).toBe("true");
  expect(screen.getAllByText("읽을 글자가 없어요.")).toHaveLength(1);

  write("별 세 개");
  await vi.waitFor(() => expect(screen.queryByText("읽을 글자가 없어요.")).toBeNull());
});

it("counts an emoji as one character", () => {
  write("안녕 🎤");
  expect(screen.getByText(ko.studio.characterCount(4, 1000))).toBeTruthy();
});

it("brings back the text that a suggestion has replaced", () => {
  const box = write("내가 쓴 말");
  fireEvent.click(screen.getByRole("button", { name: "잘 자" }));
  expect(box).toHaveProperty("value", expect.stringContaining("푹 자"));
  fireEvent.click(screen.getByRole("button", { name: ko.undo }));
  expect(box).toHaveProperty("value", "내가 쓴 말");
});
