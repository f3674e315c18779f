# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.sales_regulation.models.engine.regulation_measure import (
    RegulationMeasure as Measure,
)
from odoo.addons.sales_regulation.tools import engine

from ...tools import plain
from .kpi_sanction_rule import GRADES


class RegulationMeasure(models.Model):
    """A measure of the table of the regulation: within its range, once for an event (C46).

    It stays what it is in the trunk: proposed, decided by HR, heard, effective. Nothing is
    deducted from pay or bonus by the system.
    """

    _inherit = "regulation.measure"

    _facts = Measure._facts | frozenset(
        {"rule_id", "grade", "points", "fine", "loss", "badge_id", "honour_rule_id"}
    )
    _sealed_fields = Measure._sealed_fields | frozenset({"honour_rule_id"})

    rule_id = fields.Many2one(
        comodel_name="kpi.sanction.rule",
        string="Rule",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        domain="[('measure_kind', '=', kind), ('profile_id.state', 'in', ('trial', 'active'))]",
        help="The row of the table of rewards and sanctions.",
    )
    grade = fields.Selection(selection=GRADES, tracking=True)
    points = fields.Float(digits=(16, 2), tracking=True)
    fine = fields.Monetary(
        string="Fine or Reward", tracking=True, help="Within the range of the rule."
    )
    loss = fields.Monetary(tracking=True, help="The actual loss: freight and the like.")
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, precompute=True, tracking=True
    )
    badge_id = fields.Many2one(
        comodel_name="gamification.badge", string="Honour", ondelete="restrict", tracking=True
    )
    honour_rule_id = fields.Many2one(
        comodel_name="kpi.honour.rule", readonly=True, copy=False, ondelete="restrict"
    )
    event_ids = fields.One2many(
        comodel_name="kpi.conduct.event", inverse_name="measure_id", string="Conduct", readonly=True
    )

    # === COMPUTE METHODS === #

    @api.depends("fine", "loss", "rule_id")
    def _compute_amount(self):
        for measure in self:
            if measure.rule_id or measure.fine or measure.loss:
                measure.amount = measure.fine + measure.loss

    @api.onchange("rule_id")
    def _onchange_rule_id(self):
        if rule := self.rule_id:
            self.update(
                {
                    "kind": rule.measure_kind,
                    "grade": rule.grade,
                    "points": rule.points,
                    "fine": rule.amount_min,
                    "clause_codes": rule.clause_codes,
                }
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        measures = super().create(vals_list)
        for measure in measures.filtered(lambda one: one.rule_id and not one.profile_id):
            engine(measure.sudo()).write({"profile_id": measure.rule_id.sudo().profile_id.id})
        return measures

    # === CONSTRAINT METHODS === #

    @api.constrains(
        *("rule_id", "kind", "grade", "points", "fine", "loss", "amount", "user_id", "company_id")
    )
    def _check_table(self):
        """The table of the person's regulation is kept, whoever proposes.

        :raise ValidationError: if amount or points are not in the range, the rule is of another
            regulation, or a fine or points name no rule although the regulation has some
        """
        measures = self.sudo()
        tables = measures.rule_id._rules_for(
            {one: (one.company_id, one.user_id, one.date) for one in measures}, None
        )
        for measure in measures:
            measure._check_row(tables[measure])

    def _check_row(self, table):
        rule, money = self.rule_id, self.currency_id.format
        problem = None
        if not rule:
            fines = table.filtered(
                lambda row: row.measure_kind == "penalty" and row.grade == "money"
            )
            if self.kind == "penalty" and self.amount and fines:
                problem = self.env._("A fine names its rule: %s", ", ".join(fines.mapped("name")))
            pointed = table.filtered(
                lambda row: row.measure_kind == self.kind and row.grade == "points"
            )
            if self.points and pointed:
                names = ", ".join(pointed.mapped("name"))
                problem = self.env._("Points name their rule: %s", names)
        elif rule not in table:
            problem = self.env._(
                "%(rule)s is not in the regulation that holds for %(person)s.",
                rule=rule.name,
                person=self.user_id.name,
            )
        elif self.kind != rule.measure_kind:
            problem = self.env._("%s is of another kind.", rule.name)
        elif (self.fine or rule.grade == "money" == self.grade) and not (
            rule.amount_min <= self.fine <= rule.amount_max
        ):
            problem = self.env._(
                "%(amount)s is outside of the range from %(least)s to %(most)s of %(rule)s.",
                amount=money(self.fine),
                least=money(rule.amount_min),
                most=money(rule.amount_max),
                rule=rule.name,
            )
        elif (self.points or rule.grade == "points" == self.grade) and not (
            rule.points <= self.points <= max(rule.points, rule.points_max)
        ):
            problem = self.env._(
                "%(points)s points are outside of the range from %(least)s to %(most)s of %(rule)s.",
                points=plain(self.points),
                least=plain(rule.points),
                most=plain(max(rule.points, rule.points_max)),
                rule=rule.name,
            )
        elif self.loss < 0 or (self.loss and not (rule.with_loss or rule.grade == "loss")):
            problem = self.env._("%s charges no loss.", rule.name)
        elif self.currency_id.compare_amounts(self.amount, self.fine + self.loss):
            problem = self.env._("The amount is the fine and the loss together.")
        elif rule.trigger == "complaint":
            problem = self._check_complaint(rule)
        if problem:
            codes = rule.clause_codes
            raise ValidationError(f"{problem} ({codes})" if codes else problem)

    def _check_complaint(self, rule):
        ticket = self.env["sales.ticket"].browse(
            self.res_id if self.res_model == "sales.ticket" else ()
        )
        if not ticket.exists():
            return self.env._("Propose it from the complaint that it is about.")
        if rule.severity and ticket.severity != rule.severity:
            return self.env._("%s is for complaints of another severity.", rule.name)
        return None

    @api.constrains("kind", "user_id", "res_model", "res_id")
    def _check_once(self):
        """One event, one sanction of a person, unless the regulation allows more.

        :raise ValidationError: if the event was sanctioned already
        """
        about = self.sudo().filtered(
            lambda one: (
                one.kind == "penalty" and one.res_model and one.res_id and one.state != "refused"
            )
        )
        if not about:
            return
        self.env["regulation.commitment"]._lock(
            [("kpi_sanction", user.id) for user in about.user_id]
        )
        policies = self.env["regulation.profile"].sudo()._resolve(
            {one: (one.company_id, one.user_id, self.env["crm.team"]) for one in about}
        )
        others = about.search(
            Domain.OR(
                Domain("res_model", "=", one.res_model)
                & Domain("res_id", "=", one.res_id)
                & Domain("user_id", "=", one.user_id.id)
                for one in about
            )
            & Domain("kind", "=", "penalty")
            & Domain("state", "!=", "refused")
        )
        for one in about:
            twin = others.filtered(
                lambda other, one=one: (
                    other != one
                    and (other.res_model, other.res_id, other.user_id)
                    == (one.res_model, one.res_id, one.user_id)
                )
            )
            if twin and not policies[one].get("sanction_double"):
                raise ValidationError(
                    self.env._(
                        "%(person)s is sanctioned for this already: %(measure)s. One event has one"
                        " sanction.",
                        person=one.user_id.name,
                        measure=twin[0].name,
                    )
                )

    # === ACTION METHODS === #

    def action_effect(self):
        """With it the honour is granted."""
        result = super().action_effect()
        self._grant_badges()
        return result

    def _grant_badges(self):
        self.env["gamification.badge.user"].sudo().create(
            [
                {
                    "user_id": measure.user_id.id,
                    "badge_id": measure.badge_id.id,
                    "sender_id": self.env.uid,
                    "comment": measure.name,
                }
                for measure in self.sudo()
                if measure.badge_id and measure.kind == "reward"
            ]
        )
