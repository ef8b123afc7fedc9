"""Windows cover an utterance, each frame once and with all of its context."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voices.synth.engine.windows import cover


@given(
    n_frames=st.integers(1, 400),
    context=st.integers(0, 13),
    sizes=st.sets(st.sampled_from([32, 48, 96, 192]), min_size=1).map(lambda sizes: tuple(sorted(sizes))),
)
def test_every_frame_is_kept_once_with_its_context(n_frames: int, context: int, sizes: tuple[int, ...]) -> None:
    windows = cover(n_frames, sizes, context)
    assert [window.keep_from for window in windows] == [0, *(window.keep_to for window in windows[:-1])]
    assert windows[-1].keep_to == n_frames
    for window in windows:
        end = window.start + window.size
        assert 0 <= window.start <= max(0, window.keep_from - context)
        assert min(n_frames, window.keep_to + context) <= end <= n_frames
        assert window.size in sizes or windows == (window,)


def test_the_cheapest_windows_are_taken() -> None:
    assert [window.size for window in cover(128, (32, 64, 128), 2)] == [128]
    assert [window.size for window in cover(105, (32, 64, 128), 2)] == [64, 64]
    assert [window.size for window in cover(20, (32, 64, 128), 2)] == [20]
    assert sum(window.size for window in cover(1000, (32, 64, 128), 2)) < 1100
