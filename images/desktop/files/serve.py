"""Runs the Selkies server, its modules loaded before the X server is there: most of its start is loading them."""

import os
import socket
import sys
import time

import selkies.__main__ as selkies


def wait_for_display(number: int, seconds: float) -> None:
    """Returns once the X server takes connections; leaves it to Selkies to complain after `seconds`."""
    path = f"/tmp/.X11-unix/X{number}"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(path)
                return
            except OSError:
                time.sleep(0.01)


sys.argv[0] = "selkies"
wait_for_display(int(os.environ["DISPLAY"].removeprefix(":")), 20)
sys.exit(selkies.main())
