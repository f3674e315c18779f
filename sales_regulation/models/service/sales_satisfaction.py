# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ...tools import SoftMany2one, engine


class SalesSatisfaction(models.Model):
    """What a customer said about our service, on a scale from 0 to 100 (C13).

    One row an answer, made by the system when the customer gives it, or by whoever heard it
    (with the source). The person rated is stored as of then. Survey campaigns add their
    answers through ``_note_answers``.
    """

    _name = "sales.satisfaction"
    _description = "Satisfaction"
    _inherit = ["regulation.sealed", "regulation.protected", "regulation.scored"]
    _order = "id desc"
    _rec_name = "partner_id"

    _append_only = True

    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person Rated",
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team", string="Sales Team", readonly=True, ondelete="set null"
    )
    source = fields.Selection(
        selection=[
            ("ticket", "After a ticket"),
            ("delivery", "After a delivery"),
            ("campaign", "Survey"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    channel = fields.Selection(
        selection=[
            ("portal", "The customer himself"),
            ("phone", "By phone"),
            ("visit", "At a visit"),
            ("letter", "By letter"),
            ("mail", "By mail"),
        ],
        readonly=True,
    )
    score = fields.Float(
        string="Satisfaction", readonly=True, digits=(5, 2), aggregator="avg", help="0 to 100."
    )
    satisfied = fields.Boolean(readonly=True)
    date = fields.Date(
        required=True, readonly=True, index=True, help="In the time zone of the company."
    )
    feedback = fields.Text(readonly=True)
    ticket_id = fields.Many2one(
        comodel_name="sales.ticket", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    notice_id = fields.Many2one(
        comodel_name="dispatch.notice",
        string="Delivery",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    recorded_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, help="Empty: the customer himself."
    )
    own_word = fields.Boolean(
        string="Recorded by the Person Rated",
        compute="_compute_own_word",
        store=True,
        help="Heard and written down by whom it is about: kept, but counted in no figure of his.",
    )
    rating_id = SoftMany2one(comodel_name="rating.rating", readonly=True)

    _score_idx = models.Index("(company_id, user_id, date)")

    @api.depends("user_id", "recorded_by_id")
    def _compute_own_word(self):
        for answer in self:
            answer.own_word = bool(answer.user_id) and answer.user_id == answer.recorded_by_id

    @api.model
    def _note(self, document, score, satisfied=None, feedback="", rating=None, channel="portal"):
        """The answer about a document: ``score`` from 0 to 100."""
        document = document.sudo()
        inside = self.env.user._is_internal()
        order = document.order_id
        return self._note_answers(
            [
                {
                    "company_id": document.company_id.id,
                    "partner_id": document._rating_customer().commercial_partner_id.id,
                    "user_id": document._rating_person().id,
                    "team_id": (
                        document.team_id if "team_id" in document._fields else order.team_id
                    ).id,
                    "source": document._rated_source,
                    "channel": channel,
                    "score": score,
                    "satisfied": score >= 80 if satisfied is None else satisfied,
                    "date": document.company_id._regulation_today(),
                    "feedback": str(feedback or "")[:4000] or False,
                    "recorded_by_id": self.env.uid if inside else False,
                    "rating_id": rating.id if rating else False,
                    **{
                        field: document.id
                        for model, field in (
                            ("sales.ticket", "ticket_id"),
                            ("dispatch.notice", "notice_id"),
                        )
                        if model == document._name
                    },
                }
            ]
        )

    @api.model
    def _note_answers(self, vals_list):
        """Answers that came in, from whatever source; for campaigns too."""
        answers = engine(self.sudo()).create(vals_list).with_env(self.sudo().env)
        # Where customers are asked at intervals, this one has answered (S0-46)
        self.env["regulation.duty"]._close(
            answers,
            "satisfaction",
            subject=lambda answer: answer.partner_id,
            user=lambda answer: answer.user_id,
            day=lambda answer: answer.date,
        )
        return answers

    @api.model
    def _summary(self, groupby, domain, companies):
        """``{key: (score or None, number of answers)}`` in one grouped query.

        None is "no data": fewer answers than the regulation of the company asks for.

        :param str groupby: ``user_id``, ``partner_id`` or ``team_id``
        :param domain: which answers, for instance of a period and of some sources
        """
        if groupby != "partner_id":
            # The subject of a figure does not write it
            domain = [*domain, ("own_word", "=", False)]
        groups = self.sudo()._read_group(
            [*domain, ("company_id", "in", companies.ids)],
            ["company_id", groupby],
            ["score:sum", "__count"],
        )
        fewest = self._fewest_answers(companies)
        found = {}
        for company, key, total, count in groups:
            before = found.get(key, (0.0, 0, 0))
            found[key] = (before[0] + total, before[1] + count, max(before[2], fewest[company.id]))
        return {
            key: (total / count if count >= least else None, count)
            for key, (total, count, least) in found.items()
        }

    @api.model
    def _fewest_answers(self, companies):
        """``{company id: fewest answers}`` by the regulation of the whole company."""
        none = self.env["res.users"]
        policies = (
            self.env["regulation.profile"]
            .sudo()
            ._resolve(
                {company.id: (company, none, self.env["crm.team"]) for company in companies.sudo()}
            )
        )
        return {
            company.id: policies[company.id].get("satisfaction_min_answers") or 1
            for company in companies
        }
