# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
import socket
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import config

from .parallel import ParallelWorld

#: seconds that a server may take to start
START = 120


class Server:
    """A server process of its own, asked over JSON-2 as any client does."""

    def __init__(self, database):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        options = [
            f"--addons-path={','.join(map(str, config['addons_path']))}",
            f"--data-dir={config['data_dir']}",
            f"--database={database}",
            f"--db-filter=^{database}$",
            f"--http-port={self.port}",
            "--http-interface=127.0.0.1",
            "--max-cron-threads=0",
            "--workers=0",
            "--log-level=critical",
        ]
        for option in ("db_host", "db_port", "db_user", "db_password"):
            if config[option]:
                options.append(f"--{option}={config[option]}")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "odoo", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self):
        end = time.monotonic() + START
        while time.monotonic() < end and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/web/health", timeout=5)
                return
            except OSError:
                time.sleep(0.3)
        raise AssertionError("the server does not start")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def call(self, key, model, method, **body):
        """The result, or the name of the error."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/json/2/{model}/{method}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"bearer {key}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            return json.load(error)["name"].rpartition(".")[2]


@tagged("post_install", "-at_install")
class TestRevocation(BaseCase):
    """A right that ended is gone at the next request of another server process (invariant 9).

    Two servers on one database: the reader asks one of them, the officer decides on the other.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = ParallelWorld.source_of(get_db_name())
        if not source:
            raise unittest.SkipTest("needs a database to copy: run the tests with ./dev test")
        cls.world = ParallelWorld(source)
        cls.addClassCleanup(cls.world.drop)
        if "confidentiality.grant" not in cls.world.registry:
            raise unittest.SkipTest("sales_confidentiality is not installed")
        with cls.world.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})
            cls._build(env)
            cr.commit()
        cls.readers, cls.officers = Server(cls.world.name), Server(cls.world.name)
        for server in (cls.readers, cls.officers):
            cls.addClassCleanup(server.stop)
        for server in (cls.readers, cls.officers):
            server.wait()

    @classmethod
    def _build(cls, env):
        """A secret customer who has a portal login and an order, and one who is cleared for him."""
        ref = env.ref
        company = ref("base.main_company")
        users = env["res.users"].create(
            [
                {
                    "name": login,
                    "login": login,
                    "group_ids": [Command.set([ref(group).id for group in groups.split()])],
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                }
                for login, groups in (
                    (
                        "reader",
                        "sales_team.group_sale_salesman_all_leads"
                        " sales_regulation.group_regulation_user",
                    ),
                    (
                        "officer",
                        "base.group_user sales_confidentiality.group_confidentiality_officer"
                        " sales_regulation.group_regulation_manager",
                    ),
                    ("personnel", "sales_regulation.group_regulation_user hr.group_hr_user"),
                    ("customer", "base.group_portal"),
                )
            ]
        )
        reader, officer, personnel, customer = users
        cls.reader = reader.id
        cls.keys = {
            user.login: env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate(None, "revocation", "2099-01-01")
            for user in (reader, officer, personnel)
        }
        env["regulation.role.assignment"].create(
            {
                "role_id": env["regulation.role"]._code("hr").id,
                "company_id": company.id,
                "user_id": personnel.id,
                "date_from": "2020-01-01",
            }
        )
        category = ref("sales_confidentiality.category_customer")
        level = ref("sales_confidentiality.level_secret")
        label = env["confidentiality.label"]._get(level, category)
        customer.partner_id.confidentiality_label_id = label
        listed = env["confidentiality.label"].create(
            {
                "name": "Listed",
                "level_id": level.id,
                "category_id": category.id,
                "is_compartment": True,
            }
        )
        on_list = env["res.partner"].create(
            {"name": "On a list", "confidentiality_label_id": listed.id}
        )
        order = env["sale.order"].create(
            {
                "partner_id": customer.partner_id.id,
                "company_id": company.id,
                "order_line": [Command.create({"name": "Something", "display_type": "line_note"})],
            }
        )
        env["regulation.qualification"].create(
            [
                {
                    "name": kind,
                    "kind": kind,
                    "user_id": reader.id,
                    "company_id": company.id,
                    "date": "2020-01-01",
                }
                for kind in ("nda", "exam")
            ]
        )
        cls.category, cls.level, cls.listed = category.id, level.id, listed.id
        cls.contract = ref("sales_confidentiality.category_contract").id
        # Enforcing asks for cleared people of the company: not what is tested here
        env.cr.execute(
            "UPDATE confidentiality_category SET mode = 'enforce' WHERE id IN %s",
            [(cls.category, cls.contract)],
        )
        env.invalidate_all()
        env["confidentiality.category"]._clear_protection()
        cls.asked = {
            "res.partner": customer.partner_id.id,
            "res.users": customer.id,
            "sale.order": order.id,
            "sale.order.line": order.order_line.id,
        }
        cls.on_list = on_list.id

    def setUp(self):
        super().setUp()
        for grant in self.decide("confidentiality.grant", "search", domain=[["user_id", "=", self.reader]]):
            self.decide("confidentiality.grant", "action_revoke", ids=[grant])

    # === THE TWO SERVERS === #

    def decide(self, model, method, login="officer", **body):
        answer = self.officers.call(self.keys[login], model, method, **body)
        self.assertNotIsInstance(answer, str, f"{model}.{method}")
        return answer

    def seen(self):
        """What the reader finds, and what he reads by its number: the same."""
        found = set()
        for model, number in self.asked.items():
            count = self.readers.call(
                self.keys["reader"], model, "search_count", domain=[["id", "=", number]]
            )
            read = self.readers.call(
                self.keys["reader"], model, "read", ids=[number], fields=["create_date"]
            )
            self.assertEqual(bool(count), isinstance(read, list), (model, count, read))
            if count:
                found.add(model)
        return found

    def grant(self, **values):
        return self.decide(
            "confidentiality.grant",
            "create",
            vals_list=[
                {
                    "user_id": self.reader,
                    "category_id": category,
                    "level_id": self.level,
                    "date_from": "2020-01-01",
                    **values,
                }
                for category in (self.category, self.contract)
            ],
        )

    def execute(self, query, *params):
        """Past the servers, so that no process is told of it."""
        with self.world.registry.cursor() as cr:
            cr.execute(query, params)
            cr.commit()

    # === TESTS === #

    def test_revoked(self):
        self.assertEqual(self.seen(), set())
        grants = self.grant()
        self.assertEqual(self.seen(), set(self.asked))
        self.decide("confidentiality.grant", "action_revoke", ids=grants[:1])
        self.assertEqual(self.seen(), {"sale.order", "sale.order.line"}, "the customer is gone")
        self.decide("confidentiality.grant", "action_revoke", ids=grants[1:])
        self.assertEqual(self.seen(), set())

    def test_expired(self):
        """The day after the last day: nobody is told, the next request knows."""
        grants = self.grant()
        self.assertEqual(self.seen(), set(self.asked))
        self.execute(
            "UPDATE confidentiality_grant SET date_to = CURRENT_DATE - 2 WHERE id = ANY(%s)", grants
        )
        self.assertEqual(self.seen(), set())

    def test_suspended(self):
        """The officer suspends the clearance of a case's reported person, and lifts it."""
        self.grant()
        self.assertEqual(self.seen(), set(self.asked))
        case = self.decide(
            "confidentiality.case",
            "create",
            vals_list=[
                {
                    "description": "Seen in a chat group",
                    "reported_ids": [Command.set([self.reader])],
                }
            ],
        )
        self.decide("confidentiality.case", "action_suspend", ids=case)
        self.assertEqual(self.seen(), set())
        resting = self.decide("confidentiality.suspension", "search", domain=[["case_id", "in", case]])
        self.decide("confidentiality.suspension", "action_lift", ids=resting)
        self.assertEqual(self.seen(), set(self.asked))

    def test_qualification_revoked(self):
        """HR revokes the NDA; a new one counts at the next request too."""
        self.grant()
        self.assertEqual(self.seen(), set(self.asked))
        held = self.valid_nda()
        self.decide("regulation.qualification", "action_revoke", login="personnel", ids=held)
        self.assertEqual(self.seen(), set())
        self.decide(
            "regulation.qualification",
            "create",
            login="personnel",
            vals_list=[
                {"name": "NDA", "kind": "nda", "user_id": self.reader, "date": "2020-01-01"}
            ],
        )
        self.assertEqual(self.seen(), set(self.asked))

    def test_qualification_expired(self):
        """The day after its last day: nobody is told, the next request knows."""
        self.grant()
        self.assertEqual(self.seen(), set(self.asked))
        held = self.valid_nda()
        for last_day, found in (("CURRENT_DATE - 2", set()), ("NULL", set(self.asked))):
            self.execute(
                f"UPDATE regulation_qualification SET valid_until = {last_day} WHERE id = ANY(%s)",
                held,
            )
            self.assertEqual(self.seen(), found)

    def valid_nda(self):
        return self.decide(
            "regulation.qualification",
            "search",
            login="personnel",
            domain=[
                ["user_id", "=", self.reader],
                ["kind", "=", "nda"],
                ["is_valid", "=", True],
            ],
        )

    def test_off_the_list(self):
        """A need-to-know list: membership that ended."""

        def sees():
            return self.readers.call(
                self.keys["reader"], "res.partner", "search_count", domain=[["id", "=", self.on_list]]
            )

        self.assertEqual(sees(), 0)
        members = self.decide(
            "confidentiality.member",
            "create",
            vals_list=[
                {"label_id": self.listed, "user_id": self.reader, "date_from": "2020-01-01"}
            ],
        )
        self.assertEqual(sees(), 1)
        self.decide("confidentiality.member", "write", ids=members, vals={"date_to": "2020-02-01"})
        self.assertEqual(sees(), 0)

    def test_settings(self):
        """What is kept in the memory of each process is forgotten in all of them."""
        self.assertEqual(self.seen(), set())
        for mode, found in (("observe", set(self.asked)), ("off", set(self.asked))):
            self.decide(
                "confidentiality.category",
                "write",
                ids=[self.category, self.contract],
                vals={"mode": mode},
            )
            self.assertEqual(self.seen(), found)
        self.execute(
            "UPDATE confidentiality_category SET mode = 'enforce' WHERE id = ANY(%s)",
            [self.category, self.contract],
        )
        self.decide(
            "confidentiality.category", "write", ids=[self.category], vals={"sequence": 10}
        )
        self.assertEqual(self.seen(), set())
