# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...tools import Figure, Formula


class KpiIndicator(models.Model):
    """What a team or a company reaches as a whole."""

    _inherit = "kpi.indicator"

    def _together(self, request):
        """The value of all people of the request together: ``{period key: number, or None}``.

        A share is that of all records, not the mean of the people's shares; a formula is
        computed from what its parts are together. One query for each indicator.
        """
        self.ensure_one()
        facts = {}
        self._count(request, facts)
        return {
            period.key: self._value_of(
                self._total([(user, period.key) for user in request.user_ids], facts)
            )
            for period in request.periods
        }

    def _total(self, pairs, facts):
        """The figure of people together, None if nothing was counted.

        :param pairs: ``[(user id, period key), ...]``: who counts, and for which stretch
        :param facts: what ``_facts`` says of them
        """
        if self.provider == "formula":
            formula = Formula(self.formula)
            parts = self._by_code(formula.names, self.company_id)
            totals = {code: one._total(pairs, facts) for code, one in parts.items()}
            value = formula.value(
                {code: parts[code]._value_of(total) for code, total in totals.items()}
            )
            if value is None:
                return None
            return Figure(value, None, sum(total.count for total in totals.values() if total))
        known = facts[self].figures
        found = [known[pair] for pair in pairs if pair in known]
        if not found:
            return self._nothing()
        shared = [figure.denominator for figure in found if figure.denominator is not None]
        return Figure(
            sum(figure.numerator for figure in found),
            sum(shared) if shared else None,
            sum(figure.count for figure in found),
        )
