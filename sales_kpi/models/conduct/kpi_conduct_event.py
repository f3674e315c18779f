# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.sales_regulation.tools import engine, is_engine, period_of

OCCASIONS = [
    ("meeting", "Regular meeting"),
    ("activity", "Activity"),
    ("work", "Work"),
    ("other", "Other"),
]


class KpiConductEvent(models.Model):
    """Somebody came late, left early, was absent...: recorded by a superior (C46, S4-171).

    What is recorded is fixed; a mistake is voided with a reason. The rules of the person's
    regulation count the events of a month, quarter or year and propose a measure; each event is
    counted for one measure only.
    """

    _name = "kpi.conduct.event"
    _description = "Conduct"
    _inherit = ["regulation.sealed", "regulation.protected", "mail.thread"]
    _order = "day desc, id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {"state", "recorded_by_id", "measure_id", "void_reason", "viewer_ids"}
    )

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Employee",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True
    )
    kind_id = fields.Many2one(
        comodel_name="kpi.conduct.kind", string="What", required=True, ondelete="restrict", index=True
    )
    occasion = fields.Selection(selection=OCCASIONS, default="meeting", required=True)
    day = fields.Date(
        required=True,
        default=lambda self: self.env.company._regulation_today(),
        index=True,
    )
    minutes = fields.Integer(help="Minutes late or early, if known.")
    note = fields.Text()
    state = fields.Selection(
        selection=[("recorded", "Recorded"), ("void", "Void")],
        default="recorded",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    void_reason = fields.Char(readonly=True, copy=False, tracking=True)
    recorded_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index=True,
    )
    viewer_ids = fields.Many2many(
        comodel_name="res.users",
        relation="kpi_conduct_event_viewer_rel",
        string="Superiors",
        readonly=True,
        copy=False,
        help="The reporting line when it was recorded.",
    )
    measure_id = fields.Many2one(
        comodel_name="regulation.measure",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The measure for which it was counted.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind_id", "user_id", "day")
    def _compute_display_name(self):
        for event in self:
            event.display_name = (
                f"{event.kind_id.name}, {event.user_id.sudo().name}, {event.day or ''}"
            )

    @api.constrains("user_id", "company_id")
    def _check_user_company(self):
        for event in self.sudo():
            if event.company_id not in event.user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s.",
                        user=event.user_id.name,
                        company=event.company_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        viewers = events._superiors()
        events._check_recorder(viewers)
        for event in events:
            above = viewers[event.company_id].get(event.user_id.id, ())
            engine(event.sudo()).write({"viewer_ids": [Command.set(sorted(above))]})
        events._propose_due()
        return events

    def write(self, vals):
        stated = {name for name in vals if name in self._fields and not name.startswith("message_")}
        if stated - {"activity_ids"} and not is_engine(self.env):
            raise AccessError(
                self.env._("What was recorded is fixed: void it, and record it again.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if not is_engine(self.env):
            raise AccessError(self.env._("Recorded conduct is kept: void it."))

    def _superiors(self):
        """``{company: {user id: users above him}}``."""
        Cycle = self.env["kpi.cycle"].sudo()
        viewers = {}
        for company, events in self.sudo().grouped("company_id").items():
            teams = Cycle._teams_of(company)
            viewers[company] = Cycle._viewers_of(
                company, {user.id: teams.get(user.id) for user in events.user_id}
            )
        return viewers

    def _check_recorder(self, viewers):
        """Raise AccessError unless a superior or HR records it; nobody records himself."""
        today = {company: company._regulation_today() for company in self.company_id}
        for event in self:
            if event.day > today[event.company_id]:
                raise UserError(self.env._("What has not happened yet is not recorded."))
            if self.env.user._is_superuser():
                continue
            if event.user_id == self.env.user:
                raise AccessError(self.env._("Nobody records his own conduct."))
            above = viewers[event.company_id].get(event.user_id.id, ())
            if self.env.uid not in above and not event._is_hr():
                raise AccessError(
                    self.env._(
                        "Conduct of %s is recorded by a superior or by human resources.",
                        event.user_id.sudo().name,
                    )
                )

    def _is_hr(self):
        return self.env["kpi.cycle"]._is_manager_of(self.company_id)

    # === ACTION METHODS === #

    def action_void(self, reason=""):
        """It was recorded by mistake, or is excused. Whoever recorded it, or HR.

        :param str reason: why, required
        :raise UserError: if a measure that counts it was decided already
        """
        self.check_access("read")
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why it is void."))
        for event in self:
            if event.user_id == self.env.user or not (
                event.recorded_by_id == self.env.user or event._is_hr()
            ):
                raise AccessError(
                    self.env._("Whoever recorded it or human resources voids it.")
                )
            if event.sudo().measure_id.state in ("decided", "stated", "effective"):
                raise UserError(self.env._("A measure that counts it was decided already."))
        events = self.filtered(lambda event: event.state == "recorded")
        engine(events.sudo()).write({"state": "void", "void_reason": reason.strip()})
        for measure in events.sudo().measure_id:
            measure.message_post(
                body=self.env._("Conduct that it counts was voided: %s", reason.strip())
            )

    def action_void_dialog(self):
        """Ask for the reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Void"),
            "res_model": "kpi.conduct.void",
            "view_mode": "form",
            "target": "new",
            "context": {"default_event_id": self.id},
        }

    # === COUNTING === #

    def _propose_due(self):
        """Propose what the rules of the regulation say of so many events. Few queries for all."""
        events = self.sudo()
        rules = self.env["kpi.sanction.rule"].sudo()._rules_for(
            {event: (event.company_id, event.user_id, event.day) for event in events}, "conduct"
        )
        if not any(rules.values()):
            return
        self.env["regulation.commitment"]._lock(
            [("kpi_conduct", user.id) for user in events.user_id]
        )
        spans = [
            period_of(rule.window, event.day) for event in events for rule in rules[event]
        ]
        waiting = events.search(
            [
                ("user_id", "in", events.user_id.ids),
                ("company_id", "in", events.company_id.ids),
                ("state", "=", "recorded"),
                ("measure_id", "=", False),
                ("day", ">=", min(first for first, _last in spans)),
                ("day", "<=", max(last for _first, last in spans)),
            ],
            order="day, id",
        )
        for event in events:
            for rule in rules[event]:
                first, last = period_of(rule.window, event.day)
                counted = waiting.filtered(
                    lambda one, event=event, rule=rule, first=first, last=last: (
                        one.user_id == event.user_id
                        and one.company_id == event.company_id
                        and first <= one.day <= last
                        and rule._counts(one)
                    )
                )
                if event in counted and len(counted) >= rule.number:
                    rule.with_env(self.env)._propose_for(counted)
                    waiting -= counted
