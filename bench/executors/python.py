"""Python's pools as a contender: python3 python.py <thread | process>. Answers by serve.py."""

import sys
import time
from array import array
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).parents[1] / "tools"))
from serve import serve  # noqa: E402

CALLS = range(10_000)
# A tenth of what the others do, in tasks as many: it is slower by more than that.
HEAVY = [(2030677, 3814172, 1)] * 8


def nothing(_):
    return None


def gcd(arg):
    a, b, times = arg
    result = 0
    for _ in range(times):
        result = min(a, b)
        while a % result or b % result:
            result -= 1
    return result


def same(numbers):
    return numbers


def ms(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def middle(count, measure):
    return median(measure() for _ in range(count))


def figures_of(kind):
    new_pool = ThreadPoolExecutor if kind == "thread" else ProcessPoolExecutor
    pool = new_pool(2)

    def queued():
        for future in [pool.submit(nothing, call) for call in CALLS]:
            future.result()

    def alone():
        for _ in range(200):
            pool.submit(nothing, 1).result()

    def speed_up():
        serial = ms(lambda: [pool.submit(gcd, one).result() for one in HEAVY])
        return serial / ms(lambda: list(pool.map(gcd, HEAVY)))

    def carry():
        numbers = array("d", [1.5]) * (8 * 2**20)
        return ms(lambda: pool.submit(same, numbers).result())

    def first():
        with new_pool(1) as cold:
            return ms(lambda: cold.submit(nothing, 1).result())

    figures = {
        "queued": lambda: middle(2, lambda: ms(queued)),
        "map": lambda: middle(9, lambda: ms(lambda: list(pool.map(nothing, CALLS, chunksize=64)))),
        "alone": lambda: middle(5, lambda: ms(alone)),
        "speedUp": speed_up,
        "first": lambda: middle(3, first),
    }
    return figures if kind == "thread" else {**figures, "copied": carry}


if __name__ == "__main__":
    serve(lambda: figures_of(sys.argv[1]))
