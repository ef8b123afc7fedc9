// Of the players of a page, one sounds at a time. The event does not bubble, so it is caught on its way down.
document.addEventListener(
  "play",
  (event) => {
    for (const player of document.querySelectorAll("audio")) if (player !== event.target) player.pause();
  },
  true,
);
