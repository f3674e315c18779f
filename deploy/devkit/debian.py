"""Packages of Debian, unpacked beside the system."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from .console import Fail, os_release, run, step, works
from .settings import ODOO_DEBS
from .state import cache_folder

SUITES = ("sid", "trixie", "bookworm")
OLDER = "bullseye"  # signed by the key before and the one after
KEYRING = "usr/share/keyrings/debian-archive-keyring.gpg"
NO_KEY = r"NO_PUBKEY|Missing key"  # how gpgv and sqv say it
DEBIANS_LIBC = (2, 36)  # bookworm's, from which programs are unpacked
# What of chromium's libraries wants that libc, and is there for an older one (Ubuntu 22.04) too.
LIBRARIES_OF_LIBC = ("libstdc++6", "libgcc-s1", "libexpat1", "libcups2")


def has_older_libc():
    """Whether the system's C library is older than the one that Debian's programs were built with."""
    version = (os.confstr("CS_GNU_LIBC_VERSION") or "glibc 2.36").split()[1]
    return tuple(int(part) for part in version.split(".")[:2]) < DEBIANS_LIBC


class Debian:
    """Debian's archive through a private apt: nothing of the system's own apt is touched."""

    def __init__(self, state):
        self.state = state
        self.folder = state.folder / "apt"
        self.cache = cache_folder() / "debs"

    def unpack_odoo(self, target):
        files = []
        with step("Get Odoo 19 (130 MB)", self.progress):
            for suite, packages in ODOO_DEBS.items():
                files += self.download(suite, packages)
        fresh = target.with_name(target.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        with step("Unpack Odoo 19"):
            for file in files:
                run(["dpkg", "-x", file, fresh])
            (fresh / "VERSION").write_text("\n".join(sorted(file.name for file in files)) + "\n")
            shutil.rmtree(target, ignore_errors=True)
            fresh.rename(target)

    def progress(self):
        size = sum(file.stat().st_size for file in self.folder.glob("new/*") if file.is_file())
        return f"{size / 1e6:.0f} MB" if size else ""

    def download(self, suite, packages):
        """The files of these packages, from the cache where they are whole."""
        self.cache.mkdir(parents=True, exist_ok=True)
        have = {package: self.cached(suite, package) for package in packages}
        missing = [package for package, file in have.items() if not file]
        if missing:
            env = self.apt()
            fresh = self.folder / "new"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True)
            wanted = [f"{package}/{suite}" for package in missing]
            for attempt in (1, 2, 3):
                done = run(["apt-get", "download", *wanted], cwd=fresh, env=env, check=False)
                if not done.returncode and all(self.whole(file) for file in fresh.iterdir()):
                    break
                for file in fresh.iterdir():
                    if not self.whole(file):
                        file.unlink()
                if attempt == 3:
                    raise Fail(
                        f"downloading {' '.join(wanted)} failed, run again to go on:\n{done.stdout[-800:]}"
                    )
            place = self.cache / suite
            place.mkdir(parents=True, exist_ok=True)
            for file in list(fresh.iterdir()):
                # Copied to a name of its own first: the cache may be on another disk, and
                # whatever has the right name in it must be whole.
                part = place / f".{file.name}.{os.getpid()}"
                shutil.move(file, part)
                part.rename(place / file.name)
            have = {package: self.cached(suite, package) for package in packages}
        return [have[package] for package in packages]

    def cached(self, suite, package):
        found = sorted(
            (self.cache / suite).glob(f"{package}_*.deb"), key=lambda file: file.stat().st_mtime
        )
        for file in reversed(found):
            if self.whole(file):
                return file
            file.unlink()
        return None

    @staticmethod
    def whole(file):
        return works(["dpkg", "--info", file]) and works(["dpkg", "-c", file])

    def apt(self):
        """Environment of the private apt, with fresh lists."""
        if not shutil.which("apt-get"):
            raise Fail("apt-get is missing: name an existing Odoo 19 source tree with --odoo PATH")
        folder = self.folder
        for sub in ("lists/partial", "cache/archives/partial", "etc"):
            (folder / sub).mkdir(parents=True, exist_ok=True)
        (folder / "status").touch()
        mirror = self.mirror()
        self.write_sources(mirror, self.newer_keyring or self.keyring(), SUITES)
        settings = {
            "Dir::State": folder,
            "Dir::State::lists": folder / "lists",
            "Dir::State::status": folder / "status",
            "Dir::Cache": folder / "cache",
            "Dir::Etc::sourcelist": folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "APT::Sandbox::User": "",
            # sid's release file expires within days; a mirror or clock may well be older.
            "Acquire::Check-Valid-Until": "false",
            "APT::Install-Recommends": "false",
        }
        config = folder / "apt.conf"
        config.write_text("".join(f'{key} "{value}";\n' for key, value in settings.items()))
        env = dict(os.environ, APT_CONFIG=str(config))
        lists = list((folder / "lists").glob("*_Packages*"))
        if len(lists) < 3 or time.time() - min(file.stat().st_mtime for file in lists) > 7 * 86400:
            done = run(["apt-get", "update"], env=env, check=False)
            if done.returncode and re.search(NO_KEY, done.stdout) and self.get_newer_keyring(mirror, env):
                self.write_sources(mirror, self.newer_keyring, SUITES)
                done = run(["apt-get", "update"], env=env, check=False)
            lists = list((folder / "lists").glob("*_Packages*"))
            if done.returncode or len(lists) < 3:
                raise Fail(
                    "the Debian archive could not be read (DEBIAN_MIRROR chooses another mirror):\n"
                    + done.stdout[-800:]
                )
            for file in lists:
                os.utime(file)
        return env

    def write_sources(self, mirror, keyring, suites):
        (self.folder / "sources.list").write_text(
            "".join(f"deb [signed-by={keyring}] {mirror} {suite} main\n" for suite in suites)
        )

    @property
    def newer_keyring(self):
        """Debian's keyring that was got because the system's own is too old, if it was."""
        file = self.folder / "keyring" / KEYRING
        return file if file.exists() else None

    def get_newer_keyring(self, mirror, env):
        """Get Debian's keyring with the keys of today, where the system's has only older ones.

        As Ubuntu 22.04's, which ends with Debian 11: that release is signed by its own key as well
        as by the next one, and brings the next one in its keyring.
        """
        if self.newer_keyring:
            return False
        self.write_sources(mirror, self.keyring(), (OLDER,))
        fresh = self.folder / "keyring.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        package = f"debian-archive-keyring/{OLDER}"
        if run(["apt-get", "update"], env=env, check=False).returncode:
            return False
        if run(["apt-get", "download", package], cwd=fresh, env=env, check=False).returncode:
            return False
        for file in fresh.glob("*.deb"):
            run(["dpkg", "-x", file, self.folder / "keyring"])
        return bool(self.newer_keyring)

    def mirror(self):
        """The mirror of Debian's archive that this system uses, or apt's default one."""
        if os.environ.get("DEBIAN_MIRROR"):
            return os.environ["DEBIAN_MIRROR"]
        if os_release().get("ID") == "debian":
            found = self.mirror_in_sources()
            if found:
                return found
        # Other distributions' tools know Debian's default mirror.
        for package, inside, pattern in (
            (
                "python-apt-common",
                "usr/share/python-apt/templates/Debian.info",
                r"BaseURI: *(\S+/debian)/?$",
            ),
            ("mmdebstrap", "usr/bin/mmdebstrap", r"'(http://\S+/debian)'"),
        ):
            file = self.tool_file(package, inside)
            found = re.search(pattern, file.read_text(), re.M) if file else None
            if found:
                # Without https, which needs certificates: apt checks the signatures anyway.
                return found[1].replace("https:", "http:")
        raise Fail("no mirror of Debian's archive is known: name one with DEBIAN_MIRROR=...")

    @staticmethod
    def mirror_in_sources():
        files = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]
        for file in files:
            with contextlib.suppress(OSError):
                for uri in re.findall(
                    r"^(?:URIs:|deb\s+(?:\[[^]]*\])?)\s*(\S+)", file.read_text(), re.M
                ):
                    if re.search(r"/debian/?$", uri):
                        return uri
        return None

    def keyring(self):
        file = self.tool_file("debian-archive-keyring", KEYRING)
        if not file:
            raise Fail("Debian's keyring is missing: install the package debian-archive-keyring")
        return file

    def tool_file(self, package, inside):
        """A file of one of the system's own packages, which need not be installed."""
        installed = Path("/") / inside
        if installed.exists():
            return installed
        unpacked = self.folder / "tools"
        if not (unpacked / inside).exists():
            fresh = self.folder / "tools.new"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True)
            run(["apt-get", "download", package], cwd=fresh, check=False)
            for file in fresh.glob("*.deb"):
                run(["dpkg", "-x", file, unpacked])
        return unpacked / inside if (unpacked / inside).exists() else None

    def unpack_program(self, package, suite):
        """A program with all its libraries, for distributions that do not have it."""
        env = self.apt()
        archives = self.cache / f"{suite}-{package}"
        (archives / "partial").mkdir(parents=True, exist_ok=True)
        prefix = self.state.folder / "programs" / package
        fresh = prefix.with_name(f"{package}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)

        def size():
            return f"{sum(file.stat().st_size for file in archives.rglob('*.deb')) / 1e6:.0f} MB"

        with step(f"Download Debian's {package}", size):
            run(
                [
                    "apt-get",
                    "install",
                    "-y",
                    "--download-only",
                    "-t",
                    suite,
                    "-o",
                    "Debug::NoLocking=true",
                    "-o",
                    f"Dir::Cache::archives={archives}",
                    package,
                ],
                env=env,
                log=self.state.logs / "apt.log",
            )
        # Chromium is started by the system's loader, which wants the system's libc.
        of_system = ("libc6", *(LIBRARIES_OF_LIBC if has_older_libc() else ()))
        with step(f"Unpack {package}"):
            for file in archives.glob("*.deb"):
                if package != "chromium" or file.name.split("_")[0] not in of_system:
                    run(["dpkg", "-x", file, fresh])
        shutil.rmtree(prefix, ignore_errors=True)
        fresh.rename(prefix)
        wrapper = self.state.bin / package
        wrapper.write_text(self.wrapper(package, prefix))
        wrapper.chmod(0o755)
        if (
            not self.prints(wrapper)
            if package == "wkhtmltopdf"
            else not works([wrapper, "--version"])
        ):
            wrapper.unlink()
            raise Fail(f"Debian's {package} does not start here: install {package} yourself")

    @staticmethod
    def prints(program):
        done = subprocess.run(
            [program, "-q", "-", "-"], input=b"<p>x</p>", capture_output=True, check=False
        )
        return done.stdout.startswith(b"%PDF")

    @staticmethod
    def wrapper(package, prefix):
        """A script that starts an unpacked program with its own libraries and fonts."""
        folders = [*prefix.glob("usr/lib/*-linux-gnu"), *prefix.glob("lib/*-linux-gnu")]
        folders += [sub for folder in folders for sub in (folder / "pulseaudio",) if sub.exists()]
        libraries = ":".join(map(str, folders))
        fonts = prefix / "fonts.conf"
        fonts.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
            f"<dir>/usr/share/fonts</dir><dir>{prefix}/usr/share/fonts</dir>"
            f"<cachedir>{prefix}/fonts-cache</cachedir></fontconfig>\n"
        )
        if package == "chromium":  # it starts itself again, hence no loader of its own
            start = f"LD_LIBRARY_PATH={libraries} exec {prefix}/usr/lib/chromium/chromium"
        else:  # an older release's program wants its own libc, with its own loader
            # Not lib64/ld-linux..., which is a link to the system's own.
            loader = next(prefix.glob("lib/*-linux-gnu/ld-linux*"), "")
            plugins = next(prefix.glob("usr/lib/*-linux-gnu/qt5/plugins"), "")
            start = f"QT_PLUGIN_PATH={plugins} exec {loader} --library-path {libraries}"
            start += f" {prefix}/usr/bin/{package}"
        return f'#!/bin/sh\nexport FONTCONFIG_FILE={fonts}\n{start} "$@"\n'
