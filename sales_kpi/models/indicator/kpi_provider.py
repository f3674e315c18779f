# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL, LazyTranslate

from ...tools import Facts, Figure, Provider

_lt = LazyTranslate(__name__)


class KpiProvider(models.AbstractModel):
    """How figures are counted: one private method for each kind of figure (C41).

    To add one, extend this model: name it in ``_providers`` and write ``_provide_<code>``. The
    method gets the indicator (its parameters are data) and a ``Request`` (company, people,
    periods) and answers with ``Facts`` for everybody and all periods from one grouped query.
    It runs as superuser: it decides on date, person and company itself, and reads only what
    the person who is scored cannot write.
    """

    _name = "kpi.provider"
    _description = "Figures of Indicators"

    @api.model
    def _providers(self):
        """``{code: Provider}``: what an indicator may be counted by."""
        return {
            "manual": Provider(_lt("Entered by hand"), "mean", personal=True),
            "formula": Provider(_lt("Formula of other indicators"), "sum", ("formula",)),
        }

    @api.model
    @tools.ormcache("code", cache="stable")
    def _kind_of(self, code):
        """What the figures of a provider are: a sum, a share, a mean."""
        provider = self._providers().get(code)
        return provider.kind if provider else "sum"

    @api.model
    def _facts(self, indicator, request):
        """What the provider of ``indicator`` answers, read as superuser.

        :rtype: Facts
        """
        if indicator.provider not in self._providers():
            raise UserError(
                self.env._(
                    "%(indicator)s is counted by %(provider)s, which is not installed any more.",
                    indicator=indicator.display_name,
                    provider=indicator.provider,
                )
            )
        provide = getattr(self.sudo(), f"_provide_{indicator.provider}")
        return provide(indicator.sudo(), request)

    @api.model
    def _figures(self, query):
        """``{(user, period): Figure}`` of a query of user, period, numerator, denominator, count."""
        return {
            (user, period): Figure.of(numerator, denominator, count)
            for user, period, numerator, denominator, count in self.env.execute_query(query)
            if numerator is not None
        }

    @api.model
    def _policies_of(self, request, users):
        """``{user id: policy}`` of the version in force when the latest period began.

        It judges the period, as the schemes of the version do; a regulation that begins
        within a period judges it from its beginning.
        """
        latest = request.periods[-1]
        cycle = self.env["kpi.cycle"].new(
            {
                "company_id": request.company.id,
                "date_from": latest.first,
                "date_to": latest.last,
            }
        )
        return self.env["regulation.profile"]._resolve(
            {user.id: (request.company, user, self.env["crm.team"]) for user in users},
            day=max(latest.first, cycle._regulated_since()),
        )

    # === PROVIDERS === #

    @api.model
    def _provide_manual(self, indicator, request):
        """What HR or a manager has entered for a person and a period."""
        Value = self.env["kpi.manual.value"]
        Value.flush_model()
        domain = [
            ("indicator_id", "=", indicator.id),
            ("company_id", "=", request.company.id),
        ]
        return Facts(
            self._figures(
                SQL(
                    """
                    SELECT entry.user_id, period.key, SUM(entry.value), COUNT(*), COUNT(*)
                      FROM kpi_manual_value entry
                      JOIN %(periods)s
                        ON entry.date BETWEEN period.first AND period.last
                     WHERE entry.indicator_id = %(indicator)s AND entry.company_id = %(company)s
                       AND entry.user_id IN %(users)s
                     GROUP BY entry.user_id, period.key
                    """,
                    periods=request.days(),
                    indicator=indicator.id,
                    company=request.company.id,
                    users=request.users,
                )
            ),
            "kpi.manual.value",
            lambda user, period: [
                *domain,
                ("user_id", "=", user),
                ("date", ">=", period.first),
                ("date", "<=", period.last),
            ],
        )
