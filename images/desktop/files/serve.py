"""Runs the Selkies server, its modules loaded before the X server is there: most of its start is loading them."""

import asyncio
import os
import socket
import sys
import time

import selkies.__main__ as selkies
from selkies.display_utils import resize_display
from selkies.printing import PrintQueue
from selkies.session import START_SIZE


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


start_queue = PrintQueue.start


async def start_queue_beside(queue: PrintQueue) -> bool:
    """The picture does not wait for the printer: its scheduler takes as long to start as all the rest."""
    queue.starting = asyncio.get_running_loop().create_task(start_queue(queue))
    return True


PrintQueue.start = start_queue_beside
sys.argv[0] = "selkies"
wait_for_display(int(os.environ["DISPLAY"].removeprefix(":")), 20)
# Selkies takes the screen to have this size until somebody asks for another: a first window of just this size would change nothing, and be
# shown all of the framebuffer
asyncio.run(resize_display("%dx%d" % START_SIZE))
sys.exit(selkies.main())
