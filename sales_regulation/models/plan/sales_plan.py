# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools import engine, is_engine
from ..engine.regulation_punctual import PUNCTUAL_FIELDS

#: what decides where a plan belongs
PLACE = frozenset({"type_id", "day", "company_id", "team_id", "user_id"})
#: what else is written by whoever plans
CONTENT = PLACE | {"strategy", "revision_reason", "line_ids", "section_ids", "checkpoint_ids"}
STRATEGIES = [
    ("differentiation", "Differentiation"),
    ("gap", "Market gap"),
    ("segment", "Segment"),
    ("satellite", "Satellite"),
    ("parasite", "Attached to a leader"),
    ("symbiosis", "Symbiosis"),
    ("virtual", "Virtual"),
    ("network", "Network"),
]


class SalesPlan(models.Model):
    """What a company, a team or a person means to reach in a period, and how (C36).

    Written, handed in, approved by the steps of its kind, released once whole and parts agree.
    A plan in force is not edited: a revision is a version that goes the same way, and the
    one in force stays so until it is released (S2-07, S2-17).
    """

    _name = "sales.plan"
    _description = "Sales Plan"
    _inherit = [
        "regulation.submittable",
        "regulation.gated",
        "regulation.punctual",
        "regulation.protected",
        "regulation.scored",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "period_start desc, level, team_id, user_id, version desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    _sealed_fields = PUNCTUAL_FIELDS | frozenset(
        {
            "state",
            "code",
            "level",
            "period_start",
            "period_end",
            "subject_key",
            "parent_id",
            "chain_id",
            "previous_id",
            "version",
            "released_at",
            "released_by_id",
            "superseded_at",
        }
    )
    _approval_kinds = frozenset({"sales_plan"})
    _approval_content_fields = (
        "type_id",
        "day",
        "company_id",
        "team_id",
        "user_id",
        "strategy",
        "line_ids",
        "section_ids",
        "checkpoint_ids",
    )
    _approval_fallbacks = {"sales_plan": "manager"}
    _submittable_fields = ("revision_reason",)
    _submittable_ends = dict.fromkeys(("returned", "refused", "void", "withdrawn"), "draft")

    _first_uniq = models.UniqueIndex(
        "(company_id, code, period_start, subject_key) WHERE version = 1",
        "There is a plan of this kind for this period already.",
    )
    _released_uniq = models.UniqueIndex(
        "(company_id, code, period_start, subject_key) WHERE state = 'released'",
        "One version of a plan is in force.",
    )
    _revision_uniq = models.UniqueIndex(
        "(company_id, code, period_start, subject_key)"
        " WHERE state IN ('draft', 'submitted', 'approved')",
        "A revision of this plan is being written already.",
    )

    type_id = fields.Many2one(
        comodel_name="regulation.plan.type",
        string="Plan",
        required=True,
        ondelete="restrict",
        default=lambda self: self._default_type_id(),
        domain="[('id', 'in', available_type_ids)]",
    )
    available_type_ids = fields.Many2many(
        comodel_name="regulation.plan.type", compute="_compute_available_type_ids"
    )
    code = fields.Char(readonly=True, index=True)
    level = fields.Selection(related="type_id.level", store=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="restrict",
        index=True,
        help="Of a person's plan the person himself.",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The team whose plan it is, or to whose plan a person's counts.",
    )
    subject_key = fields.Char(compute="_compute_subject_key", store=True)
    day = fields.Date(
        string="Of",
        required=True,
        copy=False,
        default=lambda self: self._default_day(),
        help="Any day of the period.",
    )
    period_start = fields.Date(string="From", readonly=True, index=True)
    period_end = fields.Date(string="Until", readonly=True)
    parent_id = fields.Many2one(
        comodel_name="sales.plan",
        string="Part of",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The plan whose part it is, in its first version.",
    )
    chain_id = fields.Many2one(
        comodel_name="sales.plan",
        string="First Version",
        readonly=True,
        copy=False,
        ondelete="cascade",
        index=True,
    )
    previous_id = fields.Many2one(
        comodel_name="sales.plan",
        string="Revision of",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    version = fields.Integer(readonly=True, copy=False, default=1, aggregator=False)
    revision_reason = fields.Text(
        string="Reason of the Revision", copy=False, help="What has changed in the market."
    )
    line_ids = fields.One2many(
        comodel_name="sales.plan.line", inverse_name="plan_id", string="Targets", copy=True
    )
    section_ids = fields.One2many(
        comodel_name="sales.plan.section", inverse_name="plan_id", string="Sections", copy=True
    )
    checkpoint_ids = fields.One2many(
        comodel_name="sales.plan.checkpoint", inverse_name="plan_id", string="Checkpoints"
    )
    strategy = fields.Selection(
        selection=STRATEGIES, help="The type of strategy that the plan follows (S4-114)."
    )
    state = fields.Selection(
        selection=[
            ("draft", "Being written"),
            ("submitted", "To approve"),
            ("approved", "Approved"),
            ("released", "In force"),
            ("superseded", "Superseded"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Approved: agreed, but the plan above it or the plans beside it do not agree yet.",
    )
    released_at = fields.Datetime(string="In Force since", readonly=True, copy=False)
    released_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Released by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    superseded_at = fields.Datetime(readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.model
    def _default_type_id(self):
        return self.env["regulation.plan.type"]._of(self.env.user, self.env.company)[-1:]

    @api.model
    def _default_day(self):
        return self.env.company._regulation_today().replace(day=1) + relativedelta(months=1)

    @api.depends("company_id", "user_id")
    @api.depends_context("uid")
    def _compute_available_type_ids(self):
        for (user, company), plans in self.grouped(lambda p: (p.user_id, p.company_id)).items():
            plans.available_type_ids = self.env["regulation.plan.type"]._of(
                user or self.env.user, company or self.env.company
            )

    @api.depends("type_id", "user_id")
    def _compute_team_id(self):
        for plan in self:
            if plan.level == "company":
                plan.team_id = False
            elif plan.level == "user":
                if plan.user_id not in plan.team_id.sudo().member_ids:
                    plan.team_id = plan.user_id.sudo().sale_team_id
            elif not plan.team_id:
                plan.team_id = plan.user_id.sudo().sale_team_id

    @api.depends("level", "team_id", "user_id")
    def _compute_subject_key(self):
        for plan in self:
            person = plan.user_id.id if plan.level == "user" else 0
            plan.subject_key = f"{plan.team_id.id or 0}/{person}"

    @api.depends("type_id", "team_id", "user_id", "period_start", "version")
    def _compute_display_name(self):
        for plan in self:
            whom = {"team": plan.team_id, "user": plan.user_id}.get(plan.level, plan.company_id)
            month = plan.period_start.strftime("%Y-%m") if plan.period_start else ""
            parts = [plan.sudo().type_id.name, whom.sudo().name, month]
            if plan.version > 1:
                parts.append(f"v{plan.version}")
            plan.display_name = ", ".join(part for part in parts if part)

    # === CONSTRAINT METHODS === #

    @api.constrains("team_id", "type_id")
    def _check_team(self):
        for plan in self:
            if plan.level == "team" and not plan.team_id:
                raise ValidationError(self.env._("Whose plan is it? Name the sales team."))
            if plan.level == "company" and plan.team_id:
                raise ValidationError(self.env._("The plan of the company names no team."))
            if (
                plan.level == "user"
                and plan.team_id
                and plan.user_id not in plan.sudo().team_id.member_ids
                and plan.user_id != plan.sudo().team_id.user_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(person)s is no member of %(team)s.",
                        person=plan.user_id.name,
                        team=plan.team_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        plans._check_planner()
        plans._fix_place()
        for plan in plans.filtered(lambda plan: not plan.chain_id):
            engine(plan.sudo()).write({"chain_id": plan.id})
        plans._link_parts()
        plans._prepare_content()
        return plans

    def write(self, vals):
        moved = set() if is_engine(self.env) else PLACE.intersection(vals)
        if moved and (moved != {"user_id"} or "user" in self.mapped("level")):
            self._check_not_revision()
        if not is_engine(self.env) and CONTENT.intersection(vals):
            self._check_planner()
        result = super().write(vals)
        if moved:
            self._check_planner()
            self._fix_place()
            self._link_parts()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_in(self):
        if any(plan.handed_in_at for plan in self):
            raise UserError(self.env._("A plan that was handed in is kept."))

    def _check_open(self):
        for plan in self.sudo():
            if plan.state not in self._submittable_open:
                raise UserError(
                    self.env._(
                        "%s is handed in or in force: it is not edited. Take it back, or write a"
                        " revision of it.",
                        plan.display_name,
                    )
                )

    def _check_not_revision(self):
        if any(plan.version > 1 or plan.handed_in_at for plan in self):
            raise UserError(
                self.env._("Whose plan it is, and of which period, stays as it was handed in.")
            )

    def _fix_place(self):
        """Code and period follow from the kind and the day; the kind is one of his regulation."""
        for plan in self:
            kinds = self.env["regulation.plan.type"]._of(plan.user_id, plan.company_id)
            if plan.type_id not in kinds and plan.version == 1:
                raise ValidationError(
                    self.env._(
                        "%(plan)s is no plan that the regulation of %(person)s knows.",
                        plan=plan.type_id.sudo().name,
                        person=plan.user_id.name,
                    )
                )
            start, end = plan.type_id.sudo()._period(plan.day)
            engine(plan.sudo()).write(
                {"code": plan.type_id.sudo().code, "period_start": start, "period_end": end}
            )

    def _prepare_content(self):
        """A new plan begins with the targets and sections that its kind asks for."""
        Line = engine(self.env["sales.plan.line"].sudo())
        Section = engine(self.env["sales.plan.section"].sudo())
        lines, sections = [], []
        for plan in self.sudo():
            lines += [
                {"plan_id": plan.id, "indicator_id": indicator.id}
                for indicator in plan.type_id.indicator_ids - plan.line_ids.indicator_id
            ]
            sections += [
                {"plan_id": plan.id, "kind_id": kind.id}
                for kind in plan.type_id.section_ids - plan.section_ids.kind_id
            ]
        Line.create(lines)
        Section.create(sections)

    def _set_target(self, indicator, amount):
        """Write the target of one indicator while the plan is written."""
        self.ensure_one()
        line = self.line_ids.filtered(lambda row: row.indicator_id == indicator)
        if line:
            line.target = amount
        else:
            self.line_ids = [Command.create({"indicator_id": indicator.id, "target": amount})]

    # === WHOSE PART === #

    def _link_parts(self):
        """Find the plan whose part each is, and the parts of each that were there before it."""
        for plan in self.sudo():
            kind = plan.type_id
            above = plan._find_above(kind._parent_type())
            if above != plan.parent_id:
                engine(plan).write({"parent_id": above.id})
            below = plan._find_below(kind._child_types())
            if below:
                engine(below).write({"parent_id": plan.chain_id.id})

    def _find_above(self, kind):
        self.ensure_one()
        if not kind:
            return self.browse()
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("code", "=", kind.code),
                ("version", "=", 1),
                ("period_start", "<=", self.period_start),
                ("period_end", ">=", self.period_end),
                *self._same_people(kind.level),
            ],
            limit=1,
        )

    def _find_below(self, kinds):
        self.ensure_one()
        if not kinds or self.version > 1:
            return self.browse()
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("code", "in", kinds.mapped("code")),
                ("parent_id", "=", False),
                ("period_start", ">=", self.period_start),
                ("period_end", "<=", self.period_end),
                *self._same_people(self.level),
            ]
        )

    def _same_people(self, level):
        """Conditions on a plan of ``level`` above or below this one."""
        domain = []
        if level != "company":
            domain.append(("team_id", "=", self.team_id.id))
        if level == "user":
            domain.append(("user_id", "=", self.user_id.id))
        return domain

    # === ACTION METHODS === #

    def action_submit(self):
        """Hand in the plan for approval (S4-395: the clock of its duty ends now).

        :raise UserError: if a target, a section, the strategy or the reason of a revision lacks
        """
        self.check_access("write")
        self._check_open()
        self._check_planner()
        for plan in self:
            plan._check_complete()
        self.sudo()._link_parts()
        self._note_handed_in(fields.Datetime.now())
        agreed = self._approvals_valid("sales_plan")
        engine(self.sudo()).write({"state": "submitted"})
        again = self.filtered(lambda plan: plan.id in agreed)
        if again:
            # Taken back and handed in as it was: what was approved counts
            engine(again.sudo()).write({"state": "approved"})
            again._release_if_agreed()
        for plan in self - again:
            plan._request_approval("sales_plan", plan.revision_reason or "")

    def action_take_back(self):
        """Back to writing, as long as the plan is not in force."""
        self.check_access("write")
        self._check_planner()
        for plan in self:
            if plan.state not in ("submitted", "approved"):
                raise UserError(self.env._("%s is not handed in.", plan.display_name))
        pending = self.sudo().approval_ids.filtered(lambda row: row.state == "pending")
        pending.sudo(False).action_withdraw()
        engine(self.sudo()).write({"state": "draft"})

    def action_revise(self):
        """A new version of the plan in force, to be approved and released like the first."""
        self.ensure_one()
        self.check_access("read")
        self._check_planner()
        if self.state != "released":
            raise UserError(self.env._("%s is not in force.", self.display_name))
        kind = (
            self.env["regulation.plan.type"]
            ._of(self.user_id, self.company_id)
            .filtered(lambda kind: kind.code == self.code)[:1]
        )
        plan = engine(self).copy(
            {
                "type_id": (kind or self.type_id).id,
                "day": self.day,
                "version": self.version + 1,
                "chain_id": self.chain_id.id,
                "previous_id": self.id,
                "parent_id": self.sudo().parent_id.id,
                "checkpoint_ids": [
                    Command.create({"date": row.date, "name": row.name})
                    for row in self.checkpoint_ids
                    if row.name and row.state == "open"
                ],
            }
        )
        return plan.with_env(self.env)._open()

    def action_open_parts(self):
        """The plans below this one, as far as the reader sees them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_regulation.sales_plan_action")
        return {
            **action,
            "name": self.env._("Parts of %s", self.display_name),
            "display_name": self.env._("Parts of %s", self.display_name),
            "domain": [("parent_id", "=", self.chain_id.id)],
            "context": {},
        }

    def action_open_versions(self):
        """All versions of the plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_regulation.sales_plan_action")
        return {**action, "domain": [("chain_id", "=", self.chain_id.id)], "context": {}}

    def action_split(self):
        """Divide the targets among teams, persons or shorter periods."""
        self.ensure_one()
        self.check_access("read")
        if not self.type_id.sudo()._child_types():
            raise UserError(
                self.env._("The regulation knows no plans below %s.", self.type_id.sudo().name)
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Divide the Targets"),
            "res_model": "sales.plan.split",
            "view_mode": "form",
            "target": "new",
            "context": {"default_plan_id": self.id},
        }

    def _open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def _check_planner(self):
        """Raise AccessError for plans that the present user does not write, see ``_plannable``."""
        if self.env.uid == api.SUPERUSER_ID:
            return
        for plan in self - self._plannable():
            raise AccessError(self.env._("You do not plan for %s.", plan._whom().name))

    def _check_lines_open(self):
        """Raise if the targets and sections of these plans may not change now."""
        self._check_open()
        self._check_planner()

    def _whom(self):
        self.ensure_one()
        plan = self.sudo()
        return {"team": plan.team_id, "user": plan.user_id}.get(plan.level, plan.company_id)

    def _check_complete(self):
        """Raise UserError if something that the kind of plan asks for is not there."""
        self.ensure_one()
        kind = self.sudo().type_id
        missing = [
            indicator.name
            for indicator in kind.indicator_ids
            if not self.line_ids.filtered(
                lambda line, indicator=indicator: line.indicator_id == indicator and line.target
            )
        ]
        missing += [
            section.name
            for section in kind.section_ids
            if not self.section_ids.filtered(
                lambda row, section=section: row.kind_id == section and (row.content or "").strip()
            )
            and section.code != "strategy"
        ]
        if any(section.code == "strategy" for section in kind.section_ids) and not self.strategy:
            missing.append(self.env._("type of strategy"))
        if self.version > 1 and not (self.revision_reason or "").strip():
            missing.append(self.env._("reason of the revision"))
        if not self.line_ids and not missing:
            missing.append(self.env._("targets"))
        if missing:
            raise UserError(
                self.env._(
                    "%(plan)s is not complete. Missing: %(missing)s.",
                    plan=self.display_name,
                    missing=", ".join(missing),
                )
            )

    def _note_handed_in(self, now):
        """End the clock of the duty of the same code."""
        first = self.filtered(lambda plan: plan.version == 1)
        for (code, level), plans in first.grouped(lambda plan: (plan.code, plan.level)).items():
            whom = (
                {"subject": lambda plan: plan.team_id}
                if level == "team"
                else {"user": lambda plan: plan.user_id}
            )
            plans._note_punctual(code, now, day=lambda plan: plan.period_start, **whom)

    # === APPROVAL === #

    def _approval_rules(self, kind):
        """Of the steps those that are for every plan or for this kind of plan."""
        rules = super()._approval_rules(kind)
        return {
            plan.id: rules[plan.id].filtered(
                lambda rule, code=plan.code: not rule.plan_type_code or rule.plan_type_code == code
            )
            for plan in self
        }

    def _approval_content(self, kind):
        return {
            plan.id: {
                "kind": plan.code,
                "from": plan.period_start,
                "company": plan.company_id,
                "team": plan.team_id,
                "person": plan.user_id,
                "version": plan.version,
                "strategy": plan.strategy or "",
                "targets": sorted((line.indicator_id.id, line.target) for line in plan.line_ids),
                "sections": sorted((row.kind_id.id, row.content or "") for row in plan.section_ids),
                "milestones": sorted(
                    (fields.Date.to_string(row.date), row.name)
                    for row in plan.checkpoint_ids
                    if row.name
                ),
            }
            for plan in self
        }

    def _approval_facts(self, kind):
        return {
            plan.id: {
                "amount": sum(
                    line.target
                    for line in plan.line_ids
                    if line.indicator_id.code == "sales_amount"
                ),
                "currency": plan.currency_id,
            }
            for plan in self
        }

    def _approval_summary(self, approval):
        self.ensure_one()
        rows = Markup("").join(
            Markup("<tr><td>%s</td><td class='text-end'>%s</td></tr>")
            % (line.indicator_id.name, line._target_text(line.target))
            for line in self.line_ids
        )
        texts = Markup("").join(
            Markup("<h6>%s</h6><p>%s</p>") % (row.kind_id.name, row.content)
            for row in self.section_ids
            if row.content
        )
        return Markup("<table class='table table-sm'>%s</table>%s") % (rows, texts)

    def _approval_granted(self, approval):
        waiting = self.filtered(lambda plan: plan.state == "submitted")
        engine(waiting).write({"state": "approved"})
        waiting._release_if_agreed()
