"""PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shlex
import shutil
import tempfile
from pathlib import Path

from .console import Fail, digest, run, step, works
from .settings import DB_USER
from .system import pg_bin


class Postgres:
    """A private cluster on a Unix socket: no service, no password, no port."""

    # Nothing here is worth keeping after a power cut.
    SETTINGS = {
        "listen_addresses": "",
        "max_connections": "200",
        "shared_buffers": "1GB",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "1h",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        # Compiling a query takes longer than it runs on databases of this size
        "jit": "off",
        "unix_socket_permissions": "0700",
    }

    def __init__(self, state):
        self.state = state
        base = state.folder
        self.as_user = self.other_user() if os.geteuid() == 0 else None
        if self.as_user and not self.may_enter(base):
            base = Path("/var/tmp") / f"sales-regulation-{digest(state.folder)}"
        self.base = base
        self.data = base / "pg"
        self.socket = base / "run"
        if len(str(self.socket)) > 80:  # a socket's path has 107 bytes at most
            self.socket = Path(tempfile.gettempdir()) / f"sr-{digest(state.folder)}"
        # Made before there was a user postgres, a cluster stays that of the user who made it
        made = self.data / "PG_VERSION"
        if self.as_user and made.exists():
            self.as_user = pwd.getpwuid(made.stat().st_uid)

    @staticmethod
    def other_user():
        """The server refuses to run as root."""
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        raise Fail(
            "PostgreSQL does not run as root and there is no other user: run as an ordinary user"
        )

    def may_enter(self, folder):
        return works(self.demoted(["test", "-x", folder]))

    def demoted(self, command):
        if not self.as_user:
            return command
        return [
            "setpriv",
            f"--reuid={self.as_user.pw_uid}",
            f"--regid={self.as_user.pw_gid}",
            "--clear-groups",
            *map(str, command),
        ]

    def bin(self):
        have = self.data / "PG_VERSION"
        wanted = have.read_text().strip() if have.exists() else None
        for path in pg_bin():
            version = re.search(r"(\d+)", run([path / "postgres", "--version"]).stdout)[1]
            if not wanted or version == wanted:
                return path
        raise Fail(
            f"the state folder's cluster was made by PostgreSQL {wanted}, which is gone: ./dev reset --all"
        )

    def control(self, *command, **options):
        # pg_ctl starts in the folder it is called from, which that user must be able to enter.
        return run(self.demoted(command), cwd="/", **options)

    def running(self):
        return (self.data / "PG_VERSION").exists() and not self.control(
            self.bin() / "pg_ctl", "-D", self.data, "status", check=False
        ).returncode

    def ensure(self):
        with self.state.lock("postgres"):
            for folder in (self.base, self.data, self.socket):
                folder.mkdir(parents=True, exist_ok=True)
            if self.as_user:
                for folder in (self.data, self.socket):
                    os.chown(folder, self.as_user.pw_uid, self.as_user.pw_gid)
                if self.base != self.state.folder:
                    self.base.chmod(0o711)
            self.data.chmod(0o700)
            self.socket.chmod(0o700)
            bin_folder = self.bin()
            log = self.data / "server.log"
            if not (self.data / "PG_VERSION").exists():
                for leftover in self.data.iterdir():
                    shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
                with step("Make a PostgreSQL cluster"):
                    self.control(
                        bin_folder / "initdb",
                        "-D",
                        self.data,
                        "-U",
                        DB_USER,
                        "-A",
                        "trust",
                        "--locale=C.UTF-8",
                        "-E",
                        "UTF8",
                        "--no-sync",
                    )
            if not self.running():
                settings = dict(self.SETTINGS, unix_socket_directories=self.socket)
                options = " ".join(
                    f"-c {shlex.quote(f'{key}={value}')}" for key, value in settings.items()
                )
                done = self.control(
                    bin_folder / "pg_ctl",
                    "-D",
                    self.data,
                    "-l",
                    log,
                    "-w",
                    "-t",
                    "60",
                    "-o",
                    options,
                    "start",
                    log=self.state.logs / "postgres.log",
                    check=False,
                )
                if done.returncode:
                    tail = (
                        "\n".join(log.read_text(errors="replace").splitlines()[-8:])
                        if log.exists()
                        else ""
                    )
                    raise Fail(
                        f"PostgreSQL does not start (./dev reset --all makes a new cluster):\n{tail}"
                    )

    def stop(self):
        if self.running():
            self.control(
                self.bin() / "pg_ctl",
                "-D",
                self.data,
                "-m",
                "fast",
                "stop",
                log=self.state.logs / "postgres.log",
            )

    def sql(self, query, database="postgres"):
        done = run(
            [
                self.bin() / "psql",
                "-h",
                self.socket,
                "-U",
                DB_USER,
                "-d",
                database,
                "-XAtq",
                "-v",
                "ON_ERROR_STOP=1",
                "-c",
                query,
            ]
        )
        return done.stdout.splitlines()
