"""Python's queues and pipes: python3 python.py <thread | process> <items>. Prints the ms of each figure as JSON."""
import json
import multiprocessing
import queue
import sys
import threading
import time


def put(out, count):
    for n in range(count + 1):
        out.put(n)


def get(source, answer, count):
    source.get()
    start = time.perf_counter()
    for _ in range(count):
        source.get()
    answer.put((time.perf_counter() - start) * 1000)


def echo(end, count):
    for _ in range(count + 1):
        end.send(end.recv())


class Ends:
    """A pipe between threads: Python has none, two queues are the same."""

    def __init__(self, source, target):
        self.recv, self.send = source.get, target.put


def main(kind, count):
    spawn = multiprocessing.get_context("spawn")
    make, run = (queue.Queue, threading.Thread) if kind == "thread" else (spawn.Queue, spawn.Process)

    def timed(out):
        worker = run(target=put, args=(out, count))
        worker.start()
        out.get()
        start = time.perf_counter()
        for _ in range(count):
            out.get()
        ms = (time.perf_counter() - start) * 1000
        worker.join()
        return ms

    figures = {"put": timed(make()), "putBounded": timed(make(100))}
    source, answer = make(), make()
    for n in range(count + 1):
        source.put(n)
    worker = run(target=get, args=(source, answer, count))
    worker.start()
    figures["get"] = answer.get()
    worker.join()
    one, two = make(), make()
    left, right = (Ends(one, two), Ends(two, one)) if kind == "thread" else spawn.Pipe()
    worker = run(target=echo, args=(right, count))
    worker.start()
    left.send(0)
    left.recv()
    start = time.perf_counter()
    for n in range(count):
        left.send(n)
        left.recv()
    figures["roundTrip"] = (time.perf_counter() - start) * 1000
    worker.join()
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
