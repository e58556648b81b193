"""Python's generators or asyncio as a contender: python3 python.py <generators | asyncio>. Answers by serve.py."""

import asyncio
import gc
import sys
import time
import tracemalloc
from collections import deque
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tools"))
from serve import serve  # noqa: E402

TASKS = 100
SWITCHES = 500
MANY = 100_000


def steps(switches, each):
    for _ in range(switches):
        if each is not None:
            each()
        yield


def in_turn(tasks, switches, each=None):
    ready = deque(steps(switches, each) for _ in range(tasks))
    while ready:
        task = ready.popleft()
        try:
            next(task)
            ready.append(task)
        except StopIteration:
            pass


async def async_steps(switches, each):
    for _ in range(switches):
        if each is not None:
            each()
        await asyncio.sleep(0)


def by_asyncio(tasks, switches, each=None):
    async def main():
        await asyncio.gather(*(async_steps(switches, each) for _ in range(tasks)))

    asyncio.run(main())


RUN = {"generators": in_turn, "asyncio": by_asyncio}[sys.argv[1]]


def rate():
    """Million switches a second."""
    start = time.perf_counter()
    RUN(TASKS, SWITCHES)
    return TASKS * SWITCHES / 1e6 / (time.perf_counter() - start)


def bytes_each():
    held = standing = 0

    def each():
        nonlocal held, standing
        standing += 1
        if standing == MANY:
            gc.collect()
            held = tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        RUN(MANY, 2, each)
        return (held - before) / MANY
    finally:
        tracemalloc.stop()


if __name__ == "__main__":
    serve(lambda: {"rate": lambda: max(rate() for _ in range(5)), "bytes": bytes_each})
