// Draws each chart of the statistics from its table, which screen readers read in its place.

const charts = [];

function draw() {
  for (const chart of charts.splice(0)) chart.destroy();
  const dark = document.documentElement.classList.contains("dark");
  const style = getComputedStyle(document.documentElement);
  const accent = style.getPropertyValue(dark ? "--color-primary-500" : "--color-primary-600");
  const ink = style.getPropertyValue(dark ? "--color-font-default-dark" : "--color-font-default-light");
  const line = style.getPropertyValue(dark ? "--color-base-700" : "--color-base-200");
  for (const canvas of document.querySelectorAll("[data-chart]")) {
    const rows = [...document.getElementById(canvas.dataset.of).tBodies[0].rows];
    const lying = canvas.dataset.chart === "words";
    if (lying) canvas.parentElement.style.height = `${rows.length * 28 + 40}px`;
    const counts = { ticks: { color: ink, precision: 0 }, grid: { color: line }, beginAtZero: true };
    const labels = { ticks: { color: ink, autoSkip: !lying }, grid: { display: false } };
    charts.push(
      new Chart(canvas, {
        type: canvas.dataset.chart === "line" ? "line" : "bar",
        data: {
          labels: rows.map((row) => shortened(row.cells[0].textContent)),
          datasets: [
            {
              data: rows.map((row) => Number(row.cells[1].textContent)),
              backgroundColor: accent,
              borderColor: accent,
              borderRadius: 4,
              pointRadius: 2,
            },
          ],
        },
        options: {
          indexAxis: lying ? "y" : "x",
          animation: false,
          maintainAspectRatio: false,
          plugins: { legend: { display: false } },
          scales: lying ? { x: counts, y: labels } : { x: labels, y: counts },
        },
      }),
    );
  }
}

function shortened(label) {
  return label.length > 16 ? `${label.slice(0, 15)}…` : label;
}

addEventListener("load", () => {
  draw();
  // The colours change with the theme.
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["class"] });
});
