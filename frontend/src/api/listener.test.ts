import { beforeEach, expect, it, vi } from "vitest";

/** As after a reload of the page, with a service that gives out tokens `token-1`, `token-2`… */
async function reloaded(answer?: () => Response) {
  vi.resetModules();
  let given = 0;
  const asked = vi.fn((request: Request) => {
    if (!request.url.endsWith("/api/listeners/")) {
      return Promise.resolve(answer?.() ?? Response.json([]));
    }
    given += 1;
    return Promise.resolve(Response.json({ token: `token-${given}` }, { status: 201 }));
  });
  vi.stubGlobal("fetch", asked);
  const { ensureListenerToken } = await import("./listener");
  const { api } = await import("./client");
  return { asked, ensureListenerToken, api };
}

beforeEach(() => localStorage.clear());

it("asks for one token, however many ask for it", async () => {
  const { asked, ensureListenerToken } = await reloaded();
  await Promise.all([ensureListenerToken(), ensureListenerToken()]);
  await ensureListenerToken();
  expect(asked).toHaveBeenCalledTimes(1);
});

it("sends it with each call after that, and after a reload", async () => {
  await (await reloaded()).ensureListenerToken();
  const { asked, ensureListenerToken, api } = await reloaded();
  await ensureListenerToken();
  await api.GET("/api/members/");
  expect(asked).toHaveBeenCalledTimes(1);
  expect(asked.mock.calls[0]?.[0].headers.get("Authorization")).toBe("Bearer token-1");
});

it("forgets a token that the service does not take any more", async () => {
  const refuse = () =>
    Response.json({ error: { code: "authentication_failed", message: "" } }, { status: 401 });
  const { asked, ensureListenerToken, api } = await reloaded(refuse);
  await ensureListenerToken();
  await api.GET("/api/members/");
  await ensureListenerToken();
  await api.GET("/api/members/");
  expect(asked.mock.calls.at(-1)?.[0].headers.get("Authorization")).toBe("Bearer token-2");
});
