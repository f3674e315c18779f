"""Odoo and its Python packages."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import shutil
from pathlib import Path

from .console import Fail, digest, run, step, works
from .debian import Debian
from .settings import ADDONS, REPO


class Odoo:
    """Where Odoo's code is: unpacked by us, or what the person already has."""

    def __init__(self, state, given=None):
        self.state = state
        self.package, self.addons = self.locate(given)

    def locate(self, given):
        if given:
            found = self.in_tree(Path(given).expanduser().resolve())
            if not found:
                raise Fail(f"there is no Odoo 19 in {given}")
            return found
        with contextlib.suppress(ImportError, ValueError):
            spec = importlib.util.find_spec("odoo")
            for place in (spec.submodule_search_locations or ()) if spec else ():
                found = self.in_tree(Path(place))
                if found:
                    return found
        return self.state.odoo / "usr/lib/python3/dist-packages/odoo", None

    @staticmethod
    def in_tree(tree):
        """(package, folder of further addons) of an Odoo 19 at `tree`, in any of its layouts."""
        for package in (tree, tree / "odoo", tree / "usr/lib/python3/dist-packages/odoo"):
            release = package / "release.py"
            if release.exists() and re.search(r"^version_info = \(19,", release.read_text(), re.M):
                addons = package.parent / "addons"
                return package, addons if (addons / "sale").exists() else None
        return None

    @property
    def ours(self):
        return self.state.odoo in self.package.parents

    def ensure(self):
        if self.ours and not (self.state.odoo / "VERSION").exists():
            Debian(self.state).unpack_odoo(self.state.odoo)
        (self.state.folder / "ODOO_PATH").write_text(f"{self.package}\n")

    def version(self):
        if self.ours:
            return (self.state.odoo / "VERSION").read_text()
        commit = (
            run(["git", "-C", self.package, "rev-parse", "HEAD"], check=False)
            if shutil.which("git")
            else None
        )
        return f"{self.package} {commit.stdout if commit and not commit.returncode else ''}"

    def addons_path(self):
        paths = [self.addons] if self.addons else []
        if any((REPO / name / "__manifest__.py").exists() for name in ADDONS):
            paths.append(REPO)
        return [*paths, REPO / "tests" / "addons"]


class Venv:
    def __init__(self, state, python):
        """`python` says what it is made with, and is asked only if it has to be made."""
        self.state, self.python = state, python

    def ensure(self):
        requirements = REPO / "requirements.txt"
        stamp = self.state.venv / ".requirements"
        wanted = digest(requirements.read_text())
        if not works([self.state.python, "-c", "import pip"]):
            with step("Make a virtual environment"):
                shutil.rmtree(self.state.venv, ignore_errors=True)
                run([self.python(), "-m", "venv", self.state.venv])
        if not stamp.exists() or stamp.read_text() != wanted:
            with step("Install the Python packages"):
                run(
                    [
                        self.state.python,
                        "-m",
                        "pip",
                        "install",
                        "--disable-pip-version-check",
                        "-r",
                        requirements,
                    ],
                    log=self.state.logs / "pip.log",
                )
            stamp.write_text(wanted)
