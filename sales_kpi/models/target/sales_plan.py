# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from odoo.addons.sales_regulation.tools import engine, period_of

from ...tools import Period, Request
from ..scheme.kpi_scheme import FREQUENCIES


class SalesPlan(models.Model):
    """What is in force are the targets that scores read; what is superseded is none (C36).

    In the transaction that releases a plan: a score never reads half a plan.
    """

    _inherit = "sales.plan"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "superseded":
            targets = self.env["kpi.target"].sudo().search([("plan_id", "in", self.ids)])
            engine(targets).unlink()
        elif vals.get("state") == "released":
            self.env["kpi.target"]._release(self._prepare_targets())
        return result

    def _prepare_targets(self):
        """The targets of these plans: one for each indicator that scores know."""
        rows = {}
        for line in self.sudo().line_ids:
            plan, indicator = line.plan_id, line.indicator_id.kpi_indicator_id
            frequency = plan._target_frequency()
            if not indicator or not frequency:
                continue
            key = (plan.id, indicator.id)
            row = rows.setdefault(
                key,
                {
                    "company_id": plan.company_id.id,
                    "indicator_id": indicator.id,
                    "frequency": frequency,
                    "day": plan.period_start,
                    "user_id": plan.user_id.id if plan.level == "user" else False,
                    "team_id": False if plan.level == "company" else plan.team_id.id,
                    "amount": 0.0,
                    "plan_id": plan.id,
                },
            )
            row["amount"] += line.target
        return list(rows.values())

    def _target_frequency(self):
        """The period of scores that the period of the plan is, empty if it is none."""
        self.ensure_one()
        span = (self.period_start, self.period_end)
        return next(
            (code for code, _name in FREQUENCIES if period_of(code, self.period_start) == span), ""
        )

    @api.model
    def _actuals(self, code, people, periods, company):
        """What the trunk does not count and scores do; not figures made of cost."""
        known = super()._actuals(code, people, periods, company)
        if known is not None or not periods:
            return known
        indicator = (
            self.env["sales.plan.indicator"].sudo().search([("code", "=", code)]).kpi_indicator_id
        )
        if not indicator or indicator.is_confidential or indicator._kind() != "sum":
            return None
        if indicator.provider == "manual":
            return None
        if people is None:
            people = self.env["res.users"].sudo().with_context(active_test=False).search(
                [("share", "=", False), ("company_ids", "in", company.ids)]
            )
        spans = sorted(set(periods))
        request = Request(
            company, people.ids, [Period(key, *span) for key, span in enumerate(spans)]
        )
        figures = indicator._facts(request)[indicator].figures
        return {
            (user, spans[key]): float(figure.numerator) for (user, key), figure in figures.items()
        }
