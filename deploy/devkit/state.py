"""Where things are kept, and who may use them at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path

from .console import Fail, say
from .settings import REPO, SLOTS


def default_state():
    """The state folder; a git worktree shares the one of its main checkout."""
    if os.environ.get("DEV_STATE"):
        return Path(os.environ["DEV_STATE"]).expanduser().resolve()
    link = REPO / ".git"
    if link.is_file():
        main = Path(link.read_text().partition("gitdir:")[2].strip()).parents[2]
        if (main / "dev").is_file():
            return main / ".dev"
    return REPO / ".dev"


class State:
    def __init__(self, folder):
        self.folder = folder
        self.venv = folder / "venv"
        self.odoo = folder / "odoo"
        self.bin = folder / "bin"
        self.data = folder / "data"
        self.logs = folder / "log"
        self.locks = folder / "locks"
        self.runs = folder / "runs"

    def make(self):
        try:
            for path in (self.folder, self.bin, self.data, self.logs, self.locks, self.runs):
                path.mkdir(parents=True, exist_ok=True)
        except PermissionError as error:
            raise Fail(
                f"no right to write to {error.filename}: choose another folder with DEV_STATE=..."
            ) from None

    @property
    def python(self):
        return self.venv / "bin" / "python"

    @contextlib.contextmanager
    def lock(self, name, waiting=None):
        with open(self.locks / f"{name}.lock", "w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if waiting:
                    say(waiting)
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def slots(self, wanted):
        """Hold `wanted` of the machine's slots for heavy jobs.

        Whoever waits stands in a queue, first come first served: only the first of it takes
        slots, so that nobody is overtaken and no two who want several wait for each other.
        """
        wanted = max(1, min(wanted, SLOTS))
        with contextlib.ExitStack() as stack:
            with self.lock("slots", "waiting for a free slot"):
                told = False
                free = list(range(SLOTS))
                while wanted:
                    for number in list(free):
                        handle = open(self.locks / f"slot-{number}.lock", "w")
                        try:
                            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        except BlockingIOError:
                            handle.close()
                            continue
                        stack.enter_context(handle)
                        free.remove(number)
                        wanted -= 1
                        if not wanted:
                            break
                    if wanted:
                        if not told:
                            say("waiting for a free slot")
                            told = True
                        time.sleep(1)
            yield


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "sales-regulation"
