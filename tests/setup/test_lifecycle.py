"""Installing into a company that is at work, observing, enforcing, upgrading, uninstalling.

Each step in a process of its own, as an administrator does it; the log of each must be free of
warnings. Afterwards the database is compared with a copy that never had the addons.
"""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

from devkit.core import Dev, complaints
from devkit.settings import REPO

#: What a company has before: orders confirmed, half delivered, invoiced
COMPANY_AT_WORK = """
company = env.company
customer = env['res.partner'].create({'name': 'Old customer', 'credit_limit': 5000.0})
product = env['product.product'].create({
    'name': 'Old product', 'type': 'consu', 'is_storable': True, 'list_price': 10.0})
warehouse = env['stock.warehouse'].search([('company_id', '=', company.id)], limit=1)
env['stock.quant'].with_context(inventory_mode=True).create({
    'product_id': product.id, 'location_id': warehouse.lot_stock_id.id,
    'inventory_quantity': 100.0}).action_apply_inventory()
orders = env['sale.order'].create([
    {'partner_id': customer.id, 'order_line': [(0, 0, {
        'product_id': product.id, 'product_uom_qty': 10, 'price_unit': 9.0})]}
    for _number in range(3)])
orders[:2].action_confirm()
picking = orders[0].picking_ids
picking.move_ids.write({'quantity': 4, 'picked': True})
picking.with_context(skip_backorder=True).button_validate()
orders[0]._create_invoices().action_post()
result = {'orders': orders.ids, 'product': product.id, 'customer': customer.id}
"""

#: The regulation of the starter profile, observed
OBSERVE = """
Role = env['regulation.role']
env['regulation.role.assignment'].create({
    'role_id': Role._code('director').id, 'company_id': env.company.id, 'user_id': env.uid})
profile = env.ref('sales_regulation.profile_starter')._adopt({
    'name': 'Ours', 'code': 'OURS', 'version': '1.0', 'date_from': '2020-01-01',
    'assignment_ids': [(0, 0, {'company_id': env.company.id})]})
line = profile.gate_ids.filtered(lambda line: line.gate_id.code == 'payment_before_shipment')
for other in profile.gate_ids:
    other.mode = 'observe'
profile.payment_mode = 'full'
profile.action_publish()
orders = env['sale.order'].browse(known['orders'])
orders[2].action_confirm()
picking = orders[1].picking_ids
picking.move_ids.write({'quantity': 10, 'picked': True})
picking.button_validate()
env.cr.commit()
events = env['regulation.register'].search([('res_model', '=', 'stock.picking')])
result = {'states': orders.mapped('state'), 'picking': picking.state,
          'events': events.mapped('event'), 'profile': profile.id}
"""

#: The same gate enforced: the half-delivered order does not go on unpaid
ENFORCE = """
from odoo.exceptions import UserError
profile = env['regulation.profile'].browse(known['profile'])
line = profile.gate_ids.filtered(lambda line: line.gate_id.code == 'payment_before_shipment')
line.action_enforce()
env.cr.commit()
order = env['sale.order'].browse(known['orders'][0])
delivered = order.order_line.qty_delivered
backorder = order.picking_ids.filtered(lambda picking: picking.state != 'done')
backorder.move_ids.write({'quantity': 6, 'picked': True})
refused = ''
try:
    with env.cr.savepoint():
        backorder.button_validate()
except UserError as error:
    refused = str(error)
result = {'delivered': delivered, 'refused': refused, 'mode': line.mode}
"""

#: After the upgrade the same profile stops the same step
UPGRADED = """
from odoo.exceptions import UserError
order = env['sale.order'].browse(known['orders'][0])
backorder = order.picking_ids.filtered(lambda picking: picking.state != 'done')
backorder.move_ids.write({'quantity': 6, 'picked': True})
try:
    with env.cr.savepoint():
        backorder.button_validate()
    refused = False
except UserError:
    refused = True
result = {'refused': refused, 'rows': env['regulation.register'].search_count([])}
"""

#: The steps that pass while observing, taken in the copy as well
SAME_STEPS = """
orders = env['sale.order'].browse(known['orders'])
orders[2].action_confirm()
picking = orders[1].picking_ids
picking.move_ids.write({'quantity': 10, 'picked': True})
picking.button_validate()
backorder = orders[0].picking_ids.filtered(lambda picking: picking.state != 'done')
backorder.move_ids.write({'quantity': 6, 'picked': True})
result = {'states': orders.mapped('state'), 'picking': picking.state}
"""

#: What is in every table of ours, before and after a file was written for the auditor
HELD = """
def ref(name):
    return env.ref(f'sales_confidentiality.{name}')

order = env['sale.order'].search([('name', 'like', 'S'), ('state', '=', 'sale')], limit=1)
env['confidentiality.model'].with_context(active_test=False).search([
    ('model', '=like', 'product.%')]).action_unarchive()
order.confidentiality_label_id = env['confidentiality.label']._get(
    ref('level_secret'), ref('category_contract'))
env['confidentiality.grant'].create({
    'user_id': order.user_id.id, 'category_id': ref('category_contract').id,
    'level_id': ref('level_secret').id, 'extent': 'full', 'date_from': '2020-01-01'})
env.flush_all()
counts = {
    model: env[model].with_context(active_test=False).search_count([])
    for model in MODELS
}
result = {'counts': counts, 'ours': [
    model._name for model in env.registry.values() if model._auto and not model._abstract
    and model._original_module in ('sales_regulation', 'sales_kpi', 'sales_confidentiality')]}
"""

UNINSTALL = """
env['ir.module.module'].search([('name', '=', 'sales_regulation')]).button_immediate_uninstall()
env.cr.commit()
result = {}
"""

#: Stock behaviour is back
AFTERWARDS = """
order = env['sale.order'].browse(known['orders'][0])
backorder = order.picking_ids.filtered(lambda picking: picking.state != 'done')
backorder.move_ids.write({'quantity': 6, 'picked': True})
backorder.button_validate()
other = order.copy()
other.order_line.price_unit = 1.0
other.action_confirm()
result = {'picking': backorder.state, 'order': other.state}
"""

#: Tables of documents, compared row by row with the copy, as far as the rows existed before
TABLES = (
    "account_move",
    "account_move_line",
    "account_payment_term",
    "crm_team",
    "delivery_carrier",
    "hr_employee",
    "product_pricelist",
    "product_product",
    "product_template",
    "res_company",
    "res_partner",
    "res_users",
    "sale_order",
    "sale_order_line",
    "stock_move",
    "stock_move_line",
    "stock_picking",
)
#: When it happened differs, the same steps being taken a minute later
TIMES = {
    *("write_date", "create_date", "date", "date_done", "date_order", "effective_date"),
    *("date_deadline", "scheduled_date"),
}


class Lifecycle(unittest.TestCase):
    """Scripts in an Odoo of their own, and a database that is compared with another."""

    maxDiff = None
    suffix = "life"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "DEV_STATE" not in os.environ:
            raise unittest.SkipTest("run by ./dev test")
        cls.dev = Dev(SimpleNamespace(db=None, odoo=os.environ.get("DEV_ODOO")))
        cls.database = f"{cls.dev.database}_{cls.suffix}{os.getpid()}"
        cls.copy = f"{cls.database}_never"
        cls.addClassCleanup(cls.dev.drop, cls.database)
        cls.addClassCleanup(cls.dev.drop, cls.copy)

    def _run(self, script, known=None, database=None):
        """Run a script in an Odoo of its own; what it leaves in ``result`` comes back."""
        text = f"known = {known or {}!r}\n{script}\nenv.cr.commit()\n"
        text += "import json; print('RESULT ' + json.dumps(result))\n"
        done = subprocess.run(
            self.dev.odoo_command(
                *("shell", "-c", self.dev.config, "-d", database or self.database),
                *("--no-http", "--shell-interface=python"),
            ),
            input=f"exec({text!r})\n",
            env=self.dev.env(),
            capture_output=True,
            text=True,
            check=False,
        )
        found = [line for line in done.stdout.splitlines() if "RESULT " in line]
        self.assertTrue(found, done.stdout[-2000:] + done.stderr[-4000:])
        self._check_log(done.stderr)
        return json.loads(found[-1].partition("RESULT ")[2])

    def _check_log(self, text):
        log = Path(self.dev.state.logs) / f"{self.database}.shell.log"
        log.write_text(text)
        self.addCleanup(log.unlink, missing_ok=True)
        self.assertEqual(complaints(log), [])

    def _rows(self, database, query):
        return self.dev.postgres.sql(query, database)

    def _compare_schema(self):
        """No table, column, view, rule, group, job or menu of ours is left."""
        queries = {
            "columns": "SELECT table_name || '.' || column_name || ' ' || data_type"
            " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1",
            "constraints": "SELECT conrelid::regclass || ' ' || conname FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace ORDER BY 1",
            "models": "SELECT model FROM ir_model ORDER BY 1",
            "fields": "SELECT model || '.' || name FROM ir_model_fields ORDER BY 1",
            "rules": "SELECT name || ' ' || coalesce(domain_force, '') FROM ir_rule ORDER BY 1",
            "groups": "SELECT name->>'en_US' FROM res_groups ORDER BY 1",
            "views": "SELECT name FROM ir_ui_view ORDER BY 1",
            "jobs": "SELECT cron_name FROM ir_cron ORDER BY 1",
            "menus": "SELECT name->>'en_US' FROM ir_ui_menu ORDER BY 1",
        }
        for what, query in queries.items():
            with self.subTest(what):
                self.assertEqual(self._rows(self.database, query), self._rows(self.copy, query))


class TestLifecycle(Lifecycle):
    def test_from_installation_to_uninstallation(self):
        """C01: installing changes nothing, a profile binds, uninstalling leaves stock data."""
        self.dev.clone_template(self.database)
        known = self._run(COMPANY_AT_WORK)
        self.dev.clone(self.database, self.copy)
        # An addon gets demo data only where all that it depends on has some
        self.dev.postgres.sql("UPDATE ir_module_module SET demo = false", self.database)
        self.dev.run_odoo(
            "Install", f"{self.database}.log", "-d", self.database, "-i", "sales_regulation"
        )

        observed = self._run(OBSERVE, known)
        self.assertEqual(observed["states"], ["sale", "sale", "sale"])
        self.assertEqual(observed["picking"], "done", "what is observed passes")
        self.assertIn("observed", observed["events"])
        self.assertNotIn("blocked", observed["events"])
        known |= observed

        enforced = self._run(ENFORCE, known)
        self.assertEqual(enforced["mode"], "enforce")
        self.assertEqual(enforced["delivered"], 4.0, "what was delivered before stays delivered")
        self.assertIn("short", enforced["refused"])

        self.dev.run_odoo(
            "Upgrade", f"{self.database}.log", "-d", self.database, "-u", "sales_regulation"
        )
        upgraded = self._run(UPGRADED, known)
        self.assertTrue(upgraded["refused"], "the upgrade keeps the regulation in force")
        self.assertTrue(upgraded["rows"], "the upgrade keeps the register")

        self._run(UNINSTALL)
        self._run(SAME_STEPS, known, self.copy)
        self._compare_schema()
        self._compare_rows()
        # The transfer that was refused goes on, the price that was guarded is free
        afterwards = self._run(AFTERWARDS, known)
        self.assertEqual(afterwards, {"picking": "done", "order": "sale"})

    def _compare_rows(self):
        """Documents that existed before are the same, field by field."""
        for table in TABLES:
            columns = [
                column
                for column in self._rows(
                    self.copy,
                    "SELECT column_name FROM information_schema.columns"
                    f" WHERE table_name = '{table}' ORDER BY 1",
                )
                if column not in TIMES
            ]
            last = self._rows(self.copy, f"SELECT coalesce(max(id), 0) FROM {table}")[0]
            listed = ", ".join(f'"{column}"' for column in columns)
            query = (
                f"SELECT row_to_json(rows) FROM (SELECT {listed} FROM {table}"
                f" WHERE id <= {last} ORDER BY id) rows"
            )
            with self.subTest(table):
                self.assertEqual(
                    self._different(self._rows(self.database, query), self._rows(self.copy, query)),
                    {},
                )

    @staticmethod
    def _different(ours, theirs):
        """``{id: {column: [now, before]}}`` of rows that are not the same."""
        now = {row["id"]: row for row in map(json.loads, ours)}
        before = {row["id"]: row for row in map(json.loads, theirs)}
        found = {}
        for key, row in before.items():
            differing = {
                name: [now.get(key, {}).get(name), value]
                for name, value in row.items()
                if now.get(key, {}).get(name) != value
            }
            if differing:
                found[key] = differing
        return found


class TestUninstallation(Lifecycle):
    """All three addons leave a company in the middle of its work: that of the demo."""

    suffix = "leave"
    test_tags = frozenset({"long"})  # two and a half minutes

    def test_everything_goes_but_what_is_odoo_s(self):
        """C01: approvals, releases, money, notices, scores and labels are there when they go."""
        self.dev.clone(self.dev.database, self.database)
        self.dev.clone_template(self.copy)
        models = (
            *("regulation.approval.step", "regulation.register", "regulation.deadline"),
            *("sale.payment.allocation", "dispatch.notice", "sales.contract", "visit.plan"),
            *("kpi.sheet", "kpi.bonus.line", "confidentiality.nda", "confidentiality.grant"),
        )
        held = self._run(HELD.replace("MODELS", repr(models)))
        self.assertEqual([model for model, count in held["counts"].items() if not count], [])
        orders = "SELECT id, state, amount_total, partner_id FROM sale_order ORDER BY id"
        before = self._rows(self.database, orders)

        self._export()
        self._run(UNINSTALL)
        self._compare_schema()
        self.assertEqual(self._rows(self.database, orders), before)
        left = self._rows(
            self.database,
            "SELECT model || ' ' || name FROM ir_model_data"
            " WHERE module IN ('sales_regulation', 'sales_kpi', 'sales_confidentiality')",
        )
        self.assertEqual(left, [])
        tables = {name.replace(".", "_") for name in held["ours"]}
        self.assertTrue(tables)
        self.assertEqual(
            tables & set(self._rows(self.database, "SELECT relname FROM pg_class")), set()
        )

    def _export(self):
        """What an administrator does before: the register in files, by the command."""
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [REPO / "dev", "export-evidence", "--db", self.database, "--out", folder],
                env=self.dev.env(),
                capture_output=True,
                text=True,
                check=False,
            )
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            files = [file for file in Path(folder).rglob("*") if file.is_file()]
            rows = self._rows(self.database, "SELECT count(*) FROM regulation_register")[0]
            text = "".join(file.read_text(errors="replace") for file in files)
            self.assertGreaterEqual(text.count("\n"), int(rows), "a line for each row")
