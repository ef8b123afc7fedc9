// Decides on proposed readings by one key each. The keys are for the row that is marked: the first open one, or the one
// that j and k moved to. Space plays it as proposed, n as it is read now; a accepts it, d declines it.
addEventListener("DOMContentLoaded", () => {
  const rows = [...document.querySelectorAll("#result_list tr")].filter((row) => row.querySelector("[name=what]"));
  if (!rows.length) return;
  let marked = 0;

  const mark = (number) => {
    rows[marked].removeAttribute("aria-current");
    marked = Math.min(Math.max(number, 0), rows.length - 1);
    rows[marked].setAttribute("aria-current", "true");
    rows[marked].scrollIntoView({ block: "nearest" });
  };
  const play = (column) => {
    const player = rows[marked].querySelector(`.field-${column} audio`);
    if (player?.paused) player.play();
    else player?.pause();
  };
  const press = (what) => rows[marked].querySelector(`[name=what][value=${what}]`).click();
  const keys = {
    KeyJ: () => mark(marked + 1),
    KeyK: () => mark(marked - 1),
    Space: () => play("listen"),
    KeyN: () => play("listen_now"),
    KeyA: () => press("accept"),
    KeyD: () => press("decline"),
  };

  mark(0);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, button, a, summary, audio")) return;
    // By the place on the keyboard: with the Korean layout, the letters are others.
    if (!keys[event.code]) return;
    event.preventDefault();
    keys[event.code]();
  });
});
