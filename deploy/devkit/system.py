"""Packages of the system."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

from .console import Fail, os_release, run, step, works
from .debian import LIBRARIES_OF_LIBC, Debian, has_older_libc
from .settings import MINORS


def has_cjk_font():
    with contextlib.suppress(OSError):
        found = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
        return bool(found.stdout.strip())
    return False


def pg_bin():
    """The folder with PostgreSQL's server programs, the newest version first."""

    def version(path):
        return [int(n) for n in re.findall(r"\d+", path.parent.name)]

    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return [path for path in found if (path / "initdb").exists() and (path / "pg_ctl").exists()]


#: Debian's chromium without its own windows: half the processor time of each page
HEADLESS = Path("/usr/lib/chromium/chromium-headless-shell")


def browser():
    for name in ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable"):
        path = shutil.which(name)
        if path and works([path, "--version"]):
            return path
    return None


#: The distribution's Python, built with a profile of what programs do
SYSTEM_PYTHON = Path("/usr/bin/python3")


def is_profiled():
    """Whether this Python was built with a profile, as Debian and Ubuntu do."""
    how = sysconfig.get_config_var("CONFIG_ARGS") or ""
    return "--enable-optimizations" in how or sys.base_prefix == "/usr"


def has_venv(python):
    return works([python, "-c", "import ensurepip"])


def minor(python):
    """The second number of a Python's version, None if it does not start."""
    if not works([python, "--version"]):
        return None
    return int(run([python, "-c", "import sys; print(sys.version_info[1])"]).stdout)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class System:
    """Installs what is missing, with apt, as root or with sudo."""

    def __init__(self, state):
        self.state = state
        self.updated = False

    def admin(self):
        if os.geteuid() == 0:
            return []
        if shutil.which("sudo"):
            quiet = works(["sudo", "-n", "true"])
            if quiet or sys.stdin.isatty():
                return ["sudo"] if not quiet else ["sudo", "-n"]
        return None

    def install(self, packages, purpose):
        by_hand = f"apt-get install {' '.join(packages)}"
        admin = self.admin()
        if not shutil.which("apt-get"):
            raise Fail(
                f"{purpose} is missing: install {' '.join(packages)} (there is no apt-get here)"
            )
        if admin is None:
            raise Fail(
                f"{purpose} is missing and there is no right to install it: run as root: {by_hand}"
            )
        log = self.state.logs / "apt.log"
        quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        with step(f"Install {' '.join(packages)}"):
            if not self.updated:
                run([*admin, "apt-get", "update"], log=log, env=quiet, check=False)
                self.updated = True
            try:
                run(
                    [
                        *admin,
                        "env",
                        "DEBIAN_FRONTEND=noninteractive",
                        "apt-get",
                        "install",
                        "-y",
                        "--no-install-recommends",
                        *packages,
                    ],
                    log=log,
                    env=quiet,
                )
            except Fail as error:
                raise Fail(
                    f"{purpose} could not be installed: run as root: {by_hand}\n{error}"
                ) from None

    def ensure_python(self):
        self.install_missing(self.missing_for_python())

    def ensure(self, browser_too=False):
        """Whatever is missing, in one go; then what this distribution may not have."""
        missing = self.missing_for_python()
        if not pg_bin():
            missing["postgresql"] = "PostgreSQL"
        if not shutil.which("fc-list"):
            missing["fontconfig"] = "fontconfig"
        if not has_cjk_font():
            missing["fonts-noto-cjk"] = "a font with Chinese characters"
        self.install_missing(missing)
        if not shutil.which("wkhtmltopdf"):
            self.ensure_foreign("wkhtmltopdf", "bookworm", "wkhtmltopdf (PDF reports)")
        if browser_too:
            self.ensure_browser()
        if browser_too and not shutil.which("docker-compose") and self.admin() is not None:
            # Only to read our file: a distribution without it skips that test
            if self.offers("docker-compose"):
                self.install(["docker-compose"], "docker-compose")

    def ensure_browser(self):
        """A browser for the tests, under the first name that Odoo looks for."""
        package = HEADLESS.name
        if not HEADLESS.exists() and self.admin() is not None and self.offers(package):
            self.install([package], "chromium (browser tests)")
        link = self.state.bin / "google-chrome"
        if HEADLESS.exists() and works([HEADLESS, "--version"]):
            link.unlink(missing_ok=True)
            link.symlink_to(HEADLESS)
        elif not browser():
            self.ensure_foreign("chromium", "bookworm", "chromium (browser tests)")

    def python(self):
        """The Python that everything runs with.

        One that somebody built by himself usually lacks the profile and takes a fifth longer:
        then the distribution's, if it has a version that Odoo runs with and can make environments.
        """
        if is_profiled() or minor(SYSTEM_PYTHON) not in MINORS:
            return sys.executable
        usable = has_venv(SYSTEM_PYTHON) or self.admin() is not None
        return str(SYSTEM_PYTHON) if usable else sys.executable

    def missing_for_python(self):
        if self.state.python.exists():
            return {}
        python = self.python()
        if not has_venv(python):
            # Of this very Python, which need not be the one that python3 is
            return {f"python3.{minor(python)}-venv": "Python's venv module"}
        return {}

    def install_missing(self, missing):
        if missing:
            self.install(list(missing), " and ".join(missing.values()))

    def ensure_foreign(self, package, suite, purpose):
        """Install a program, or unpack Debian's where the distribution has none."""
        if self.admin() is not None and self.offers(package):
            self.install([package], purpose)
        else:
            if package == "chromium" and has_older_libc() and self.admin() is not None:
                self.install(list(LIBRARIES_OF_LIBC), "what chromium needs")
            Debian(self.state).unpack_program(package, suite)

    def offers(self, package):
        """Whether the distribution has the package; Ubuntu's chromium is only a stub."""
        if os_release().get("ID") == "ubuntu" and package.startswith("chromium"):
            return False
        policy = ["apt-cache", "policy", package]
        if "Candidate: (none)" in (found := run(policy, check=False).stdout) or not found.strip():
            run([*self.admin(), "apt-get", "update"], log=self.state.logs / "apt.log", check=False)
            self.updated = True
            found = run(policy, check=False).stdout
        return "Candidate:" in found and "Candidate: (none)" not in found
