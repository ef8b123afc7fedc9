"""The sizing: its model of the queue agrees with theory, and docs/scaling.md has what it computes."""

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest

from bench.queue_model import Asked, Cost, arrivals, run
from bench.sizing import A_DAY, REPORT, read, size, tables
from testing.processes import REPOSITORY


def mean_wait(busy: float, workers: int, seconds: list[float]) -> float:
    """Simulate requests that keep `workers` busy for that share of the time; return their mean wait in seconds."""
    random = np.random.default_rng(0)
    a_second = busy * workers / float(np.mean(seconds))
    taken = iter(seconds)
    spoken = run(arrivals(a_second, len(seconds), random), workers, lambda characters: next(taken), 0.0)
    return float(np.mean([one.waited for one in spoken]))


@pytest.mark.parametrize("busy", [0.3, 0.6, 0.8])
def test_one_worker_waits_as_pollaczek_and_khinchine_say(busy: float) -> None:
    # Requests of one length: half of busy / (1 - busy) times that length.
    assert mean_wait(busy, 1, [1.0] * 200_000) == pytest.approx(busy / (1 - busy) / 2, rel=0.05)


def test_two_workers_wait_as_erlang_says() -> None:
    # With exponential lengths of mean 1: busy² / (1 - busy²).
    lengths = np.random.default_rng(1).exponential(1.0, 400_000).tolist()
    assert mean_wait(0.7, 2, lengths) == pytest.approx(0.7**2 / (1 - 0.7**2), rel=0.05)


def test_requests_are_begun_in_order_by_who_is_free_first() -> None:
    asked = [Asked(0.0, 30), Asked(1.0, 10), Asked(2.0, 10), Asked(20.0, 10)]
    spoken = run(asked, 2, lambda characters: characters / 10, 0.5)
    assert [(one.waited, one.took) for one in spoken] == [(0.5, 3.0), (0.5, 1.0), (0.5, 1.0), (0.5, 1.0)]
    assert [one.waited for one in run(asked[:3], 1, lambda characters: characters / 10, 0.5)] == [0.5, 2.5, 2.5]


def test_the_cost_of_a_request_is_a_line_and_what_is_left_over() -> None:
    cost = Cost.fitted([10, 20, 30, 40], [1.1, 1.9, 3.1, 3.9])
    assert (cost.seconds, cost.seconds_per_character) == pytest.approx((0.1, 0.096))
    assert np.mean(cost.factors) == pytest.approx(1.0, abs=0.02)


def test_the_document_has_what_the_script_computes() -> None:
    document = (REPOSITORY / "docs" / "scaling.md").read_text()
    computed = document.partition("<!-- begin: python -m bench.sizing -->\n\n")[2].partition("\n\n<!-- end -->")[0]
    assert computed == "\n".join(tables(read(REPORT.read_text())))


def test_ten_times_the_requests_never_need_less() -> None:
    sizes = [size(a_day, read(REPORT.read_text())) for a_day in A_DAY]
    for fewer, more in itertools.pairwise(sizes):
        assert fewer.workers <= more.workers and fewer.web_processes <= more.web_processes
        assert fewer.database_cores <= more.database_cores and fewer.dollars <= more.dollars
        assert fewer.shares.keys() == more.shares.keys()
        assert all(fewer.shares[name] < more.shares[name] for name in ("what it writes to its log", "its cores"))


def test_the_comparison_with_the_service_runs() -> None:
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_DEBUG")}
    done = subprocess.run(
        [sys.executable, "-m", "bench.simulate", "--quick"],
        cwd=REPOSITORY,
        env={**inherited, "DJANGO_SETTINGS_MODULE": "forv.settings"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 requests in" in done.stdout and "the mean is off by" in done.stdout


def test_a_report_that_lacks_something_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no growth"):
        read(REPORT.read_text().replace("## growth", "## other"))
