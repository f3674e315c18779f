# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...tools import guard_frame


class RegulationDelegation(models.Model):
    """Who decides for an absent approver, from when until when.

    A delegate decides "for" the absent one, which the decision records; he never decides
    what he submitted himself. A delegation opens and closes by its dates.
    """

    _name = "regulation.delegation"
    _description = "Delegation"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    _two_people = models.Constraint(
        "CHECK(user_id <> delegate_id)", "Nobody is his own delegate."
    )
    _dates = models.Constraint(
        "CHECK(date_to >= date_from)", "A delegation cannot end before it begins."
    )

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Absent",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    delegate_id = fields.Many2one(
        comodel_name="res.users",
        string="Delegate",
        required=True,
        index=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
        help="Decides for the absent one (代理).",
    )
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date(string="Until", required=True, tracking=True)
    when_absent = fields.Boolean(
        string="Only While Absent",
        tracking=True,
        help="Counts only while time off of the absent one is recorded in the calendar.",
    )
    reason = fields.Char(required=True, tracking=True)
    is_running = fields.Boolean(compute="_compute_is_running", string="Running")

    @api.depends("user_id", "delegate_id")
    def _compute_display_name(self):
        for delegation in self:
            delegation.display_name = (
                self.env._(
                    "%(delegate)s for %(user)s",
                    delegate=delegation.delegate_id.name,
                    user=delegation.user_id.name,
                )
                if delegation.delegate_id
                else self.env._("New delegation")
            )

    @api.depends("date_from", "date_to", "when_absent", "user_id")
    def _compute_is_running(self):
        running = self.sudo()._running()
        for delegation in self:
            delegation.is_running = delegation in running

    @api.constrains("user_id", "delegate_id")
    def _check_people(self):
        for delegation in self.sudo():
            if delegation.delegate_id.share or not delegation.delegate_id.active:
                raise ValidationError(self.env._("The delegate must be an active employee."))
            if not delegation.user_id.company_ids & delegation.delegate_id.company_ids:
                raise ValidationError(
                    self.env._("The delegate must work in a company of the absent one.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        delegations = super().create(vals_list)
        delegations._check_may_delegate()
        self.env["regulation.register"]._record(
            "delegated",
            delegations,
            code="granted",
            user_id=self.env.uid,
            subject_id=lambda row: row.user_id.id,
            company_id=lambda row: row.user_id.company_id.id,
        )
        delegations.sudo()._ask_delegates()
        return delegations

    def write(self, vals):
        if set(vals) & {"user_id", "delegate_id", "date_from", "when_absent", "reason"}:
            raise UserError(
                self.env._("A delegation is not rewritten: end it by its last day and make another.")
            )
        self._check_may_delegate()
        result = super().write(vals)
        if "date_to" in vals:
            self.env["regulation.register"]._record(
                "delegated",
                self,
                code="until",
                subject_id=lambda row: row.user_id.id,
                company_id=lambda row: row.user_id.company_id.id,
            )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self._check_may_delegate()
        today = fields.Date.context_today(self)
        if any(delegation.date_from <= today for delegation in self):
            raise UserError(self.env._("A delegation that has begun is kept: end it by its last day."))

    def _check_may_delegate(self):
        """One's own decisions, or as administrator of the regulation those of an absent one."""
        others = self.filtered(lambda delegation: delegation.user_id != self.env.user)
        if any(delegation.delegate_id == self.env.user for delegation in others):
            # The administrator enters who decides for others, and is not who decides
            raise AccessError(
                self.env._("Nobody makes himself, or keeps himself, the delegate of somebody else.")
            )
        if self.env.user.has_group("sales_regulation.group_regulation_admin"):
            return
        if others:
            raise AccessError(
                self.env._(
                    "Everybody names his own delegate; for somebody absent the administrator of"
                    " the regulation does."
                )
            )

    # === BUSINESS METHODS === #

    def _running(self):
        """Those that count now. Two queries at most."""
        dated = self.filtered(
            lambda row: row.date_from
            and row.date_to
            and row.date_from
            <= (row.user_id.company_id or self.env.company)._regulation_today()
            <= row.date_to
        )
        standing = dated.filtered("when_absent")
        if not standing:
            return dated
        absent = self._absent(standing.user_id)
        return dated.filtered(lambda row: not row.when_absent or row.user_id in absent)

    @api.model
    def _absent(self, users):
        """Those of ``users`` for whom time off is recorded now. One query."""
        now = fields.Datetime.now()
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id.user_id", "in", users.ids),
                    ("time_type", "=", "leave"),
                    ("date_from", "<=", now),
                    ("date_to", ">=", now),
                ]
            )
        )
        return leaves.resource_id.user_id & users

    @api.model
    def _deputies_of(self, users):
        """Who decides for each of ``users`` now: ``{user id: {delegate id, ...}}``.

        The delegate he named; for somebody absent who named none his superior, so that an
        unplanned absence holds nothing up. A constant number of queries.
        """
        self = self.sudo()
        users = users.sudo()
        if not users:
            return {}
        today = fields.Date.today()
        rows = self.search(
            [
                ("user_id", "in", users.ids),
                # the exact day is the company's, see _running
                ("date_from", "<=", fields.Date.add(today, days=1)),
                ("date_to", ">=", fields.Date.subtract(today, days=1)),
            ]
        )._running()
        deputies = {}
        for row in rows.filtered(lambda row: row.delegate_id.active):
            deputies.setdefault(row.user_id.id, set()).add(row.delegate_id.id)
        absent = self._absent(users.filtered(lambda user: user.id not in deputies))
        if absent:
            employees = self.env["hr.employee"].sudo().search([("user_id", "in", absent.ids)])
            for employee in employees:
                superior = employee.parent_id.user_id
                if superior.active and not superior.share:
                    deputies.setdefault(employee.user_id.id, set()).add(superior.id)
        return deputies

    @api.model
    def _principals_of(self, user):
        """For whom ``user`` decides now. One query for whoever is nobody's deputy or superior.

        :rtype: set of user ids
        """
        if frame := guard_frame(self.env):
            return frame.once(
                "principals", user.ids, lambda _ids: {user.id: self._read_principals_of(user)}
            )[user.id]
        return self._read_principals_of(user)

    @api.model
    def _read_principals_of(self, user):
        self.flush_model(["user_id", "delegate_id", "date_from", "date_to"])
        self.env["hr.employee"].flush_model(["user_id", "parent_id", "active"])
        today = fields.Date.today()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT user_id FROM regulation_delegation
                 WHERE delegate_id = %(user)s AND date_from <= %(from)s AND date_to >= %(to)s
                 UNION
                SELECT below.user_id FROM hr_employee superior
                  JOIN hr_employee below ON below.parent_id = superior.id AND below.active
                 WHERE superior.user_id = %(user)s AND below.user_id IS NOT NULL
                """,
                **{
                    "user": user.id,
                    "from": fields.Date.add(today, days=1),
                    "to": fields.Date.subtract(today, days=1),
                },
            )
        )
        users = self.env["res.users"].browse(row[0] for row in rows)
        deputies = self._deputies_of(users)
        return {principal for principal, delegates in deputies.items() if user.id in delegates}

    @api.model
    def _acts_for(self, users):
        """Whether the present user is all of ``users``, or stands in for them now."""
        others = users - self.env.user
        return not others or set(others.ids) <= self._principals_of(self.env.user)

    def _ask_delegates(self):
        """Ask the delegates for what waits already."""
        users = self._running().user_id
        if users:
            steps = self.env["regulation.approval.step"].sudo().search(
                [("state", "=", "pending"), ("user_ids", "in", users.ids)]
            )
            steps._schedule_activities()
