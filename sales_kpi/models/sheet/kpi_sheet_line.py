# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from ast import literal_eval
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, LazyTranslate, format_date

from odoo.addons.sales_regulation.tools import engine

from ...tools import half_up, plain, to_number, with_unit
from .kpi_sheet import SENTENCES

_lt = LazyTranslate(__name__)
#: so many documents are listed behind a figure, the others are counted
_MOST_DOCUMENTS = 500

#: how a line explains itself; the values are numbers as people write them
SENTENCES = {
    **SENTENCES,
    "reached": _lt("%(attained)s %% of target: no deduction"),
    "below_full": _lt("%(attained)s %% of target: %(units)s full %% x %(rate)s = %(taken)s"),
    "below_started": _lt(
        "%(attained)s %% of target: %(units)s started %% x %(rate)s = %(taken)s"
    ),
    "below_pro_rata": _lt("%(attained)s %% of target: %(units)s %% x %(rate)s = %(taken)s"),
    "below_step": _lt(
        "%(attained)s %% of target: %(units)s steps of %(step)s %% x %(rate)s = %(taken)s"
    ),
    "below_limit": _lt(
        "%(attained)s %% of target: %(units)s x %(rate)s, at most %(points)s = %(taken)s"
    ),
    "events": _lt("%(events)s x %(rate)s = %(taken)s"),
    "events_table": _lt("%(events)s, of which %(free)s free, by the table = %(taken)s"),
    "attainment": _lt("%(attained)s %% of target: %(points)s x weight %(weight)s %% = %(result)s"),
    "as_is": _lt("%(points)s x weight %(weight)s %% = %(result)s"),
    "bands": _lt(
        "%(attained)s %% reach the band of %(points)s points x weight %(weight)s %% = %(result)s"
    ),
    "shown": _lt("%(attained)s %% of target, for information"),
    "shown_plain": _lt("For information"),
    "no_data_weight": _lt("No data: the weight of %(weight)s %% goes to the others"),
    "no_data_rule": _lt("No data: nothing is taken"),
    "no_data_shown": _lt("No data"),
    "no_target_shown": _lt("No target"),
    "no_target_weight": _lt("No target: the weight of %(weight)s %% goes to the others"),
    "no_target_rule": _lt("No target: the rule does not apply"),
}


class Texts:
    """Sentences in all languages that are installed, and the names of indicators."""

    def __init__(self, languages, names):
        self.languages = languages
        self.names = names
        self._forms = {}
        self._explanations = {}

    def sentence(self, how):
        """``{language: sentence}`` of a key and its values."""
        key, values = how
        if key == "sum":  # an arithmetic reads the same everywhere
            return dict.fromkeys(self.languages, values["text"])
        return {language: self._form(key, language) % values for language in self.languages}

    def _form(self, key, language):
        if (key, language) not in self._forms:
            # The form itself is translated, its values come later
            self._forms[key, language] = SENTENCES[key]._translate(language)
        return self._forms[key, language]

    def note(self, sheet, how):
        self._explanations[sheet.id] = self.sentence(how)

    def write_explanations(self, sheets):
        """Of all sheets in one statement."""
        if not self._explanations:
            return
        sheets.env.flush_all()
        sheets.env.cr.execute(
            SQL(
                """
                UPDATE kpi_sheet sheet SET explanation = said.value
                  FROM jsonb_each(%s::jsonb) said WHERE sheet.id = said.key::int
                """,
                json.dumps(self._explanations),
            )
        )
        sheets.env.invalidate_all(flush=False)


class KpiSheetLine(models.Model):
    """One indicator on a score sheet: what went in, what came of it, and why (C41, C42)."""

    _name = "kpi.sheet.line"
    _description = "Line of a Score Sheet"
    _inherit = ["kpi.sheet.part"]
    _order = "sheet_id, sequence, id"

    scheme_line_id = fields.Many2one(
        comodel_name="kpi.scheme.line", readonly=True, ondelete="restrict", index=True
    )
    indicator_id = fields.Many2one(
        comodel_name="kpi.indicator", required=True, readonly=True, ondelete="restrict", index=True
    )
    team_id = fields.Many2one(related="sheet_id.team_id", store=True)
    department_id = fields.Many2one(related="sheet_id.department_id", store=True)
    date_from = fields.Date(related="sheet_id.date_from", store=True)
    is_latest = fields.Boolean(related="sheet_id.is_latest", store=True)
    frequency = fields.Selection(related="sheet_id.frequency", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Indicator Name", translate=True, readonly=True)
    definition = fields.Text(translate=True, readonly=True, help="As it was when computed.")
    unit = fields.Selection(
        selection=[
            ("money", "Company currency"),
            ("number", "Plain number"),
            ("percent", "Percent"),
            ("points", "Points (0 to 100)"),
        ],
        readonly=True,
    )
    rule = fields.Selection(
        selection=[
            ("attainment", "Attained percent by weight"),
            ("bands", "Table of bands by weight"),
            ("below", "Deduction for what is below target"),
            ("events", "Deduction for each event"),
            ("shown", "Shown only"),
        ],
        readonly=True,
    )
    status = fields.Selection(
        selection=[
            ("ok", "Counted"),
            ("shown", "Shown only"),
            ("no_data", "No data"),
            ("no_target", "No target"),
        ],
        readonly=True,
    )
    is_confidential = fields.Boolean(readonly=True)
    weight = fields.Float(digits=(16, 2), readonly=True, aggregator=None)
    weight_counted = fields.Float(
        string="Weight that counts",
        digits=(16, 2),
        readonly=True,
        aggregator=None,
        help="With its share of the weights that have no data.",
    )
    count = fields.Integer(string="Records", readonly=True)
    numerator = fields.Float(digits=(16, 2), readonly=True)
    denominator = fields.Float(digits=(16, 2), readonly=True)
    actual = fields.Float(
        digits=(16, 2), readonly=True, help="Empty for figures made of cost; see Result."
    )
    target = fields.Float(
        digits=(16, 2), readonly=True, help="For the days on which the person was covered."
    )
    target_full = fields.Float(string="Target of the Period", digits=(16, 2), readonly=True)
    target_summed = fields.Boolean(
        string="Target of its People",
        readonly=True,
        help="The unit has no target of its own: it is the sum of those of its people, each for"
        " his days.",
    )
    attained = fields.Float(
        string="Attained (%)", digits=(16, 2), readonly=True, aggregator="avg"
    )
    below = fields.Float(string="Below (%)", digits=(16, 2), readonly=True, aggregator="avg")
    units = fields.Float(string="Steps", digits=(16, 2), readonly=True)
    deduction = fields.Float(digits=(16, 2), readonly=True, help="Points taken.")
    points = fields.Float(
        digits=(16, 2), readonly=True, aggregator="avg", help="Points from 0 to 100 by weight."
    )
    explanation = fields.Char(translate=True, readonly=True)
    evidence_model = fields.Char(readonly=True)
    evidence_domain = fields.Char(readonly=True)
    documents = fields.Json(
        string="Documents as Locked",
        readonly=True,
        groups="base.group_system",
        help="What stands behind a confidential figure, as it was locked: name, date and untaxed"
        " amount of each document, and how many more there are.",
    )
    documents_html = fields.Html(
        string="Documents",
        compute="_compute_documents_html",
        help="Untaxed, in company currency. For the person himself, who does not see what the"
        " figure is made of.",
    )
    secret = fields.Json(
        readonly=True,
        groups="sales_kpi.group_kpi_cost",
        help="Figures of a confidential indicator.",
    )
    actual_text = fields.Char(string="Result", compute="_compute_texts")
    target_text = fields.Char(string="To be Reached", compute="_compute_texts")

    # === COMPUTE METHODS === #

    @api.depends("actual", "target", "status")
    @api.depends_context("uid", "lang")
    def _compute_texts(self):
        """Figures with their unit; those of a confidential indicator for whom they are meant."""
        allowed = self.env.su or self.env.user.has_group("sales_kpi.group_kpi_cost")
        for line in self:
            actual, target = line.actual, line.target
            if line.is_confidential:
                secret = (line.sudo().secret or {}) if allowed else {}
                actual = float(secret.get("actual") or 0.0)
                target = float(secret.get("target") or 0.0)
            hidden = line.is_confidential and not allowed
            line.actual_text = (
                "•••"
                if hidden
                else ("-" if line.status == "no_data" else line._with_unit(actual))
            )
            line.target_text = (
                "•••" if hidden else (line._with_unit(target) if target else "-")
            )

    def _with_unit(self, value):
        return with_unit(value, self.unit, self.currency_id)

    @api.depends("documents")
    @api.depends_context("uid", "lang")
    def _compute_documents_html(self):
        self.documents_html = False
        mine = self.filtered(lambda line: line.is_confidential and line.user_id == self.env.user)
        live = mine.sudo().filtered(lambda line: not line.documents)._documents()
        for line in mine:
            line.documents_html = self.env["ir.qweb"]._render(
                "sales_kpi.kpi_sheet_line_documents",
                {
                    "documents": line.sudo().documents or live[line.id],
                    "money": line.currency_id.format,
                    "date": lambda day: format_date(self.env, day),
                },
            )

    @api.depends("name", "sheet_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.name or line.indicator_id.sudo().name

    # === ACTION METHODS === #

    def action_open_evidence(self):
        """Open the records that were counted, as far as the reader may see them.

        Of a confidential figure the person himself reads a list of its documents instead.
        """
        self.ensure_one()
        self.check_access("read")
        if self.is_confidential and not self.env.user.has_group("sales_kpi.group_kpi_cost"):
            if self.user_id == self.env.user:
                return {
                    "type": "ir.actions.act_window",
                    "name": self.display_name,
                    "res_model": self._name,
                    "res_id": self.id,
                    "views": [(self.env.ref("sales_kpi.kpi_sheet_line_view_documents").id, "form")],
                    "target": "new",
                }
            raise AccessError(
                self.env._("The records behind this figure are shown to those who may see cost.")
            )
        if not self.evidence_model or self.evidence_model not in self.env:
            raise UserError(self.env._("No single records stand behind this figure."))
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self.evidence_model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": literal_eval(self.evidence_domain or "[]"),
            "context": {"create": False, "edit": False, "active_test": False},
        }

    # === DOCUMENTS === #

    def _documents(self):
        """``{id: what is kept as documents}``: one query for each indicator of a cycle."""
        found = {}
        by_indicator = self.grouped(lambda line: (line.sheet_id.cycle_id, line.indicator_id))
        for (cycle, indicator), lines in by_indicator.items():
            documents = indicator._documents(cycle._request(lines.user_id.ids))
            digits = cycle.company_id.currency_id.decimal_places
            for line in lines:
                rows = documents.get(line.user_id.id, [])
                found[line.id] = {
                    "rows": [
                        [name, str(day), float(half_up(amount, digits))]
                        for name, day, amount in rows[:_MOST_DOCUMENTS]
                    ],
                    "more": max(len(rows) - _MOST_DOCUMENTS, 0),
                }
        return found

    def _freeze_documents(self):
        """Keep what stands behind the confidential figures of people. Before the lock."""
        lines = self.filtered(lambda line: line.is_confidential and line.user_id)
        for line_id, documents in lines._documents().items():
            engine(self.browse(line_id)).write({"documents": documents})

    # === COMPUTING === #

    @api.model
    def _texts(self, indicators):
        """What the sentences of all lines need, read once."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        self.env["kpi.indicator"].flush_model(["name", "definition"])
        names = {
            indicator: (name, definition)
            for indicator, name, definition in self.env.execute_query(
                SQL(
                    "SELECT id, name, definition FROM kpi_indicator WHERE id IN %s",
                    tuple(one.id for one in indicators) or (0,),
                )
            )
        }
        return Texts(languages, names)

    @api.model
    def _shared_row(self, line, found, request, texts):
        """What a line of a scheme says on the sheets of everybody.

        :param Facts found: what its indicator counted
        """
        indicator = line.indicator_id
        name, definition = texts.names[indicator.id]
        return {
            "scheme_line_id": line.id,
            "indicator_id": indicator.id,
            "company_id": request.company.id,
            "date_from": request.periods[0].first,
            "is_latest": True,
            "frequency": line.scheme_id.frequency,
            "sequence": line.sequence,
            "name": name,
            "definition": definition,
            "unit": indicator.unit,
            "rule": line.rule,
            "is_confidential": indicator.is_confidential,
            "weight": line.weight,
            "evidence_model": found.model,
        }

    @api.model
    def _prepare_row(self, judged, figure, shared, shares, texts, *, evidence, full, summed):
        """What is on the sheet of one person or unit, beside ``shared``: see ``_shared_row``."""
        line = judged.line
        taken = shared["rule"] in ("below", "events")
        planned = line.target_source == "plan"
        share = shares.get(line, Fraction(0))
        key, values = judged.how
        if judged.points is not None and not taken:
            weight = share or to_number(shared["weight"])
            values = {
                **values,
                "weight": plain(weight),
                "result": plain(weight * judged.points / 100, 1),
            }
        open_figures = {
            "numerator": figure.numerator if figure else None,
            "denominator": figure.denominator if figure else None,
            "actual": judged.actual,
            "target": judged.target,
            "target_full": full if planned else judged.target,
        }
        secret = None
        if shared["is_confidential"]:
            secret = {
                name: plain(value, digits=6) if value is not None else None
                for name, value in open_figures.items()
            }
            open_figures = dict.fromkeys(open_figures)
        return {
            "shared": line.id,
            "status": judged.status,
            "weight_counted": share,
            "count": figure.count if figure else 0,
            **open_figures,
            "target_summed": summed and planned,
            "attained": judged.attained,
            "below": judged.below,
            "units": judged.units,
            "deduction": judged.points if taken else None,
            "points": None if taken else judged.points,
            "explanation": texts.sentence((key, values)),
            "evidence_domain": _domain_text(evidence),
            "secret": secret,
        }

    def _content(self):
        """What the line says, for the fingerprint."""
        self.ensure_one()
        numbers = (
            *("weight", "weight_counted", "numerator", "denominator", "actual", "target"),
            *("target_full", "attained", "below", "units", "deduction", "points"),
        )
        return {
            "indicator": self.indicator_id.id,
            "scheme_line": self.scheme_line_id.id,
            "rule": self.rule,
            "status": self.status,
            "count": self.count,
            **{name: plain(self[name], 2) for name in numbers},
            "secret": self.secret,
            # Of figures that were locked before there was a list there is none
            **({"documents": self.documents} if self.documents else {}),
            "definition": self.with_context(lang=None).definition,
            "explanation": self.with_context(lang=None).explanation,
            "evidence": [self.evidence_model or "", self.evidence_domain or ""],
        }


def _domain_text(domain):
    """A domain as it is kept: dates as texts, so that it can be read again without executing."""
    return repr([_plain_leaf(leaf) for leaf in domain])


def _plain_leaf(leaf):
    if not isinstance(leaf, (list, tuple)):
        return leaf
    name, operator, value = leaf
    return (name, operator, _plain_value(value))


def _plain_value(value):
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, date):
        return _text_of(value)
    if hasattr(value, "__iter__"):
        return [_plain_value(item) for item in value]
    return value


@lru_cache(maxsize=256)
def _text_of(day):
    """Everybody's evidence has the same few days."""
    if isinstance(day, datetime):
        return fields.Datetime.to_string(day)
    return fields.Date.to_string(day)
