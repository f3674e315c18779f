# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

#: register events that say a step was taken, or tried, otherwise than the clause demands
DEVIATIONS = ("observed", "blocked", "released")

#: which register events feed which counter, for carriers that are no gate
EVENTS_BY_CODE = {
    "deadline_kept": "followed_count",
    "deadline_breached": "breached_count",
    "approved": "followed_count",
    "acknowledged": "followed_count",
    "self_decided": "warned_count",
    "returned": "blocked_count",
    "refused": "blocked_count",
    "voided": "blocked_count",
}
EVENTS_BY_GATE = {
    "observed": "warned_count",
    "blocked": "blocked_count",
    "released": "released_count",
}
_COUNTERS = ("followed_count", "warned_count", "blocked_count", "released_count", "breached_count")


class RegulationClause(models.Model):
    """The register of a regulation: each rule, in the company's words, and what carries it out.

    The counters are found when the page is opened. Only deviations are register rows:
    what was followed is counted from the documents that took the step without one.
    """

    _name = "regulation.clause"
    _description = "Regulation Clause"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, code, id"
    _rec_name = "code"
    _rec_names_search = ["code", "wording"]

    _code_uniq = models.Constraint(
        "UNIQUE(profile_id, code)", "A clause stands once in a regulation."
    )

    code = fields.Char(required=True, index=True)
    sequence = fields.Integer(default=10)
    chapter = fields.Char(translate=True, help="Part of the regulation it stands in (章節).")
    wording = fields.Text(required=True, translate=True)
    carrier = fields.Selection(
        selection=[
            ("gate", "Gate"),
            ("approval", "Approval"),
            ("deadline", "Deadline"),
            ("checklist", "Checklist"),
            ("indicator", "Indicator"),
            ("protection", "Protection"),
            ("document", "Document"),
            ("setting", "Setting"),
            ("attestation", "Attestation"),
            ("planned", "Not carried out yet"),
        ],
        string="Carried out by",
        default="planned",
        required=True,
        help="What makes sure that it is kept. An attestation is confirmed by a person,"
        " where no software can.",
    )
    gate_ids = fields.Many2many(comodel_name="regulation.gate", string="Gates")
    carrier_code = fields.Char(
        string="Technical Name",
        help="Codes of the approval kind, deadline or checklist that carries it out, comma"
        " separated.",
    )
    note = fields.Char(
        translate=True, help="Where it is found in the system, or why not all of it is."
    )
    own_default = fields.Boolean(
        string="Figure is a Default",
        help="The source gives no figure: the one in the profile is a default of the product.",
    )

    followed_count = fields.Integer(string="Followed", compute="_compute_counts", compute_sudo=True)
    warned_count = fields.Integer(string="Warned", compute="_compute_counts", compute_sudo=True)
    blocked_count = fields.Integer(string="Blocked", compute="_compute_counts", compute_sudo=True)
    released_count = fields.Integer(string="Released", compute="_compute_counts", compute_sudo=True)
    breached_count = fields.Integer(string="Breached", compute="_compute_counts", compute_sudo=True)

    is_deviating = fields.Boolean(
        string="With Deviations",
        compute="_compute_is_deviating",
        search="_search_is_deviating",
        compute_sudo=True,
        help="Warned, blocked, released or breached at least once.",
    )

    # === COMPUTE METHODS === #

    @api.depends("gate_ids", "carrier_code", "carrier")
    def _compute_counts(self):
        """The same number of queries for one clause and for the whole register."""
        for name in _COUNTERS:
            self[name] = 0
        by_gate = self._counts_by_gate()
        by_code = self._counts_by_code()
        for clause in self:
            for gate in clause.gate_ids:
                for name, count in by_gate.get((clause.profile_id.id, gate.code), {}).items():
                    clause[name] += count
            for code in clause._codes():
                for name, count in by_code.get((clause.profile_id.id, code), {}).items():
                    clause[name] += count

    @api.depends(*_COUNTERS)
    def _compute_is_deviating(self):
        for clause in self:
            clause.is_deviating = any(clause[name] for name in _COUNTERS[1:])

    def _search_is_deviating(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Shipped profiles are in force nowhere
        clauses = self.sudo().search([("profile_id.is_template", "=", False)])
        return [("id", "in" if True in value else "not in", clauses.filtered("is_deviating").ids)]

    # === CONSTRAINT METHODS === #

    @api.constrains("carrier", "gate_ids")
    def _check_carrier(self):
        for clause in self:
            if clause.carrier == "gate" and not clause.gate_ids:
                raise ValidationError(
                    self.env._("Name the gate that carries out clause %s.", clause.code)
                )
            if clause.carrier == "planned" and clause.gate_ids:
                raise ValidationError(
                    self.env._(
                        "Clause %s has a gate: it cannot be marked as not carried out yet.",
                        clause.code,
                    )
                )

    # === ACTION METHODS === #

    def action_open_deviations(self):
        """Open the register rows behind the counters of these clauses."""
        domain = Domain.OR(clause._register_domain() for clause in self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register"),
            "res_model": "regulation.register",
            "view_mode": "list,kanban,pivot,graph",
            "mobile_view_mode": "kanban",
            "domain": list(domain),
        }

    # === BUSINESS METHODS === #

    def _codes(self):
        return [code.strip() for code in (self.carrier_code or "").split(",") if code.strip()]

    def _register_domain(self):
        self.ensure_one()
        profile = Domain("profile_id", "=", self.profile_id.id)
        gates = profile & Domain("gate", "in", self.gate_ids.mapped("code"))
        codes = Domain("code", "in", self._codes()) & Domain("event", "in", list(EVENTS_BY_CODE))
        return gates | (codes & (profile | Domain("profile_id", "=", False)))

    def _counts_by_gate(self):
        """``{(profile id, gate code): {counter: number}}``."""
        gates = self.gate_ids
        counts = {}
        if not gates:
            return counts
        rows = self.env["regulation.register"]._read_group(
            [
                ("profile_id", "in", self.profile_id.ids),
                ("gate", "in", gates.mapped("code")),
                ("event", "in", DEVIATIONS),
            ],
            ["profile_id", "gate", "event"],
            ["__count"],
        )
        for profile, gate, event, count in rows:
            counts.setdefault((profile.id, gate), {})[EVENTS_BY_GATE[event]] = count
        for profile in self.profile_id.filtered("date_from"):
            for gate, count in self._clause_steps_taken(profile, gates).items():
                counts.setdefault((profile.id, gate), {})["followed_count"] = count
        return counts

    def _counts_by_code(self):
        """``{(profile id, technical name): {counter: number}}``."""
        codes = {code for clause in self for code in clause._codes()}
        counts = {}
        if not codes:
            return counts
        rows = self.env["regulation.register"]._read_group(
            [
                ("profile_id", "in", self.profile_id.ids),
                ("code", "in", list(codes)),
                ("event", "in", list(EVENTS_BY_CODE)),
            ],
            ["profile_id", "code", "event"],
            ["__count"],
        )
        for profile, code, event, count in rows:
            row = counts.setdefault((profile.id, code), {})
            name = EVENTS_BY_CODE[event]
            row[name] = row.get(name, 0) + count
        return counts

    @api.model
    def _steps_taken(self):
        """How to find the documents that took a step: ``{(model, stage): (domain, date field)}``.

        Extended by whoever adds a gate point.
        """
        notice = Domain("state", "not in", ("draft", "cancelled"))
        return {
            ("dispatch.notice", "submit"): (notice, "create_date"),
            ("dispatch.notice", "issue"): (
                notice & Domain("state", "not in", ("submitted", "checked")),
                "create_date",
            ),
            ("sale.order", "confirm"): (Domain("state", "=", "sale"), "date_order"),
            ("sale.order", "send"): (Domain("state", "in", ("sent", "sale")), "date_order"),
            ("stock.picking", "ship"): (
                Domain("state", "=", "done")
                & Domain("location_dest_id.usage", "=", "customer")
                & Domain("location_id.usage", "!=", "customer"),
                "date_done",
            ),
        }

    @api.model
    def _clause_steps_taken(self, profile, gates):
        """How many documents took the steps of ``gates`` under ``profile`` without deviating.

        :return: ``{gate code: number}``; one query per guarded step
        """
        sources = self._steps_taken()
        counts = {}
        for point in gates.point_ids:
            if (point.model, point.stage) not in sources:
                continue
            deviating = self.env["regulation.register"]._search(
                [
                    ("profile_id", "=", profile.id),
                    ("gate", "=", point.gate_id.code),
                    ("res_model", "=", point.model),
                    ("event", "in", DEVIATIONS),
                ]
            )
            domain, date_field = sources[point.model, point.stage]
            domain &= Domain("id", "not in", deviating.subselect("res_id"))
            count = self.env[point.model].search_count(
                domain & profile._reach_domain(self.env[point.model], date_field)
            )
            counts[point.gate_id.code] = counts.get(point.gate_id.code, 0) + count
        return counts
