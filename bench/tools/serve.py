"""The far end of `ContenderProcess` in Python: answers each name of a figure, a line on stdin, with its value, a line on stdout."""

import json
import os
import platform
import signal
import sys


def tell(**message):
    print(json.dumps(message), flush=True)


def serve(prepare, version=platform.python_version()):
    """Tells the names of the figures and measures those that are asked for, until the bench has gone."""
    try:
        figures = prepare()
        tell(figures=list(figures), version=version)
        for line in sys.stdin:
            try:
                tell(value=figures[line.strip()]())
            except Exception as error:
                tell(failure=repr(error))
    except Exception as error:
        tell(failure=repr(error))
    finally:
        # The bench starts a contender as the leader of a group: whatever it has started ends with it.
        os.killpg(os.getpid(), signal.SIGKILL)
