# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from math import inf

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date

_OFFICER = "sales_confidentiality.group_confidentiality_officer"
#: rows of a part that the page shows; the button shows all
_SHOWN = 20


class ConfidentialityFile(models.Model):
    """What is on record of a person's secrecy: one row per employee (S4-055).

    A view over the employees, grouped by department where the department's file is wanted.
    What it says is asked part by part (``_confidentiality_file_parts``), each with the rights
    that its documents have: who is not on a case does not see that there is one.
    """

    _name = "confidentiality.file"
    _description = "Confidentiality File"
    _order = "name, id"
    _auto = False

    name = fields.Char(readonly=True)
    employee_id = fields.Many2one(comodel_name="hr.employee.public", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    department_id = fields.Many2one(comodel_name="hr.department", readonly=True)
    superior_id = fields.Many2one(
        comodel_name="res.users", string="Superior", readonly=True
    )
    active = fields.Boolean(readonly=True)
    nda_until = fields.Char(string="NDA", compute="_compute_standing", compute_sudo=True)
    has_nda = fields.Boolean(string="NDA valid", compute="_compute_standing", compute_sudo=True)
    has_exam = fields.Boolean(
        string="Examination valid", compute="_compute_standing", compute_sudo=True
    )
    grant_count = fields.Integer(
        string="Grants", compute="_compute_standing", compute_sudo=True
    )
    is_suspended = fields.Boolean(string="Suspended", compute="_compute_is_suspended")
    parts = fields.Html(string="File", compute="_compute_parts", sanitize=False)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT employee.id, employee.id AS employee_id, resource.name, employee.user_id,
                   employee.company_id, version.department_id, superior.user_id AS superior_id,
                   employee.active
              FROM hr_employee employee
              JOIN resource_resource resource ON resource.id = employee.resource_id
         LEFT JOIN hr_version version ON version.id = employee.current_version_id
         LEFT JOIN hr_employee superior ON superior.id = employee.parent_id
            """
        )

    _depends = {
        "hr.employee": ["user_id", "company_id", "parent_id", "active", "resource_id"],
        "hr.version": ["department_id"],
        "resource.resource": ["name"],
    }

    # === COMPUTE METHODS === #

    def _compute_standing(self):
        """Valid today, which is the company's: NDA, examination, grants; a query for the one
        and for each day that it is among them for the other."""
        people = [("user_id", "in", self.user_id.ids)]
        qualified = self.env["regulation.qualification"].search(
            [*people, ("kind", "in", ("nda", "exam")), ("is_valid", "=", True)]
        )
        held = {(row.user_id.id, row.company_id.id, row.kind): row for row in qualified}
        grants = {}
        days = self.company_id._regulation_days()
        for day in set(days.values()):
            theirs = self.filtered(lambda row, day=day: days[row.company_id.id] == day)
            running = [("date_from", "<=", day), "|", ("date_to", "=", False), ("date_to", ">=", day)]
            for user, number in self.env["confidentiality.grant"]._read_group(
                [("user_id", "in", theirs.user_id.ids), ("revoked_at", "=", False), *running],
                ["user_id"],
                ["__count"],
            ):
                grants[user.id] = number
        for row in self:
            nda = held.get((row.user_id.id, row.company_id.id, "nda"))
            row.has_nda = bool(nda)
            row.nda_until = (
                nda and (format_date(self.env, nda.valid_until) or self.env._("without end"))
            )
            row.has_exam = (row.user_id.id, row.company_id.id, "exam") in held
            row.grant_count = grants.get(row.user_id.id, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_suspended(self):
        """Only the officer sees it, and not of himself."""
        suspensions = self.env["confidentiality.suspension"]
        running = suspensions.browse()
        if suspensions.has_access("read"):
            running = suspensions.search(
                [("user_id", "in", self.user_id.ids), ("lifted_at", "=", False)]
            )
        for row in self:
            row.is_suspended = bool(row.user_id & running.user_id)

    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_parts(self):
        for row in self:
            row.parts = self.env["ir.qweb"]._render(
                "sales_confidentiality.file_parts", {"parts": row._parts()}
            )

    # === ACTION METHODS === #

    def action_open_part(self):
        """Show all records of the part that the context of the button names."""
        self.ensure_one()
        self.check_access("read")
        part = next(
            (
                one
                for one in self._confidentiality_file_parts()
                if one["code"] == self.env.context.get("part")
            ),
            None,
        )
        if part is None:
            return False
        return {
            "type": "ir.actions.act_window",
            "name": part["title"],
            "res_model": part["model"],
            "view_mode": "list,form",
            "domain": list(Domain(part["domain"])),
        }

    def action_print(self):
        """Print the file; the parts that the reader may see."""
        self.check_access("read")
        return self.env.ref("sales_confidentiality.report_confidentiality_file").report_action(self)

    def action_propose_reward(self, reason, amount=0.0):
        """Propose a reward for keeping the rules; HR decides (S4-043).

        For the officer and the superior.

        :param str reason: what it is for
        :param float amount: in the company's currency, 0 for a commendation
        """
        self.ensure_one()
        self.check_access("read")
        user = self.env.user
        if not self.user_id:
            raise UserError(self.env._("%s has no user.", self.name))
        if self.user_id == user:
            raise AccessError(self.env._("Nobody proposes his own reward."))
        if not (user.has_group(_OFFICER) or self.user_id in user._regulation_people_led()):
            raise AccessError(
                self.env._("The officer or the superior of %s proposes rewards.", self.name)
            )
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say what the reward is for."))
        if type(amount) not in (int, float) or not 0 <= amount < inf:  # NaN is in no range
            raise UserError(self.env._("An amount is 0 or more."))
        measure = self.env["regulation.measure"]._propose(
            [
                {
                    "kind": "reward",
                    "user_id": self.user_id.id,
                    "name": reason.strip(),
                    "amount": amount,
                    "company_id": self.company_id.id,
                    "currency_id": self.company_id.currency_id.id,
                    "clause_codes": "S4-043",
                    "proposed_by_id": user.id,
                }
            ]
        )
        return measure.id

    def action_open_reward(self):
        """Open the dialog in which a reward is proposed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose a Reward"),
            "res_model": "confidentiality.reward",
            "view_mode": "form",
            "target": "new",
            "context": {"default_employee_id": self.id},
        }

    # === SEAMS === #

    def _confidentiality_file_parts(self):
        """What the file of a person is made of, in order; extended by what comes later.

        Each part is a dict: ``code``, ``title``, ``model``, ``domain`` (of this person's
        records), ``columns`` (``[(label, field name)]``), ``sudo`` (True where the reader of
        the file may read the part whatever rights he has on the model; otherwise his own count,
        as they do for cases).

        :rtype: list[dict]
        """
        self.ensure_one()
        _ = self.env._
        mine = [("user_id", "=", self.user_id.id)]
        return [
            {
                "code": "qualifications",
                "title": _("NDA, examinations and courses"),
                "model": "regulation.qualification",
                "domain": [*mine, ("company_id", "=", self.company_id.id)],
                "columns": [
                    (_("Title"), "name"),
                    (_("Kind"), "kind"),
                    (_("Date"), "date"),
                    (_("Valid until"), "valid_until"),
                    (_("Passed"), "passed"),
                    (_("Revoked"), "revoked_at"),
                ],
                "sudo": True,
            },
            {
                "code": "grants",
                "title": _("Clearance"),
                "model": "confidentiality.grant",
                "domain": mine,
                "columns": [
                    (_("Category"), "category_id"),
                    (_("Up to"), "level_id"),
                    (_("From"), "date_from"),
                    (_("To"), "date_to"),
                    (_("Granted by"), "granted_by_id"),
                    (_("Revoked"), "revoked_at"),
                ],
                "sudo": True,
            },
            {
                "code": "lists",
                "title": _("Need-to-know lists"),
                "model": "confidentiality.member",
                "domain": mine,
                "columns": [
                    (_("List"), "label_id"),
                    (_("From"), "date_from"),
                    (_("To"), "date_to"),
                ],
                "sudo": False,
            },
            {
                "code": "inspections",
                "title": _("Inspections"),
                "model": "confidentiality.inspection",
                "domain": ["|", ("people_ids", "in", self.user_id.ids), *mine],
                "columns": [
                    (_("Day"), "inspected_on"),
                    (_("Inspected by"), "user_id"),
                    (_("Open Findings"), "open_findings"),
                    (_("Status"), "state"),
                ],
                "sudo": False,
            },
            {
                "code": "findings",
                "title": _("Findings to correct"),
                "model": "confidentiality.inspection.finding",
                "domain": mine,
                "columns": [
                    (_("Finding"), "name"),
                    (_("Severity"), "severity"),
                    (_("Until"), "due_on"),
                    (_("Status"), "state"),
                ],
                "sudo": True,
            },
            {
                "code": "cases",
                "title": _("Breaches"),
                "model": "confidentiality.case",
                "domain": [
                    "|",
                    "|",
                    ("reported_ids", "in", self.user_id.ids),
                    ("responsible_id", "=", self.user_id.id),
                    ("responsible_manager_id", "=", self.user_id.id),
                ],
                "columns": [
                    (_("Number"), "name"),
                    (_("Reported on"), "reported_on"),
                    (_("Kind"), "kind"),
                    (_("Status"), "state"),
                ],
                "sudo": False,
            },
            {
                "code": "measures",
                "title": _("Rewards and sanctions"),
                "model": "regulation.measure",
                "domain": [
                    *mine,
                    "|",
                    ("sanction_grade", "!=", False),
                    ("clause_codes", "=", "S4-043"),
                ],
                "columns": [
                    (_("Date"), "date"),
                    (_("Kind"), "kind"),
                    (_("Grade"), "sanction_grade"),
                    (_("Reason"), "name"),
                    (_("Status"), "state"),
                ],
                "sudo": False,
            },
            {
                "code": "checkouts",
                "title": _("Check-out"),
                "model": "confidentiality.checkout",
                "domain": [("employee_id", "=", self.id)],
                "columns": [
                    (_("Last Day"), "leaving_on"),
                    (_("Successor"), "successor_id"),
                    (_("Statement signed"), "statement_signed_on"),
                    (_("Status"), "state"),
                ],
                "sudo": False,
            },
        ]

    # === TOOLING === #

    def _parts(self):
        """The parts as the page and the print show them: title, labels, rows of texts."""
        self.ensure_one()
        self.check_access("read")
        shown = []
        for part in self._confidentiality_file_parts():
            records = self.env[part["model"]]
            if part["sudo"]:
                records = records.sudo()
            elif not records.has_access("read"):
                continue
            found = records.search(part["domain"], limit=_SHOWN) if self.user_id else records
            if part["code"] == "checkouts" and not self.user_id:
                found = records.search(part["domain"], limit=_SHOWN)
            shown.append(
                {
                    "code": part["code"],
                    "title": part["title"],
                    "labels": [label for label, _name in part["columns"]],
                    "rows": [
                        [self._text(record, name) for _label, name in part["columns"]]
                        for record in found
                    ],
                    "number": records.search_count(part["domain"]) if found else 0,
                }
            )
        return shown

    @api.model
    def _text(self, record, name):
        field, value = record._fields[name], record[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type in ("date", "datetime"):
            return format_date(self.env, value) if value else ""
        return value if value not in (False, None) else ""
