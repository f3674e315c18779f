"""Everything set up: Odoo, PostgreSQL and the databases."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess

from .console import Fail, digest, run, say, step, tree_digest
from .postgres import Postgres
from .settings import ADDONS, DB_USER, REPO, STOCK_MODULES, TEMPLATE, TEMPLATE_SCHEME, TEST_ADDON
from .sources import Odoo, Venv
from .state import State, default_state
from .system import System

LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (WARNING|ERROR|CRITICAL) \S+ (\S+: .*)$")


# What Odoo itself says with its own pinned packages, with or without our addons.
STOCK_NOISE = re.compile(
    "|".join(
        (
            r"py\.warnings: .*'werkzeug\.urls\.",
            r"py\.warnings: .*/site-packages/.*Warning",
            r"odoo\.service\.server: Running as user 'root'",
        )
    )
)


def complaints(log):
    """The warnings and errors of an Odoo log that are not Odoo's own."""
    found, keep = [], False
    for line in log.read_text(errors="replace").splitlines():
        match = LOG_LINE.match(line)
        if match:
            keep = not STOCK_NOISE.match(match[2])
            if keep:
                found.append(line)
        elif re.match(r"\d{4}-\d\d-\d\d ", line):
            keep = False
        elif keep:  # the lines of a traceback
            found.append(line)
    return found


def loading(log):
    """How far an Odoo that is installing has come, from its log."""
    with contextlib.suppress(OSError), open(log, "rb") as handle:
        handle.seek(max(0, handle.seek(0, 2) - 20000))
        found = re.findall(
            r"Loading module (\S+) \((\d+/\d+)\)", handle.read().decode(errors="replace")
        )
        if found:
            return f"{found[-1][1]} {found[-1][0]}"
    return ""


class Dev:
    """Everything set up, and what the commands do with it."""

    def __init__(self, options):
        self.options = options
        self.state = State(default_state())
        self.state.make()
        self.system = System(self.state)
        self.postgres = Postgres(self.state)
        self.odoo = Odoo(self.state, options.odoo)

    # -- setting up ---------------------------------------------------------

    def ensure(self, browser_too=False):
        os.environ["PATH"] = f"{self.state.bin}{os.pathsep}{os.environ['PATH']}"
        with self.state.lock("setup", "another ./dev is setting up, waiting for it"):
            self.system.ensure(browser_too)
            Venv(self.state, self.system.python).ensure()
            self.odoo.ensure()
        self.postgres.ensure()
        self.write_config()

    @property
    def checkout(self):
        """A name for this checkout, of which its databases' names are made."""
        return re.sub(r"\W+", "_", REPO.name.lower()).strip("_") or "checkout"

    @property
    def database(self):
        name = self.options.db or f"reg_{self.checkout}"
        if name in (TEMPLATE, "postgres", "template0", "template1"):
            if self.options.db:
                raise Fail(f"{name} is a template, choose another name with --db")
            name += "_checkout"
        return name

    @property
    def config(self):
        return self.state.folder / "conf" / f"{self.checkout}-{digest(REPO)[:6]}.conf"

    def write_config(self):
        settings = {
            "addons_path": ",".join(map(str, self.odoo.addons_path())),
            "data_dir": self.state.data,
            "db_host": self.postgres.socket,
            "db_user": DB_USER,
            "http_interface": "127.0.0.1",
            "list_db": "False",
        }
        self.config.parent.mkdir(exist_ok=True)
        text = "[options]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items())
        if not self.config.exists() or self.config.read_text() != text:
            self.config.write_text(text)

    def env(self, **more):
        """Environment of whatever runs Odoo."""
        env = dict(os.environ)
        env.update(
            {
                "PYTHONPATH": os.pathsep.join((str(self.odoo.package.parent), str(REPO))),
                "PATH": f"{self.state.venv / 'bin'}{os.pathsep}{env['PATH']}",
                "PGHOST": str(self.postgres.socket),
                "PGUSER": DB_USER,
                "ODOO_RC": str(self.config),
                "DEV_STATE": str(self.state.folder),
                "PYTHONUNBUFFERED": "1",
                "LC_ALL": "C.UTF-8",
            }
        )
        env.update({key: str(value) for key, value in more.items()})
        return env

    def odoo_command(self, *arguments):
        return [str(part) for part in (self.state.python, "-m", "odoo", *arguments)]

    def run_odoo(self, label, log, *arguments):
        """Run Odoo to its end; its log must be free of warnings and errors."""
        log = self.state.logs / log
        log.unlink(missing_ok=True)
        with step(label, lambda: loading(log)):
            run(
                self.odoo_command("-c", self.config, *arguments, "--stop-after-init", "--no-http"),
                log=log,
                env=self.env(),
                cwd=REPO,
            )
        found = complaints(log)
        if found:
            raise Fail(f"{label}: warnings or errors in the log ({log}):\n" + "\n".join(found[:60]))

    # -- databases ----------------------------------------------------------

    def databases(self):
        rows = self.postgres.sql(
            "SELECT datname || '|' || coalesce(shobj_description(oid, 'pg_database'), '') "
            "FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
        )
        notes = {}
        for row in rows:
            name, _bar, note = row.partition("|")
            try:
                notes[name] = json.loads(note)
            except ValueError:
                notes[name] = {}
        return notes

    def note(self, database, **what):
        """Write down on a database what it was made of."""
        text = json.dumps(what).replace("'", "''")
        self.postgres.sql(f"COMMENT ON DATABASE \"{database}\" IS '{text}'")

    def drop(self, database):
        self.postgres.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        shutil.rmtree(self.state.data / "filestore" / database, ignore_errors=True)

    def clone(self, source, target):
        self.drop(target)
        self.postgres.sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        files = self.state.data / "filestore"
        if (files / source).exists():
            # Files in there are only ever added or removed, so links are as good as copies.
            run(["cp", "-al", files / source, files / target])

    def template(self):
        """The fingerprint of the template: Odoo's modules and demo data, made anew when that changes."""
        demo = True
        wanted = digest(
            TEMPLATE_SCHEME,
            self.odoo.version(),
            STOCK_MODULES,
            demo,
            (REPO / "tests" / "addons" / TEST_ADDON / "__manifest__.py").read_text(),
            self.postgres.bin(),
        )
        with self.state.lock(
            "template", "another ./dev is making the template database, waiting for it"
        ):
            if self.databases().get(TEMPLATE, {}).get("made_of") != wanted:
                build = f"{TEMPLATE}_build"
                self.drop(build)
                self.postgres.sql(f'CREATE DATABASE "{build}"')
                self.postgres.sql("CREATE EXTENSION pg_trgm", build)
                self.run_odoo(
                    "Make the template database",
                    f"{TEMPLATE}.log",
                    "-d",
                    build,
                    "-i",
                    ",".join((*STOCK_MODULES, TEST_ADDON)),
                    *(["--with-demo"] if demo else []),
                )
                self.drop(TEMPLATE)
                self.postgres.sql(f'ALTER DATABASE "{build}" RENAME TO "{TEMPLATE}"')
                files = self.state.data / "filestore"
                if (files / build).exists():
                    (files / build).rename(files / TEMPLATE)
                self.note(TEMPLATE, made_of=wanted)
        return wanted

    def clone_template(self, target):
        made_of = self.template()
        with self.state.lock("template"):
            self.clone(TEMPLATE, target)
        return made_of

    @staticmethod
    def addons(also=()):
        """Our addons in this checkout, with fingerprints of what an update would load.

        `also`: addons of the tests, which are never shipped.
        """
        folders = {name: REPO / name for name in ADDONS}
        folders.update((name, REPO / "tests" / "addons" / name) for name in also)
        return {
            name: tree_digest(folder, skip=("tests", "static", "README.md", "readme"))
            for name, folder in folders.items()
            if (folder / "__manifest__.py").exists()
        }

    def prepare(self, database, fresh=False, languages=(), update_all=False, also=()):
        """A database with Odoo's modules, their demo data and our addons as they are now."""
        addons, languages = self.addons(also), list(languages)
        made_of = self.template()
        note = self.databases().get(database, {})
        have = note.get("addons", {})
        demo = digest(*(tree_digest(REPO / name / "demo") for name in ADDONS if name in addons))
        stale = note.get("made_of") != made_of or note.get("demo") != demo
        if fresh or stale or not set(have) <= set(addons):
            # Demo data is only loaded when an addon is installed, hence anew when it changed.
            made_of, note, have = self.clone_template(database), {}, {}
        changed = [
            name for name in addons if name in have and (update_all or have[name] != addons[name])
        ]
        missing = [name for name in addons if name not in have]
        arguments = []
        if changed:
            arguments += ["-u", ",".join(changed), "--i18n-overwrite"]
        if missing:
            arguments += ["-i", ",".join(missing)]
        if set(languages) - set(note.get("languages", [])):
            arguments += ["--load-language", ",".join(languages)]
        if arguments:
            self.note(database)  # half done until the end
            label = f"{'Update' if changed else 'Install'} our addons in {database}"
            self.run_odoo(label, f"{database}.log", "-d", database, *arguments)
        self.note(
            database,
            made_of=made_of,
            addons=addons,
            languages=languages,
            demo=demo,
            bundles=note.get("bundles"),
        )
        return database

    def run_in_shell(self, database, program):
        """Run a program in Odoo's shell; what it printed is in the result."""
        command = ("shell", "-c", self.config, "-d", database, "--no-http", "--log-level", "error")
        return subprocess.run(
            self.odoo_command(*command),
            input=program,
            text=True,
            env=self.env(),
            cwd=REPO,
            capture_output=True,
            check=False,
        )

    def make_bundles(self, database):
        """Make scripts and styles of the pages once, before the database is copied.

        Else whatever test asks for a page makes them, and rolls them back at its end.
        """
        wanted = digest(*(tree_digest(REPO / name) for name in ADDONS if (REPO / name).exists()))
        note = self.databases().get(database, {})
        if note.get("bundles") == wanted:
            return
        program = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit(); print('made')\n"
        with step("Make scripts and styles of the pages"):
            done = self.run_in_shell(database, program)
        if "made" in done.stdout:
            self.note(database, **{**note, "bundles": wanted})
        else:  # the tests that show pages say more
            say(f"scripts and styles could not be made:\n{done.stderr[-2000:]}")

    def prepare_without_demo(self, database):
        """The same, installed anew and without the demo data of our addons."""
        made_of = self.clone_template(database)
        # An addon gets demo data only where all that it depends on has some.
        self.postgres.sql(
            "CREATE TABLE had_demo AS SELECT id FROM ir_module_module WHERE demo; "
            "UPDATE ir_module_module SET demo = false",
            database,
        )
        if self.addons():
            self.run_odoo(
                f"Install our addons in {database}",
                f"{database}.log",
                "-d",
                database,
                "-i",
                ",".join(self.addons()),
            )
        self.postgres.sql(
            "UPDATE ir_module_module SET demo = true WHERE id IN (SELECT id FROM had_demo); "
            "DROP TABLE had_demo",
            database,
        )
        return made_of
