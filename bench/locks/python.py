"""Python's threading.Lock as a contender: python3 python.py. Answers by serve.py."""

import sys
import threading
import time
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).parents[1] / "tools"))
from serve import serve  # noqa: E402

COUNT = 200_000


def nanoseconds(parties):
    """Ns a pass, when so many threads go through the lock."""
    lock = threading.Lock()
    barrier = threading.Barrier(parties)
    value = 0
    starts, ends = [], []

    def count():
        nonlocal value
        barrier.wait()
        starts.append(time.perf_counter_ns())
        for _ in range(COUNT):
            with lock:
                value += 1
        ends.append(time.perf_counter_ns())

    threads = [threading.Thread(target=count) for _ in range(parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if value != parties * COUNT:
        raise RuntimeError("lost updates")
    return (max(ends) - min(starts)) / (parties * COUNT)


FIGURES = {
    "contended": lambda: median(nanoseconds(2) for _ in range(3)),
    "alone": lambda: median(nanoseconds(1) for _ in range(3)),
}


if __name__ == "__main__":
    serve(lambda: FIGURES)
