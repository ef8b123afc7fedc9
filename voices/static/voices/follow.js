// Shows what a worker has made of a voice as soon as it is done: the events of the request end with it.
addEventListener("DOMContentLoaded", () => {
  const waiting = document.querySelector("[data-follow]");
  if (!waiting) return;
  const events = new EventSource(waiting.dataset.follow);
  events.addEventListener("status", (event) => {
    if (["queued", "processing"].includes(JSON.parse(event.data).status)) return;
    events.close();
    location.reload();
  });
});
