# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import Facts, Figure, Formula, FormulaError


class KpiIndicator(models.Model):
    """Something that is counted for people, with its definition (C41, K5).

    The provider counts, in Python; its parameters are data. The definition is printed on the
    score sheet, so that everybody reads what "sales" means here: ordered, invoiced or
    collected, with or without tax, at which date.
    """

    _name = "kpi.indicator"
    _description = "Indicator"
    _inherit = ["kpi.contact.filter"]
    _order = "sequence, id"

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Two indicators of a company cannot have one code."
    )

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Stable name by which formulas, schemes and data refer to it."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Empty: for all companies."
    )
    definition = fields.Text(
        required=True, translate=True, help="What exactly is counted; printed on the score sheet."
    )
    unit = fields.Selection(
        selection=[
            ("money", "Company currency"),
            ("number", "Plain number"),
            ("percent", "Percent"),
            ("points", "Points (0 to 100)"),
        ],
        required=True,
        default="number",
    )
    direction = fields.Selection(
        selection=[("higher", "The more the better"), ("lower", "The less the better")],
        required=True,
        default="higher",
    )
    provider = fields.Selection(
        selection="_selection_provider",
        string="Counted by",
        required=True,
        default="manual",
        help="The method of the system that counts it.",
    )
    parameters = fields.Char(compute="_compute_parameters")
    min_count = fields.Integer(
        string="Minimum Data",
        default=0,
        help="With fewer records behind it there is no figure: its weight goes to the others."
        " 0: no records are a figure of zero.",
    )
    is_confidential = fields.Boolean(
        string="Confidential",
        help="Made of cost or profit: without the right to see these, only attainment and points"
        " are shown.",
    )

    # Parameters
    basis = fields.Selection(
        selection=[("ordered", "Ordered"), ("invoiced", "Invoiced"), ("collected", "Collected")],
        default="invoiced",
    )
    tax = fields.Selection(
        selection=[("untaxed", "Untaxed"), ("taxed", "Tax included")], default="untaxed"
    )
    customers = fields.Selection(
        selection=[("all", "All"), ("abroad", "Abroad")],
        default="all",
        help="Abroad: the country of the customer, when the order was confirmed, is not that of"
        " the company.",
    )
    compare = fields.Selection(
        selection=[("previous", "The period before"), ("year", "The same period a year before")],
        string="Compared with",
        default="year",
    )
    months = fields.Integer(
        string="Months of Silence",
        default=12,
        help="A customer who has not ordered for so many months is lost.",
    )
    severity = fields.Selection(
        selection=[("ordinary", "Ordinary"), ("major", "Major")], help="Empty: of any severity."
    )
    code_filter = fields.Char(
        string="Codes",
        help="Of the deadlines, duties or reports that are counted, comma separated. Empty: all.",
    )
    formula = fields.Char(
        help="Codes of indicators, numbers, + - * /, comparisons, min, max, round, a if b else c."
    )

    # === COMPUTE METHODS === #

    @api.model
    def _selection_provider(self):
        return [
            (code, provider.label._translate(self.env.lang or "en_US"))
            for code, provider in self.env["kpi.provider"]._providers().items()
        ]

    @api.depends("provider")
    def _compute_parameters(self):
        """The parameters that the provider reads, for the form."""
        providers = self.env["kpi.provider"]._providers()
        for indicator in self:
            known = providers.get(indicator.provider)
            indicator.parameters = json.dumps(list(known.parameters) if known else [])

    @api.depends("name", "code")
    def _compute_display_name(self):
        for indicator in self:
            indicator.display_name = indicator.name or indicator.code

    # === CONSTRAINT METHODS === #

    @api.constrains("code")
    def _check_code(self):
        for indicator in self:
            code = indicator.code or ""
            if not (code.isascii() and code.isidentifier() and code not in ("min", "max", "round")):
                raise ValidationError(
                    self.env._(
                        "%s: a code has letters, digits and _ only, and begins with a letter.",
                        code,
                    )
                )

    @api.constrains("basis", "provider")
    def _check_basis(self):
        for indicator in self:
            if indicator.basis == "collected" and indicator.provider in ("quantity", "profit"):
                raise ValidationError(
                    self.env._("Quantity and profit are ordered or invoiced, not collected.")
                )

    @api.constrains("formula", "provider", "code", "company_id")
    def _check_formula(self):
        for indicator in self.filtered(lambda one: one.provider == "formula"):
            indicator._check_formula_tree((indicator.id,))

    def _check_formula_tree(self, path):
        """Raise if the formula or one that it rests on does not work."""
        self.ensure_one()
        try:
            names = Formula(self.formula).names
        except FormulaError as error:
            raise ValidationError(self._formula_message(error))
        known = self._by_code(names, self.company_id)
        if missing := sorted(names.difference(known)):
            raise ValidationError(
                self.env._(
                    "%(formula)s: there is no indicator with the code %(codes)s.",
                    formula=self.formula,
                    codes=", ".join(missing),
                )
            )
        for other in known.values():
            if other.id in path:
                raise ValidationError(
                    self.env._("%s: the formula leads back to itself.", self.formula)
                )
            if other.provider == "formula":
                other._check_formula_tree((*path, other.id))

    def _formula_message(self, error):
        reasons = {
            "empty": self.env._("A formula is missing."),
            "long": self.env._("The formula is too long."),
            "large": self.env._("The formula is too large."),
            "letters": self.env._("A formula has plain letters, digits and signs only."),
            "syntax": self.env._("This is no formula."),
            "number": self.env._("A number in the formula is too large or no number."),
            "function": self.env._("Only min, max and round can be used."),
            "round": self.env._("round takes a value and at most 6 digits."),
            "arguments": self.env._("min and max take at least two values."),
        }
        reason = reasons.get(error.reason) or self.env._("This is not allowed in a formula.")
        return self.env._(
            "%(indicator)s: %(reason)s (%(part)s)",
            indicator=self.display_name,
            reason=reason,
            part=error.what,
        )

    # === CRUD METHODS === #

    #: what an indicator counts; fixed while a regulation in force scores by it
    _counting_fields = frozenset(
        {
            "code",
            "company_id",
            "unit",
            "direction",
            "provider",
            "min_count",
            "is_confidential",
            "basis",
            "tax",
            "customers",
            "compare",
            "months",
            "severity",
            "code_filter",
            "channel_filter",
            "interested",
            "formula",
        }
    )

    def write(self, vals):
        names = self._counting().intersection(vals)
        self.filtered(lambda one: one._would_change(names, vals))._check_not_in_force()
        return super().write(vals)

    @api.model
    def _counting(self):
        """Names of the fields that say what is counted."""
        return self._counting_fields

    def _would_change(self, names, vals):
        """Whether one of these fields would get another value; a form sends all of them."""
        return any(
            self._fields[name].convert_to_write(self[name], self) != (vals[name] or False)
            and (self[name] or vals[name])
            for name in names
        )

    def _check_not_in_force(self):
        """Raise UserError if a regulation in force scores by these: make another indicator."""
        if not self:
            return
        scored = (
            self.env["kpi.scheme.line"]
            .sudo()
            .search([("profile_id.state", "in", ("trial", "active"))])
            .indicator_id
        )
        if used := self & scored._with_parts():
            raise UserError(
                self.env._(
                    "A regulation in force scores by %s: make another indicator, and a new version"
                    " of the regulation that uses it.",
                    ", ".join(used.mapped("name")),
                )
            )

    def _with_parts(self):
        """These and all that their formulas rest on."""
        found = self
        todo = self
        while todo := todo.filtered(lambda one: one.provider == "formula"):
            parts = self.browse()
            for one in todo:
                parts = parts.union(*one._by_code(Formula(one.formula).names, one.company_id).values())
            todo = parts - found
            found |= parts
        return found

    def _is_personal(self):
        """Whether any of these rests on what people say of people."""
        providers = self.env["kpi.provider"]._providers()
        return any(
            one.provider in providers and providers[one.provider].personal
            for one in self.sudo()._with_parts()
        )

    # === BUSINESS METHODS === #

    @api.model
    def _by_code(self, codes, company):
        """``{code: indicator}``, those of the company before those of all."""
        found = self.sudo().search(
            [("code", "in", list(codes)), ("company_id", "in", [False, company.id])]
        )
        return {one.code: one for one in found.sorted(lambda one: bool(one.company_id))}

    def _codes(self):
        return [code.strip() for code in (self.code_filter or "").split(",") if code.strip()]

    def _compared_days(self, period):
        """``(first, last)`` of the period that a period is compared with."""
        self.ensure_one()
        if self.compare == "previous":
            before = period.first - relativedelta(days=1)
            months = (period.last.year - period.first.year) * 12
            months += period.last.month - period.first.month + 1
            whole = period.first.day == 1 and (period.last + relativedelta(days=1)).day == 1
            if whole:
                return period.first - relativedelta(months=months), before
            return before - (period.last - period.first), before
        after = period.last + relativedelta(days=1)
        return (
            period.first - relativedelta(years=1),
            after - relativedelta(years=1) - relativedelta(days=1),
        )

    def _facts(self, request):
        """What was counted: ``{indicator: Facts}``, at most one query for each indicator.

        Indicators that formulas rest on are counted once, whoever asks for them.
        """
        facts = {}
        request = request.asking(self.sudo())
        for indicator in self:
            indicator._count(request, facts)
        return facts

    def _count(self, request, facts):
        if self in facts:
            return facts[self]
        if self.provider == "formula":
            facts[self] = self._count_formula(request, facts)
        else:
            facts[self] = self.env["kpi.provider"]._facts(self, request)
        return facts[self]

    def _count_formula(self, request, facts):
        formula = Formula(self.formula)
        parts = {
            code: (indicator, indicator._count(request, facts))
            for code, indicator in self._by_code(formula.names, self.company_id).items()
        }
        figures = {}
        for user in request.user_ids:
            for period in request.periods:
                known = {
                    code: found.figures.get((user, period.key)) or indicator._nothing()
                    for code, (indicator, found) in parts.items()
                }
                value = formula.value(
                    {code: parts[code][0]._value_of(figure) for code, figure in known.items()}
                )
                if value is not None:
                    count = sum(figure.count for figure in known.values() if figure)
                    figures[user, period.key] = Figure(value, None, count)
        return Facts(figures)

    def _documents(self, request):
        """The documents behind a figure, where they may be named without telling the figure.

        :return: ``{user id: [(name, date, untaxed amount), ...]}``
        """
        self.ensure_one()
        if self.provider not in ("sales", "quantity", "profit") or self.basis == "collected":
            return {}
        return self.env["kpi.provider"].sudo()._sold_documents(self.sudo(), request)

    def _kind(self):
        return self.env["kpi.provider"]._kind_of(self.provider)

    def _nothing(self):
        """The figure of somebody for whom nothing was counted: zero of a sum, else none."""
        if self._kind() == "sum" and self.provider != "formula":
            return Figure.of(0)
        return None

    def _value_of(self, figure):
        """The value of a figure, exact; None: no data.

        A sum is its numerator; a share is in percent, a mean as it is.
        """
        self.ensure_one()
        if figure is None or figure.count < self.min_count:
            return None
        kind = self._kind()
        if kind == "sum":
            return figure.numerator
        if not figure.denominator:
            return None
        ratio = figure.numerator / figure.denominator
        return ratio * 100 if kind == "ratio" else ratio
