// Replaces the browser's controls by a button and the waveform. Without this script the controls stay.
const audio = document.querySelector("audio");
const controls = document.querySelector(".share-controls");
const button = controls.querySelector("button");
const seek = controls.querySelector("input");
const time = controls.querySelector(".share-time");
const heard = controls.querySelector("#heard rect");
const broken = document.querySelector(".share-broken");
const wave = controls.querySelector("svg[viewBox][preserveAspectRatio]").viewBox.baseVal.width;

const length = () =>
  Number.isFinite(audio.duration) && audio.duration > 0 ? audio.duration : Number(controls.dataset.length);

const shown = (seconds) =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

function show() {
  const seconds = length();
  const part = seconds > 0 ? Math.min(1, audio.currentTime / seconds) : 0;
  heard.setAttribute("width", String(part * wave));
  seek.max = String(seconds);
  seek.value = String(audio.currentTime);
  seek.setAttribute("aria-valuetext", `${shown(audio.currentTime)} / ${shown(seconds)}`);
  time.textContent = shown(audio.paused && audio.currentTime === 0 ? seconds : audio.currentTime);
}

function follow() {
  show();
  if (!audio.paused) requestAnimationFrame(follow);
}

function showState() {
  const playing = !audio.paused && !audio.ended;
  document.body.dataset.playing = String(playing);
  button.setAttribute("aria-label", playing ? button.dataset.pause : button.dataset.play);
  follow();
}

function play() {
  broken.textContent = "";
  if (audio.error) audio.load();
  audio.play().catch((error) => {
    if (error.name !== "AbortError") broken.textContent = broken.dataset.broken;
  });
}

button.addEventListener("click", () => (audio.paused ? play() : audio.pause()));
seek.addEventListener("input", () => {
  audio.currentTime = seek.valueAsNumber;
  show();
});
for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, showState);
for (const event of ["loadedmetadata", "durationchange", "seeked"]) audio.addEventListener(event, show);

audio.controls = false;
controls.hidden = false;
showState();
