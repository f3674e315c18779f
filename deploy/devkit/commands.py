"""The commands."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from .console import Fail, run, say, step
from .core import Dev
from .settings import ADDONS, EXAMPLE_ADDONS, LANGUAGES, REPO, SLOTS
from .sources import Venv
from .stock import Stock
from .testing import Tests


class Commands(Dev):
    """What the person can ask for, one method for each command."""

    # -- tests --------------------------------------------------------------

    def test(self):
        options = self.options
        self.ensure(browser_too=True)
        if options.stock:
            return Stock(self).run()
        paths = list(options.rest)
        whole = not [path for path in paths if not path.startswith("-")] and not options.keyword
        jobs = options.jobs or (SLOTS if whole else 1)
        if options.keyword:
            paths += ["-k", options.keyword]
        if not [path for path in paths if (REPO / path.split("::")[0]).exists()]:
            paths += self.test_folders()
        database = self.database
        with (
            self.state.lock(
                f"db-{database}", f"another ./dev test uses {database}, waiting for it"
            ),
            self.state.slots(jobs),
        ):
            self.prepare(database, fresh=options.fresh, also=EXAMPLE_ADDONS)
            return Tests(self, database, paths, jobs).run()

    # -- the demo company ---------------------------------------------------

    @property
    def demo_database(self):
        return self.options.db or f"{self.database}_demo"

    def demo(self):
        self.ensure()
        port, database = self.options.port, self.demo_database
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise Fail(
                    f"port {port} is in use: choose another one with --port, or ./dev stop"
                ) from None
        with self.state.lock(f"db-{database}", f"another ./dev uses {database}, waiting for it"):
            self.prepare(database, languages=LANGUAGES)
            self.label_demo(database)
            # Printed documents fetch their styles there, links in mails lead there
            self.postgres.sql(
                f"UPDATE ir_config_parameter SET value = 'http://localhost:{port}'"
                " WHERE key = 'web.base.url'",
                database,
            )
        log = self.state.logs / "demo.log"
        with open(log, "wb") as out:
            server = subprocess.Popen(
                self.odoo_command(
                    "-c",
                    self.config,
                    "-d",
                    database,
                    "--db-filter",
                    f"^{database}$",
                    "--http-port",
                    port,
                    "--http-interface",
                    self.options.host,
                ),
                env=self.env(),
                cwd=REPO,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid_file.write_text(f"{server.pid}\n")
        try:
            with step("Start Odoo"):
                self.wait_until_served(server, port, log)
            self.print_logins(database, port)
            if self.options.background:
                say("It goes on in the background: ./dev stop ends it.")
                return 0
            say("Ctrl-C ends it.")
            return server.wait()
        except BaseException:
            server.terminate()
            server.wait()
            self.pid_file.unlink(missing_ok=True)
            raise

    def label_demo(self, database):
        """Give the demo company its labels, which the database of the tests goes without: while
        there is none, nothing is asked, and tests see to it."""
        program = (
            "demo = env['regulation.demo']\n"
            "if hasattr(demo, '_label_records'): demo._label_records(); env.cr.commit()\n"
            "print('done')\n"
        )
        if self.postgres.sql("SELECT to_regclass('confidentiality_label')", database) == [""]:
            return
        if self.postgres.sql("SELECT 1 FROM confidentiality_label LIMIT 1", database):
            return
        with step("Label what is confidential in the demo company"):
            done = self.run_in_shell(database, program)
        if "done" not in done.stdout:
            raise Fail(done.stderr.strip()[-2000:])

    @property
    def pid_file(self):
        return self.state.folder / f"demo-{self.options.port}.pid"

    @staticmethod
    def wait_until_served(server, port, log):
        while server.poll() is None:
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login", timeout=60) as answer,
            ):
                if answer.status == 200:
                    return
            time.sleep(0.3)
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise Fail(f"Odoo ended before it answered:\n{tail}")

    def print_logins(self, database, port):
        users = self.postgres.sql(
            "SELECT u.login, p.name, coalesce(c.name, '') FROM res_users u "
            "JOIN res_partner p ON p.id = u.partner_id LEFT JOIN res_company c ON c.id = u.company_id "
            "WHERE u.active AND NOT u.share AND u.password IS NOT NULL ORDER BY u.company_id DESC, u.id",
            database,
        )
        say(f"\nhttp://localhost:{port}\n\nLogins (the password is the login):")
        for user in users:
            login, name, company = user.split("|")
            say(f"  {login:<24} {name} ({company})")
        say()

    def update(self):
        self.ensure()
        self.prepare(self.demo_database, languages=LANGUAGES, update_all=True)

    # -- smaller commands ---------------------------------------------------

    def setup(self):
        self.ensure(browser_too=True)
        self.template()
        self.prepare(self.database, also=EXAMPLE_ADDONS)
        say(f"Ready. Database with our addons: {self.database}")

    def shell(self):
        self.ensure()
        if self.database not in self.databases():
            self.prepare(self.database)
        command = self.odoo_command(
            "shell", "-c", self.config, "-d", self.database, "--no-http", *self.options.rest
        )
        return subprocess.run(command, env=self.env(), cwd=REPO, check=False).returncode

    def bench(self):
        script = REPO / "tests" / "bench" / "run.py"
        if not script.exists():
            raise Fail("there is no benchmark in this checkout (tests/bench/run.py)")
        self.ensure()
        database, stock = f"{self.database}_bench", f"{self.database}_bench_stock"
        arguments = (["--json", self.options.json] if self.options.json else []) + (
            ["--quick"] if self.options.quick else []
        )
        for part in self.options.only or ():
            arguments += ["--only", part]
        # Nothing else may run while times are measured.
        with self.state.slots(SLOTS):
            self.prepare_without_demo(database)
            self.clone_template(stock)
            command = [
                self.state.python,
                script,
                "--config",
                self.config,
                "--database",
                database,
                "--stock-database",
                stock,
                *arguments,
                *self.options.rest,
            ]
            done = subprocess.run(
                [str(part) for part in command],
                env=self.env(),
                stdin=subprocess.DEVNULL,
                check=False,
            )
            for name in (database, stock):
                self.drop(name)
        return done.returncode

    def lint(self):
        with self.state.lock("setup"):
            self.system.ensure_python()
            Venv(self.state, self.system.python).ensure()
        targets = [name for name in (*ADDONS, "tests") if (REPO / name).is_dir()]
        checks = {
            "ruff": ["ruff", "check", "--no-cache", "conftest.py", "dev", "deploy", *targets],
            "pylint-odoo": [
                "pylint",
                "--rcfile=.pylintrc",
                *[name for name in targets if name != "tests"],
            ],
        }
        coverage = REPO / "tests" / "tools" / "coverage.py"
        if coverage.exists():
            checks["clauses"] = ["python", coverage, "--check"]
        failed = []
        for name, command in checks.items():
            if name == "pylint-odoo" and len(command) == 2:
                continue
            start = time.monotonic()
            code = subprocess.run(
                [str(self.state.venv / "bin" / command[0]), *map(str, command[1:])],
                cwd=REPO,
                env=dict(os.environ, PYTHONPATH=str(REPO)),
                check=False,
            ).returncode
            say(f"{name}: {'failed' if code else 'clean'}, {time.monotonic() - start:.1f} s")
            failed += [name] if code else []
        return 1 if failed else 0

    def stop(self):
        self.stop_servers()
        if self.shared:
            say("PostgreSQL goes on: it belongs to another checkout")
        elif self.postgres.running():
            used = self.postgres.sql(
                "SELECT DISTINCT datname FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            if used:
                say(f"PostgreSQL goes on: {', '.join(used)} is in use")
            else:
                self.postgres.stop()
                say("PostgreSQL stopped")

    @property
    def shared(self):
        """Whether another checkout's state folder is used, as git worktrees do."""
        owner = self.state.folder.parent
        return self.state.folder.name == ".dev" and owner != REPO and (owner / "dev").exists()

    def stop_servers(self):
        """End this checkout's demo servers."""
        for file in self.state.folder.glob("demo-*.pid"):
            pid, port = int(file.read_text()), file.stem.partition("-")[2]
            with contextlib.suppress(OSError):
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
                if str(self.config).encode() not in command:
                    continue
                os.kill(pid, signal.SIGTERM)
                self.wait_until_gone(pid)
                say(f"demo server stopped (port {port})")
            file.unlink()

    @staticmethod
    def wait_until_gone(pid, seconds=15):
        until = time.monotonic() + seconds
        while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
            time.sleep(0.1)

    def reset(self):
        self.stop_servers()
        if self.options.all:
            if self.shared:
                raise Fail(f"{self.state.folder} belongs to another checkout: call its ./dev")
            self.postgres.stop()
            for folder in {self.state.folder, self.postgres.base, self.postgres.socket}:
                if folder.exists():
                    shutil.rmtree(folder)
                    say(f"removed {folder}")
            return
        self.postgres.ensure()
        own = re.compile(
            re.escape(self.database)
            + r"(_run\d+|_demo|_i18n|_bench|_bench_stock|_stock_with|_stock_without)?$"
        )
        for database in self.databases():
            if own.match(database):
                self.drop(database)
                say(f"dropped {database}")

    def export_evidence(self):
        self.ensure()
        database = self.options.db or self.demo_database
        folder = Path(self.options.out).expanduser().resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if database not in self.databases():
            raise Fail(
                f"there is no database {database}: ./dev demo makes it, or name one with --db"
            )
        program = (
            "import sys\n"
            "register = env.get('regulation.register')\n"
            "export = getattr(register, '_export_evidence', None)\n"
            "sys.exit('the addons in this database cannot export evidence') if export is None else "
            f"print(export({str(folder)!r}) or 'done')\n"
        )
        with step(f"Export the evidence of {database} to {folder}"):
            done = self.run_in_shell(database, program)
        say(done.stdout.strip())
        if done.returncode or "Traceback" in done.stderr:
            raise Fail(
                done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "the export failed"
            )

    # -- translations -------------------------------------------------------

    def i18n(self):
        self.ensure()
        names = list(self.addons())
        if not names:
            return say("no addons in this checkout")
        database = f"{self.database}_i18n"
        with tempfile.TemporaryDirectory() as folder, self.state.lock(f"db-{database}"):
            self.prepare_without_demo(database)
            for name in names:
                run(
                    self.odoo_command(
                        "i18n",
                        "export",
                        "-c",
                        self.config,
                        "-d",
                        database,
                        "-l",
                        "pot",
                        "-o",
                        Path(folder) / f"{name}.pot",
                        name,
                    ),
                    env=self.env(),
                    cwd=REPO,
                    log=self.state.logs / "i18n.log",
                )
            self.drop(database)
            command = [
                self.state.python,
                REPO / "dev",
                "merge-i18n",
                folder,
                *(["--check"] if self.options.check else []),
            ]
            return subprocess.run([str(part) for part in command], cwd=REPO, check=False).returncode

    @staticmethod
    def test_folders():
        folders = [f"{name}/tests" for name in ADDONS if (REPO / name / "tests").is_dir()]
        return [*folders, "tests"]
