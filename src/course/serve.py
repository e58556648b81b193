"""Runs a Jupyter application that ends with its parent.

Standard input is a pipe that the parent holds and never writes to: it closes when the parent is gone, however it went.
"""

import os
import signal
import sys
import threading
import time


def end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(15)
    os.killpg(os.getpgrp(), signal.SIGKILL)


threading.Thread(target=end_with_parent, daemon=True).start()

application, *arguments = sys.argv[1:]
if application == "lab":
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(arguments)
else:
    from jupyter_server.serverapp import ServerApp

    ServerApp.launch_instance(arguments)
