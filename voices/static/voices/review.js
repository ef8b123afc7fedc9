// The review list: keys, one player at a time, decisions without a reload, and new rows as they come.
// Without this script the buttons work, too.
const LOOK_AGAIN_MS = 10_000;

const rowOf = (element) => element.closest("tbody:has(> tr [data-request])") ?? element.closest("tr");
const rows = () => [...document.querySelectorAll("#result_list [data-request]")].map(rowOf);
const cellOf = (row) => row.querySelector("[data-request]");

let current = null;

function choose(row) {
  if (!row) return;
  current?.classList.remove("review-current");
  current = row;
  row.classList.add("review-current");
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.indexOf(current);
  choose(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
}

function say(text) {
  const place = document.querySelector("[data-review-said]");
  if (place) place.textContent = text;
}

async function listed() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function decide(button) {
  const row = rowOf(button);
  const next = rows()[rows().indexOf(row) + 1];
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, decision: button.value });
  row.querySelectorAll("button").forEach((one) => (one.disabled = true));
  try {
    const answer = await fetch(button.getAttribute("formaction"), {
      method: "POST",
      headers: { Accept: "application/json" },
      body,
    });
    say((await answer.json()).said);
  } catch {
    row.querySelectorAll("button").forEach((one) => (one.disabled = false));
    return;
  }
  row.querySelector("audio")?.pause();
  await renew();
  if (next?.isConnected) choose(next);
}

// Takes over what has changed, and what is new; a row that sounds, or in which somebody chooses a reason, stays.
async function renew() {
  const fresh = await listed();
  const list = document.querySelector("#result_list");
  if (!fresh || !list) return;
  const now = new Map(rows().map((row) => [cellOf(row).dataset.request, row]));
  const cells = [...fresh.querySelectorAll("#result_list [data-request]")];
  let before = rows()[0];
  for (const cell of cells) {
    const row = rowOf(cell);
    const old = now.get(cell.dataset.request);
    if (!old) {
      if (/[?&]p=[1-9]/.test(location.search)) continue;
      const made = document.importNode(row, true);
      made.classList.add("review-new");
      if (before) before.before(made);
      else list.append(made);
    } else if (cellOf(old).dataset.review !== cell.dataset.review) {
      const made = document.importNode(row, true);
      old.replaceWith(made);
      if (before === old) before = made;
      if (current === old) choose(made);
    }
  }
  const there = new Set(cells.map((cell) => cell.dataset.request));
  for (const [id, row] of now) {
    const audio = row.querySelector("audio");
    if (!there.has(id) && (!audio || audio.paused)) row.remove();
  }
}

const busy = () =>
  document.hidden ||
  document.querySelector("details.review-reasons[open]") ||
  document.querySelector("#result_list input:checked") ||
  [...document.querySelectorAll("audio")].some((audio) => !audio.paused);

// "play" does not bubble, but it is captured.
document.addEventListener(
  "play",
  (event) => {
    for (const other of document.querySelectorAll("audio")) if (other !== event.target) other.pause();
    if (document.querySelector("#result_list")) choose(rowOf(event.target));
  },
  true,
);

document.addEventListener("click", (event) => {
  const button = event.target.closest("#result_list button[name=decision]");
  if (!button) return;
  event.preventDefault();
  decide(button);
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !document.querySelector("#result_list")) return;
  // By the place on the keyboard: with the Korean layout, the letters are others.
  const key = event.code.replace(/^(Key|Digit|Numpad)/, "").toLowerCase();
  const on = event.target.closest("button, a, summary, audio");
  if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (key === "space" && current && !on) {
    const audio = current.querySelector("audio");
    if (audio) audio.paused ? audio.play() : audio.pause();
  } else if (/^[ahr1-6]$/.test(key) && current) {
    const button = current.querySelector(`[data-key="${key}"]`);
    const closed = button?.closest("details")?.open === false;
    if (!button || (closed && key !== "r")) return;
    button.click();
  } else return;
  event.preventDefault();
});

addEventListener("DOMContentLoaded", () => {
  if (!document.querySelector("[data-review-bar]")) return;
  choose(rows()[0]);
  setInterval(() => !busy() && renew().catch(() => {}), LOOK_AGAIN_MS);
});
