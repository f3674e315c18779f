# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import LazyTranslate

from odoo.addons.sales_regulation.tools import engine

from ...tools import half_up, plain, to_number

_lt = LazyTranslate(__name__)

SENTENCES = {
    "no_score": _lt("No score: only %(weight)s %% of the weight has data."),
}


class KpiSheet(models.Model):
    """The score of one person in a cycle, with all that it is made of (C41, C42).

    Computed by the system, written by nobody. Seen by the person, by everybody up his reporting
    line and the leader of his team, by HR and by auditors.
    """

    _name = "kpi.sheet"
    _description = "Score Sheet"
    _inherit = ["regulation.sealed", "regulation.protected", "kpi.bulk"]
    _order = "date_from desc, score desc, user_id, id"
    _rec_name = "user_id"

    _append_only = True

    _user_uniq = models.Constraint(
        "UNIQUE(cycle_id, user_id)", "A person has one sheet in a cycle."
    )
    _mine_idx = models.Index("(user_id, date_from)")

    cycle_id = fields.Many2one(
        comodel_name="kpi.cycle", required=True, readonly=True, ondelete="restrict", index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(related="cycle_id.company_id", store=True, index=True)
    frequency = fields.Selection(related="cycle_id.frequency", store=True)
    date_from = fields.Date(related="cycle_id.date_from", store=True, index=True)
    date_to = fields.Date(related="cycle_id.date_to", store=True)
    state = fields.Selection(related="cycle_id.state", store=True)
    revision = fields.Integer(related="cycle_id.revision", store=True, aggregator=None)
    is_latest = fields.Boolean(related="cycle_id.is_latest", store=True)
    computed_at = fields.Datetime(related="cycle_id.computed_at")
    currency_id = fields.Many2one(related="company_id.currency_id")
    team_id = fields.Many2one(
        comodel_name="crm.team", string="Sales Team", readonly=True, ondelete="set null", index=True
    )
    viewer_ids = fields.Many2many(
        comodel_name="res.users",
        relation="kpi_sheet_viewer_rel",
        string="Superiors",
        readonly=True,
        help="Who may see the sheet beside the person: the reporting line when it was computed.",
    )
    scheme_id = fields.Many2one(
        comodel_name="kpi.scheme", required=True, readonly=True, ondelete="restrict", index=True
    )
    profile_id = fields.Many2one(related="scheme_id.profile_id")
    score = fields.Float(
        digits=(16, 2), readonly=True, aggregator="avg", help="Rounded half up to two decimals."
    )
    has_score = fields.Boolean(
        string="Scored", readonly=True, help="Not, if too little of the weight has data."
    )
    weight_present = fields.Float(
        string="Weight with Data (%)", digits=(16, 2), readonly=True, aggregator="avg"
    )
    explanation = fields.Char(translate=True, readonly=True, help="How the score comes about.")
    days = fields.Integer(
        string="Days", readonly=True, help="Working days of the period on which he was covered."
    )
    of_days = fields.Integer(string="Working Days", readonly=True)
    line_ids = fields.One2many(
        comodel_name="kpi.sheet.line", inverse_name="sheet_id", string="Lines", readonly=True
    )
    digest = fields.Char(readonly=True, help="Fingerprint of the sheet as it was locked.")
    snapshot = fields.Json(
        readonly=True, groups="base.group_system", help="The sheet as it was locked."
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id", "cycle_id")
    def _compute_display_name(self):
        for sheet in self:
            sheet.display_name = f"{sheet.user_id.sudo().name}, {sheet.cycle_id.sudo().display_name}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        sheets = super().create(vals_list)
        sheets._check_unlocked()
        return sheets

    def write(self, vals):
        self._check_unlocked()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self._check_unlocked()

    def _check_unlocked(self):
        """Raise AccessError for a locked revision: not even the system writes it."""
        if any(cycle.state == "locked" for cycle in self.sudo().cycle_id):
            raise AccessError(self.env._("Locked scores are not changed by anybody: reopen them."))

    # === ACTION METHODS === #

    def action_open_lines(self):
        """The lines of the sheet, to group and compare."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Lines"),
            "res_model": "kpi.sheet.line",
            "view_mode": "list,kanban,pivot,graph,form",
            "domain": [("sheet_id", "in", self.ids)],
        }

    # === COMPUTING === #

    @api.model
    def _compute_for(self, cycle):
        """Compute the sheets of a cycle anew, in a number of queries that does not depend on
        how many people there are: at most three for each indicator."""
        people = cycle._people()
        sheets = self._sheets_of(cycle, people)
        indicators = {
            line.indicator_id for person in people.values() for line in person.scheme.line_ids
        }
        request = cycle._request(people)
        facts = self.env["kpi.indicator"].union(*indicators)._facts(request)
        targets, teams = self.env["kpi.target"]._of(
            cycle.company_id, cycle.frequency, cycle.date_from, people
        )
        Line = self.env["kpi.sheet.line"]
        texts = Line._texts(indicators)
        lines = []
        for user, person in people.items():
            judged = []
            for line in person.scheme.line_ids:
                found = facts[line.indicator_id]
                full = targets.get((user, line.indicator_id.id))
                part = None if full is None else self._part_of(full, person)
                figure = found.figures.get((user, 0))
                judged.append((line._judge(figure, part), figure, found, full))
            results = [one for one, _figure, _found, _full in judged]
            score, present, shares, how = person.scheme._score(results)
            sheet = sheets[user]
            sheet.write(
                {
                    "team_id": teams.get(user) or person.team_id or False,
                    "scheme_id": person.scheme.id,
                    "score": float(half_up(score)) if score is not None else 0.0,
                    "has_score": score is not None,
                    "weight_present": float(half_up(present)),
                    "days": person.days,
                    "of_days": person.of_days,
                }
            )
            lines += [
                Line._prepare_row(sheet, one, figure, found, full, shares, request, texts)
                for one, figure, found, full in judged
            ]
            texts.note(sheet, how)
        Line._insert_rows(lines)
        texts.write_explanations(self)

    @api.model
    def _part_of(self, full, person):
        """The target for the working days on which somebody is covered, rounded to cents."""
        if not person.of_days or person.days == person.of_days:
            return full
        return to_number(half_up(full * person.days / person.of_days))

    @api.model
    def _sheets_of(self, cycle, people):
        """``{user id: his empty sheet}``; who is not scored any more has none."""
        sheets = engine(self.sudo())
        known = sheets.search([("cycle_id", "=", cycle.id)])
        known._clear_lines()
        known.filtered(lambda sheet: sheet.user_id.id not in people).unlink()
        known = known.exists()
        missing = people.keys() - set(known.user_id.ids)
        known |= sheets.create(
            [
                {
                    "cycle_id": cycle.id,
                    "user_id": user,
                    "scheme_id": people[user].scheme.id,
                }
                for user in sorted(missing)
            ]
        )
        found = {sheet.user_id.id: sheet for sheet in known}
        self._set_viewers({found[user].id: person.viewer_ids for user, person in people.items()})
        return found

    def _clear_lines(self):
        """Drop all lines in one statement; they are computed anew."""
        self._check_unlocked()
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM kpi_sheet_line WHERE sheet_id = ANY(%s)", [self.ids])
        self.env.invalidate_all(flush=False)

    @api.model
    def _set_viewers(self, viewers):
        """``{sheet id: user ids}``, for all sheets in two statements."""
        if not viewers:
            return
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM kpi_sheet_viewer_rel WHERE kpi_sheet_id = ANY(%s)", [list(viewers)]
        )
        pairs = [(sheet, user) for sheet, users in viewers.items() for user in users]
        self.env.cr.execute(
            "INSERT INTO kpi_sheet_viewer_rel (kpi_sheet_id, res_users_id)"
            " SELECT * FROM unnest(%s::int[], %s::int[])",
            [[sheet for sheet, _user in pairs], [user for _sheet, user in pairs]],
        )
        self.invalidate_model(["viewer_ids"])

    # === LOCKING === #

    def _freeze(self):
        """Keep what the sheets say now, with its fingerprint.

        :return: the fingerprints
        """
        contents = self._contents()
        digests = self.env["regulation.fingerprint"]._digests(contents)
        for sheet in self:
            sheet.write({"snapshot": contents[sheet.id], "digest": digests[sheet.id]})
        return list(digests.values())

    def _contents(self):
        """What a sheet says, as plain values: ``{id: content}``."""
        contents = {}
        for sheet in self.sudo():
            contents[sheet.id] = {
                "cycle": sheet.cycle_id.id,
                "revision": sheet.revision,
                "user": sheet.user_id.id,
                "scheme": sheet.scheme_id.id,
                "profile": sheet.scheme_id.profile_id.id,
                "period": [str(sheet.date_from), str(sheet.date_to)],
                "days": [sheet.days, sheet.of_days],
                "score": plain(sheet.score, 2) if sheet.has_score else None,
                "weight": plain(sheet.weight_present, 2),
                "lines": [line._content() for line in sheet.line_ids.sorted("sequence")],
            }
        return contents
