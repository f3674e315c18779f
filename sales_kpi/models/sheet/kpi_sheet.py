# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.sales_regulation.tools import engine

from ...tools import half_up, plain, to_number
from ..scheme.kpi_scheme import UNITS

_lt = LazyTranslate(__name__)

SENTENCES = {
    "no_score": _lt("No score: only %(weight)s %% of the weight has data."),
}


class KpiSheet(models.Model):
    """The score of a person or a unit in a cycle, with all that it is made of (C41, C42).

    Computed by the system, written by nobody. Seen by the person, by everybody up his reporting
    line and the leader of his team, by HR and by auditors; that of a unit by who leads it, by
    everybody above him, by directors, and by its people if the scheme says so.
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
    _unit_uniq = models.UniqueIndex(
        "(cycle_id, unit, COALESCE(department_id, 0), COALESCE(team_id, 0)) WHERE unit != 'person'",
        "A team or department has one sheet in a cycle.",
    )
    _whose = models.Constraint(
        "CHECK((unit = 'person') = (user_id IS NOT NULL)"
        " AND (unit = 'department') = (department_id IS NOT NULL)"
        " AND (unit != 'team' OR team_id IS NOT NULL))",
        "A sheet is of a person, a sales team or a department.",
    )
    _mine_idx = models.Index("(user_id, date_from)")

    cycle_id = fields.Many2one(
        comodel_name="kpi.cycle", required=True, readonly=True, ondelete="restrict", index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        readonly=True,
        ondelete="restrict",
        index=True,
        help="Empty: of a sales team or a department.",
    )
    unit = fields.Selection(
        selection=UNITS, string="Whose Score", default="person", required=True, readonly=True
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    whom = fields.Char(string="Name", compute="_compute_whom")
    responsible_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Who leads the team or department, when it was computed.",
    )
    members_see = fields.Boolean(readonly=True)
    member_ids = fields.One2many(
        comodel_name="kpi.sheet.member", inverse_name="sheet_id", string="People", readonly=True
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
        comodel_name="crm.team", string="Sales Team", readonly=True, ondelete="restrict", index=True
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

    @api.depends("unit", "user_id", "team_id", "department_id")
    def _compute_whom(self):
        for sheet in self.sudo():
            sheet.whom = {
                "person": sheet.user_id.name,
                "team": sheet.team_id.name,
                "department": sheet.department_id.name,
            }[sheet.unit or "person"]

    @api.depends("unit", "user_id", "team_id", "department_id", "cycle_id")
    def _compute_display_name(self):
        for sheet in self:
            sheet.display_name = f"{sheet.whom}, {sheet.cycle_id.sudo().display_name}"

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
            "mobile_view_mode": "kanban",
            "domain": [("sheet_id", "in", self.ids)],
        }

    # === COMPUTING === #

    @api.model
    def _compute_for(self, cycle):
        """Compute the sheets of a cycle anew: at most three queries count an indicator, however
        many people there are; the sheets are written a hundred at a time, as Odoo does."""
        people, unplaced = cycle._people()
        cycle._note_unplaced(unplaced)
        sheets = self._sheets_of(cycle, people)
        schemes = {
            scheme: [(line, line.indicator_id) for line in scheme.line_ids]
            for scheme in {one.scheme for one in people.values()}
        }
        indicators = {one for lines in schemes.values() for _line, one in lines}
        users = {one.user_id for one in people.values() if one.user_id}
        places = [place for one in people.values() for place in one.people.values()]
        request = cycle._request(
            sorted(users.union(*(one.people for one in people.values()))),
            {stretch for place in places for stretch in place.stretches},
        )
        facts = self.env["kpi.indicator"].union(*indicators)._facts(request)
        targets, teams = self._targets_of(cycle, people, request)
        Line = self.env["kpi.sheet.line"]
        texts = Line._texts(indicators)
        shared = {
            line.id: Line._shared_row(line, facts[indicator], request, texts)
            for lines in schemes.values()
            for line, indicator in lines
        }
        rows = []
        for key, person in people.items():
            judged = []
            for line, indicator in schemes[person.scheme]:
                figure, evidence = self._counted(indicator, person, facts, request)
                full, part, summed = targets.get((key, indicator.id), (None, None, False))
                judged.append((line._judge(figure, part), figure, evidence, full, summed))
            score, present, shares, how = person.scheme._score([one for one, *_rest in judged])
            sheet = sheets[key]
            team = teams.get(person.user_id) or person.team_id or False
            sheet.write(
                {
                    "team_id": team,
                    "scheme_id": person.scheme.id,
                    "score": float(half_up(score)) if score is not None else 0.0,
                    "has_score": score is not None,
                    "weight_present": float(half_up(present)),
                    "days": person.days,
                    "of_days": person.of_days,
                }
            )
            whose = {
                "sheet_id": sheet.id,
                "user_id": person.user_id or False,
                "team_id": team,
                "department_id": person.department_id or False,
            }
            rows += [
                whose
                | Line._prepare_row(
                    one, figure, shared[one.line.id], shares, texts,
                    evidence=evidence, full=full, summed=summed,
                )
                for one, figure, evidence, full, summed in judged
            ]
            texts.note(sheet, how)
        Line._insert_rows(rows, shared)
        texts.write_explanations(self)
        self._write_members(sheets, people)

    @api.model
    def _counted(self, indicator, person, facts, request):
        """What was counted for a person or a unit, and the domain of its records."""
        found = facts[indicator]
        if person.user_id:
            pairs = [(person.user_id, 0)]
            figure = found.figures.get(pairs[0])
        else:
            keys = {(period.first, period.last): period for period in request.periods}
            pairs = [
                (user, keys[stretch].key)
                for user, place in person.people.items()
                for stretch in place.stretches
            ]
            figure = indicator._total(pairs, facts)
            pairs = [pair for pair in pairs if pair in found.figures] or pairs[:1]
        if not found.model:
            return figure, []
        domains = [found.evidence(user, request.periods[key]) for user, key in pairs]
        return figure, domains[0] if len(domains) == 1 else list(Domain.OR(domains))

    @api.model
    def _targets_of(self, cycle, people, request):
        """What everybody is to reach, and in which team he is.

        :return: ``({(key, indicator id): (of the period, for the days that count, whether it is
            the sum of those of the people)}, {user id: team id})``
        """
        Target = self.env["kpi.target"]
        about = (cycle.company_id, cycle.frequency, cycle.date_from)
        of_people, teams = Target._of(*about, request.user_ids)
        units = [one for one in people.values() if not one.user_id]
        of_units = Target._of_units(*about, [one.key for one in units]) if units else {}
        found = {key: (full, full, False) for key, full in of_units.items()}
        by_user = {}
        for (user, indicator), full in of_people.items():
            by_user.setdefault(user, []).append((indicator, full))
        for key, person in people.items():
            if person.user_id:
                for indicator, full in by_user.get(person.user_id, ()):
                    found[key, indicator] = (full, self._part_of(full, person), False)
                continue
            sums = {}
            for user, place in person.people.items():
                for indicator, full in by_user.get(user, ()):
                    part = full
                    if place.days != person.of_days and person.of_days:
                        part = to_number(half_up(full * place.days / person.of_days))
                    sums[indicator] = sums.get(indicator, 0) + part
            for indicator, total in sums.items():
                found.setdefault((key, indicator), (total, total, True))
        return found, teams

    @api.model
    def _part_of(self, full, person):
        """The target for the working days on which somebody is covered, rounded to cents."""
        if not person.of_days or person.days == person.of_days:
            return full
        return to_number(half_up(full * person.days / person.of_days))

    def _key(self):
        """What the sheet is of, as ``kpi.cycle`` names it."""
        self.ensure_one()
        whose = {"person": self.user_id, "team": self.team_id, "department": self.department_id}
        return self.unit, whose[self.unit].id

    @api.model
    def _sheets_of(self, cycle, people):
        """``{key: the empty sheet}``; who is not scored any more has none.

        Once the line is kept, readers of the sheets that are there stay who they were.
        """
        sheets = engine(self.sudo())
        known = sheets.search([("cycle_id", "=", cycle.id)])
        known._clear_lines()
        gone = known.filtered(lambda sheet: sheet._key() not in people)
        staying = gone._with_evidence()
        staying.write({"score": 0.0, "has_score": False, "weight_present": 0.0})
        (gone - staying).unlink()
        known = known.exists()
        there = {sheet._key() for sheet in known}
        kept = there if cycle.line_at else set()
        known |= sheets.create(
            [
                {
                    "cycle_id": cycle.id,
                    "unit": one.unit,
                    "user_id": one.user_id or False,
                    "team_id": one.team_id or False,
                    "department_id": one.department_id or False,
                    "scheme_id": one.scheme.id,
                }
                for key, one in sorted(people.items())
                if key not in there
            ]
        )
        found = {sheet._key(): sheet for sheet in known}
        before = {sheet._key(): sheet for sheet in cycle.sudo().previous_id.sheet_ids}
        viewers = {}
        for key, one in people.items():
            if key in kept:
                continue
            told = None if key in there else before.get(key)
            viewers[found[key].id] = told.viewer_ids.ids if told else one.viewer_ids
            if not one.user_id:
                found[key].write(
                    {
                        "responsible_id": (
                            told.responsible_id.id if told else one.responsible_id or False
                        ),
                        "members_see": one.scheme.members_see,
                    }
                )
        self._set_viewers(viewers)
        return found

    @api.model
    def _write_members(self, sheets, people):
        """The people of units, in two statements for all."""
        units = {key: one for key, one in people.items() if not one.user_id}
        if not units:
            return
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM kpi_sheet_member WHERE sheet_id = ANY(%s)",
            [[sheets[key].id for key in units]],
        )
        self.env["kpi.sheet.member"]._insert_rows(
            [
                {
                    "sheet_id": sheets[key].id,
                    "company_id": sheets[key].company_id.id,
                    "user_id": user,
                    "days": place.days,
                    "is_scored": place.is_scored,
                }
                for key, one in units.items()
                for user, place in sorted(one.people.items())
            ]
        )

    def _people_scored(self):
        """``[(user, sheet), ...]``: whose score each of these sheets is.

        Of a person his own; of a unit that of everybody who is scored by it (C45).
        """
        return [
            (user, sheet)
            for sheet in self
            for user in (
                sheet.user_id
                or sheet.member_ids.filtered("is_scored").user_id.sorted("id")
            )
        ]

    def _with_evidence(self):
        """Those that stay without lines when the person is not scored any more."""
        return self.browse()

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
        self.sudo().line_ids._freeze_documents()
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
            # Sheets that were locked before the team was part of it are verified without it
            if sheet.team_id and (not sheet.digest or "team" in (sheet.snapshot or {})):
                contents[sheet.id]["team"] = sheet.team_id.id
            if sheet.unit != "person":
                contents[sheet.id] |= {
                    "unit": [*sheet._key(), sheet.responsible_id.id],
                    "people": sorted(
                        [member.user_id.id, member.days, member.is_scored]
                        for member in sheet.member_ids
                    ),
                }
        return contents
