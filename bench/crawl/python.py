"""Python's requests (or urllib, where it is not installed) as a contender: python3 python.py <index page>."""

import os
import platform
import re
import shutil
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pool
from pathlib import Path
from urllib.parse import unquote, urljoin
from urllib.request import Request, urlopen
from zlib import MAX_WBITS, decompressobj

sys.path.append(str(Path(__file__).parents[1] / "tools"))
from serve import serve  # noqa: E402

try:
    import requests
except ImportError:
    requests = None

SHARE = 8
local = threading.local()


def pieces_of(url):
    if requests is None:
        with urlopen(Request(url, headers={"accept-encoding": "gzip"})) as response:
            unpack = decompressobj(16 + MAX_WBITS)
            while piece := response.read(65536):
                yield unpack.decompress(piece)
        return
    if not hasattr(local, "session"):
        local.session = requests.Session()
        local.session.trust_env = False
    with local.session.get(url, stream=True) as response:
        response.raise_for_status()
        yield from response.iter_content(65536)


def fetch_page(job):
    url, folder = job
    path = f"{folder}/{unquote(url.rsplit('/', 1)[1])}.html"
    with open(f"{path}.part", "wb") as file:
        for piece in pieces_of(url):
            file.write(piece)
    os.replace(f"{path}.part", path)


def measure(crawl, links):
    folder = tempfile.mkdtemp(prefix="bench-crawl-")
    try:
        start = time.perf_counter()
        crawl([(link, folder) for link in links])
        return (time.perf_counter() - start) * 1000
    finally:
        shutil.rmtree(folder)


def figures():
    index = sys.argv[1]
    processes = Pool(11)  # before there is any thread or connection that a child would inherit
    threads = ThreadPoolExecutor(16)
    with urlopen(index) as response:
        html = response.read().decode()
    links = [urljoin(index, href) for href in re.findall(r'<span class="flagicon">[^<]*</span> <a href="([^"]+)"', html)]
    some = links[::SHARE]
    return {
        "sequential": lambda: measure(lambda jobs: list(map(fetch_page, jobs)), some) * len(links) / len(some),
        "sixteen": lambda: measure(lambda jobs: list(threads.map(fetch_page, jobs)), links),
        "processes": lambda: measure(lambda jobs: processes.map(fetch_page, jobs, 1), links),
    }


if __name__ == "__main__":
    client = "urllib" if requests is None else f"requests {requests.__version__}"
    serve(figures, f"{platform.python_version()} with {client}")
