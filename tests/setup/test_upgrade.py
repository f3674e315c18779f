"""From the version that was landed before, with data: nothing is lost, everything works.

The earlier addons come from git: a clone without that history fails it. Another version
to start from is named with `./dev test --from REF tests/setup/test_upgrade.py::TestUpgrade`.
"""

import ast
import base64
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

from devkit.core import Dev, complaints
from devkit.settings import ADDONS, REPO

#: the version before this one; whoever lands the next one names this one here
EARLIER = "7977507af97c2bfaf953df180286539c11152159"

START = """
company = env['res.company'].search([('name', '=', 'Hua Xin Components')])
env = env(context={**env.context, 'allowed_company_ids': company.ids, 'tracking_disable': True})
people = {user.login: user for user in env['res.users'].search([('company_id', '=', company.id)])}
"""

#: What a company has made of it: bills, a rule of its own, scores opened again
DATA = """
orders = env['sale.order'].search([('company_id', '=', company.id), ('state', '=', 'sale')])
for order in orders.filtered(lambda order: order.invoice_status == 'to invoice'):
    order._create_invoices().action_post()
env.ref('sales_kpi.kpi_target_rule_own').domain_force = "[('user_id', '=', user.id)]"
hr = env(user=people['he'].id)
locked = hr['kpi.cycle'].search([('state', '=', 'locked')], limit=1)
revision = hr['kpi.cycle'].browse(locked.action_reopen('A sale was entered late')['res_id'])
revision.action_compute()
result = {'billed': len(orders.invoice_ids), 'opened again': revision.mapped('revision')}
"""

#: What must be the same before and after, as people see it
FIGURES = """
def of(model, *names, domain=()):
    rows = env[model].with_context(active_test=False).search(list(domain), order='id')
    return [[str(row[name]) for name in names] for row in rows]

def seen(login, model):
    try:
        return env(user=people[login].id)[model].search([], order='id').ids
    except Exception as error:
        return type(error).__name__

sheets = env['kpi.sheet'].search([('state', '=', 'locked')])
result = {
    'scores': of('kpi.sheet', 'id', 'cycle_id', 'user_id', 'state', 'score', 'has_score', 'digest'),
    'lines of scores': of('kpi.sheet.line', 'id', 'name', 'actual', 'points', 'explanation'),
    'bonus': of('kpi.bonus.line', 'id', 'user_id', 'due'),
    'amounts': of('sale.order', 'id', 'state', 'amount_total', 'regulation_fingerprint'),
    'invoices': of('account.move', 'id', 'state', 'payment_state', 'amount_residual'),
    'contracts': of('sales.contract', 'id', 'state', 'amount_total'),
    'approvals': of('regulation.approval', 'id', 'state', 'kind_id', 'res_id'),
    **{f'{login} sees {model}': seen(login, model)
       for login in sorted(people) for model in SEEN},
    'sealed': sheets._contents() == {sheet.id: sheet.snapshot for sheet in sheets},
}
"""
SEEN = (
    *("res.partner", "sale.order", "sale.order.line", "account.move", "account.move.line"),
    *("sale.report", "sales.contract", "stock.picking", "crm.lead", "dispatch.notice"),
    *("kpi.cycle", "kpi.sheet", "kpi.sheet.line", "kpi.bonus.sheet", "kpi.target"),
    *("regulation.approval", "regulation.register", "regulation.release", "regulation.deadline"),
    *("regulation.profile", "sales.plan", "sales.ticket", "expense.application"),
)

#: One of each kind
WALKING = ("wangfang", "chengang", "zhou", "sun", "he", "yan")

#: Every menu and the form of the first row, as the web client asks for them
MENUS = """
from lxml import etree
from odoo.tools.safe_eval import safe_eval

def shown(arch):
    return {node.get('name') for node in etree.fromstring(arch).iter('field')
            if not any(parent.tag == 'field' for parent in node.iterancestors())}

def press(mine, action):
    model = mine[action.res_model]
    views = [*action.views, (action.search_view_id.id, 'search')]
    found = model.get_views(views, {'action_id': action.id, 'load_filters': True})
    if action.views[0][1] == 'form':
        return model.default_get(list(shown(found['views']['form']['arch'])))
    domain = safe_eval(action.domain or '[]', {'uid': mine.uid})
    for kind in {'list', 'kanban'} & {mode for _id, mode in action.views}:
        names = shown(found['views'][kind]['arch']) & set(model._fields)
        rows = model.web_search_read(domain, {name: {} for name in names}, limit=80)
        if kind == 'list' and rows['records'] and 'form' in found['views']:
            names = shown(found['views']['form']['arch']) & set(model._fields)
            model.browse(rows['records'][0]['id']).web_read({name: {} for name in names})

root = env.ref('sales_regulation.menu_regulation_root')
errors, opened = [], 0
for login in WALKING:
    mine = env(user=people[login].id)
    visible = mine['ir.ui.menu']._visible_menu_ids()
    for menu in mine['ir.ui.menu'].search([('id', 'child_of', root.id)]):
        action = menu.sudo().action
        if menu.id not in visible or not action or action._name != 'ir.actions.act_window':
            continue
        opened += 1
        try:
            with env.cr.savepoint():
                press(mine, action)
        except Exception as error:
            errors.append(f'{login}: {menu.complete_name}: {type(error).__name__}: {error}')
result = {'errors': errors, 'opened': opened}
"""

#: What came with the new version, taken into use on the earlier data
USE = """
profile = env['regulation.profile'].search([
    ('code', '=', 'HUAXIN'), ('state', 'in', ('trial', 'active'))], limit=1)
draft = env['regulation.profile'].browse(profile.action_new_version()['res_id'])
rep = env['regulation.role'].search([('code', '=', 'ka_rep')])
draft.write({'date_from': profile.date_from, 'ranking_shown': 'all', 'cost_role_ids': rep.ids})
draft.with_user(people['zhou']).action_publish_trial()
person = people['liqiang']
asked = env['confidentiality.nda'].search([('user_id', '=', person.id), ('state', '=', 'sent')])
asked.with_user(person).action_sign({
    'signer_name': person.name, 'conflict': 'none', 'signature': SIGNATURE})
hr = env(user=people['he'].id)
grace = hr['regulation.qualification'].create({
    'name': 'Until the examination', 'kind': 'grace', 'user_id': person.id,
    'company_id': company.id, 'valid_until': company._regulation_today()})
cost = env.ref('sales_confidentiality.category_cost').id
told = cost in env['confidentiality.grant']._facts_of(person)[person.id]['full']
cycles = hr['kpi.cycle'].search([('state', '=', 'computed')], order='id')
cycles.action_compute()
cycles.filtered('previous_id').action_publish('They have rated it before')
result = {
    'signed': asked.mapped('state'), 'grace': grace.is_valid, 'told the cost': told,
    'published again': cycles.filtered('previous_id').mapped('state'),
    'forged': env['kpi.cycle'].search([('state', '=', 'locked')])._forged_sheets().ids,
    'cockpit': bool(hr['kpi.cockpit'].search_count([])),
    'changes of the register': env['regulation.register.seal']._verify(),
}
"""

SIGNATURE = base64.b64encode(
    (REPO / "sales_confidentiality" / "demo" / "signature.png").read_bytes()
).decode()
#: Whose rows a person has entered or the system keeps of him; what Odoo has for itself changes
NOT_COMPARED = (
    "ir_",
    "mail_",
    "bus_",
    "orm_",
    "base_",
    "res_groups",
    "res_config",
    "web_",
    "spreadsheet",
)
#: columns of rows that the new version changes: shipped rows and what follows from them
CHANGED = {"confidentiality_model": {"path"}, "regulation_clause": {"note"}}
TIMES = {"write_date", "write_uid"}


class TestUpgrade(unittest.TestCase):
    test_tags = frozenset({"long"})  # two installations of everything
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "DEV_STATE" not in os.environ:
            raise unittest.SkipTest("run by ./dev test")
        cls.ref = os.environ.get("DEV_FROM") or EARLIER
        cls.earlier = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.earlier)
        cls._export()
        cls.dev = Dev(SimpleNamespace(db=None, odoo=os.environ.get("DEV_ODOO")))
        cls.database = f"{cls.dev.database}_up{os.getpid()}"
        cls.before = f"{cls.database}_before"
        for database in (cls.database, cls.before):
            cls.addClassCleanup(cls.dev.drop, database)

    @classmethod
    def _export(cls):
        """The earlier addons, out of git into a folder."""
        archive = cls.earlier / "addons.tar"
        found = cls._git("ls-tree", "--name-only", cls.ref)
        cls.addons = tuple(name for name in ADDONS if name in found.splitlines())
        cls._git("archive", "-o", archive, cls.ref, "--", *cls.addons, "tests/addons")
        subprocess.run(["tar", "-xf", archive, "-C", cls.earlier], check=True)

    @classmethod
    def _git(cls, *arguments):
        try:
            done = subprocess.run(
                ["git", *arguments], cwd=REPO, capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            raise AssertionError("git is not installed: no earlier version to start from")
        if done.returncode:
            said = (done.stderr.strip().splitlines() or [""])[-1]
            raise AssertionError(
                f"no {cls.ref} in this clone to upgrade from ({said}): fetch its history"
            )
        return done.stdout

    @staticmethod
    def _versions(folder):
        return {
            name: ast.literal_eval((folder / name / "__manifest__.py").read_text())["version"]
            for name in ADDONS
            if (folder / name).exists()
        }

    def _earlier_path(self):
        """Odoo's addons and the earlier ones, instead of those of this checkout."""
        folders = [
            str(folder)
            for folder in self.dev.odoo.addons_path()
            if REPO not in (folder, *folder.parents)
        ]
        return ",".join([*folders, str(self.earlier), str(self.earlier / "tests" / "addons")])

    def _run(self, *scripts, more=()):
        """Run scripts in one Odoo of their own; what each leaves in ``result`` comes back."""
        given = {"SEEN": SEEN, "WALKING": WALKING, "SIGNATURE": SIGNATURE}
        text = "".join(f"{name} = {value!r}\n" for name, value in given.items()) + START
        text += "import json\n"
        for script in scripts:
            text += f"{script}\nenv.cr.commit()\nprint('RESULT ' + json.dumps(result))\n"
        done = subprocess.run(
            self.dev.odoo_command(
                *("shell", "-c", self.dev.config, *more, "-d", self.database),
                *("--no-http", "--shell-interface=python"),
            ),
            input=f"exec({text!r})\n",
            env=self.dev.env(),
            cwd=self.earlier,
            capture_output=True,
            text=True,
            check=False,
        )
        found = [line for line in done.stdout.splitlines() if "RESULT " in line]
        self.assertEqual(len(found), len(scripts), done.stdout[-2000:] + done.stderr[-4000:])
        log = self.earlier / "shell.log"
        log.write_text(done.stderr)
        self.assertEqual(complaints(log), [])
        return [json.loads(line.partition("RESULT ")[2]) for line in found]

    def test_from_the_earlier_version(self):
        """C01: rows, scores and seals are as before; every menu opens; what is new works."""
        older, now = self._versions(self.earlier), self._versions(REPO)
        self.assertNotEqual(older, now, "nothing to upgrade: name the version before")
        self.dev.clone_template(self.database)
        path = ("--addons-path", self._earlier_path())
        about = ("-d", self.database)
        self.dev.run_odoo(
            f"Install {self.ref}",
            f"{self.database}.log",
            *path,
            *about,
            "-i",
            ",".join(self.addons),
        )
        data, before = self._run(DATA, FIGURES, more=path)
        self.assertTrue(before["lines of scores"] and data["billed"])
        self.assertEqual(data["opened again"], [2])
        self.assertTrue(before["sealed"])
        self.dev.clone(self.database, self.before)

        # A warning or an error in the log fails it
        more = ["-i", ",".join(new)] if (new := set(ADDONS) - set(self.addons)) else []
        self.dev.run_odoo(
            "Upgrade", f"{self.database}.log", *about, "-u", ",".join(self.addons), *more
        )
        self._check_versions(older, now)
        self._compare_rows()
        self._check_own_settings()
        after, walked, used = self._run(FIGURES, MENUS, USE)
        different = {
            name: (before[name], after[name]) for name in before if before[name] != after[name]
        }
        self.assertEqual(different, {})
        self.assertEqual(walked["errors"], [])
        self.assertGreater(walked["opened"], 300)
        self.assertEqual(
            used,
            {
                "signed": ["signed"],
                "grace": True,
                "told the cost": True,
                "published again": ["published"],
                "forged": [],
                "cockpit": True,
                "changes of the register": [],
            },
        )

    def _check_versions(self, older, now):
        """An addon that has other fields, views or data has another version."""
        query = (
            "SELECT module || ' ' || md5(string_agg(name, ' ' ORDER BY name)) FROM ir_model_data"
            f" WHERE module IN {self.addons} AND model NOT IN ('ir.model.inherit', 'ir.model.constraint')"
            " GROUP BY module ORDER BY module"
        )
        kept = set(self._rows(self.before, query))
        changed = {row.split()[0] for row in self._rows(self.database, query) if row not in kept}
        self.assertEqual({name for name in changed if older[name] == now[name]}, set())

    # === WHAT IS LEFT OF THE EARLIER ROWS === #

    def _rows(self, database, query):
        return self.dev.postgres.sql(query, database)

    def _columns(self, database):
        found = {}
        for row in self._rows(
            database,
            "SELECT relname || ' ' || attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0"
            " AND NOT attisdropped AND atttypid <> 'bytea'::regtype ORDER BY 1",
        ):
            table, column = row.split()
            if not table.startswith(NOT_COMPARED):
                found.setdefault(table, set()).add(column)
        return {table: names - TIMES for table, names in found.items() if "id" in names}

    def _compare_rows(self):
        """Every earlier row is there, with the values that it had in every earlier column."""
        earlier, now = self._columns(self.before), self._columns(self.database)
        gone = {
            table: names - now.get(table, set())
            for table, names in earlier.items()
            if names - now.get(table, set())
        }
        self.assertEqual(gone, {}, "tables or columns that went with their data")
        selects = [
            f"SELECT '{table} ' || id || ' ' || md5(row_to_json(rows)::text) FROM (SELECT "
            + ", ".join(f'"{name}"' for name in sorted(names - CHANGED.get(table, set())))
            + f' FROM "{table}") rows'
            for table, names in sorted(earlier.items())
        ]
        for start in range(0, len(selects), 50):
            query = " UNION ALL ".join(selects[start : start + 50])
            kept = set(self._rows(self.database, query))
            lost = [row for row in self._rows(self.before, query) if row not in kept]
            self.assertEqual(lost, [])

    def _check_own_settings(self):
        """A rule that the company had made its own stayed, the others came."""
        query = (
            "SELECT names.name || ' ' || domain_force FROM ir_rule JOIN ir_model_data names"
            " ON names.model = 'ir.rule' AND names.res_id = ir_rule.id"
            " WHERE names.module = 'sales_kpi' AND names.name IN"
            " ('kpi_sheet_rule_own', 'kpi_target_rule_own') ORDER BY 1"
        )
        sheets, targets = self._rows(self.database, query)
        self.assertIn("members_see", sheets)
        self.assertEqual(targets, "kpi_target_rule_own [('user_id', '=', user.id)]")
