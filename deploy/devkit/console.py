"""Talking to the person, and running programs."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path


class Fail(Exception):
    """Something the person can mend; the message says how."""


def say(text=""):
    print(text, flush=True)


@contextlib.contextmanager
def step(label, detail=lambda: ""):
    """Announce a long step and keep showing how long it has been running."""
    start, done, tty = time.monotonic(), threading.Event(), sys.stdout.isatty()

    def line():
        more = detail()
        return f"{label} ... {time.monotonic() - start:.0f} s{'  ' + more if more else ''}"

    def beat():
        while not done.wait(1 if tty else 15):
            if tty:
                print(
                    f"\r\033[K{line()[: shutil.get_terminal_size().columns - 1]}",
                    end="",
                    flush=True,
                )
            else:
                say(line())

    if not tty:
        say(f"{label} ...")
    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    outcome = "interrupted"
    try:
        yield
        outcome = "done"
    except Exception:
        outcome = "failed"
        raise
    finally:
        done.set()
        thread.join()
        start_of_line = "\r\033[K" if tty else ""
        say(f"{start_of_line}{label}: {outcome}, {time.monotonic() - start:.1f} s")


def run(command, *, log=None, check=True, **options):
    """Run a command; its output goes to the file `log`, or is kept and returned."""
    command = [str(part) for part in command]
    options.update(stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False)
    if log:
        with open(log, "ab") as out:
            done = subprocess.run(command, stdout=out, **options)  # noqa: PLW1510
    else:
        options.update(stdout=subprocess.PIPE, text=True, errors="replace")
        done = subprocess.run(command, **options)  # noqa: PLW1510
    if check and done.returncode:
        said = Path(log).read_text(errors="replace") if log else done.stdout
        where = f" (the whole log: {log})" if log else ""
        tail = "\n".join(said.splitlines()[-25:])
        raise Fail(
            f"{' '.join(command[:4])} ... failed with code {done.returncode}{where}:\n{tail}"
        )
    return done


def works(command):
    """Whether a tool is there and starts (Ubuntu's chromium is a stub that does not)."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        return (
            subprocess.run(
                command,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=60,
                check=False,
            ).returncode
            == 0
        )
    return False


def digest(*parts):
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()[:16]


def tree_digest(folder, skip=()):
    """Fingerprint of a folder's files by name and content."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and path.suffix != ".pyc" and inside.parts[0] not in skip:
            found.update(str(inside).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def os_release():
    with contextlib.suppress(OSError):
        text = Path("/etc/os-release").read_text()
        return dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text, re.M))
    return {}
