# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import secrets

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import consteq, format_date

from odoo.addons.sales_regulation.tools import engine, is_engine

from ...tools import half_up, plain, to_number
from .kpi_rater_group import ANONYMOUS, KINDS


class KpiRatingRequest(models.Model):
    """Somebody is asked to rate somebody: who, whom, until when, and whether he has (C44).

    What a superior, the person himself or human resources say is signed and stands here; what
    anonymous raters say does not, see ``kpi.rating.answer``. Of them only the day is known.
    """

    _name = "kpi.rating.request"
    _description = "Rating asked for"
    _inherit = ["regulation.sealed"]
    _log_access = False
    _order = "state desc, due_on, id"
    _rec_name = "user_id"

    _sealed_fields = frozenset(
        {
            *("state", "answered_on", "value", "marks", "comment", "token_digest"),
            *("asked_on", "due_on", "company_id"),
        }
    )

    _once_uniq = models.UniqueIndex(
        "(cycle_id, user_id, kind, COALESCE(rater_id, 0), COALESCE(partner_id, 0))",
        "This rater was asked about the person already.",
    )
    _who = models.Constraint(
        "CHECK((rater_id IS NULL) != (partner_id IS NULL))",
        "A rater is a colleague or a customer.",
    )

    cycle_id = fields.Many2one(
        comodel_name="kpi.cycle", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="cycle_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="About", required=True, ondelete="restrict", index=True
    )
    kind = fields.Selection(selection=KINDS, string="As", required=True)
    rater_id = fields.Many2one(
        comodel_name="res.users", string="Rater", ondelete="restrict", index="btree_not_null"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", ondelete="restrict", index="btree_not_null"
    )
    asked_on = fields.Date(readonly=True)
    due_on = fields.Date(string="Until", readonly=True)
    state = fields.Selection(
        selection=[("open", "To Rate"), ("done", "Rated"), ("expired", "Not rated in time")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    answered_on = fields.Date(string="Rated on", readonly=True)
    is_anonymous = fields.Boolean(
        string="Anonymous",
        compute="_compute_is_anonymous",
        help="Nobody learns what you said: it is kept without your name and without time.",
    )
    value = fields.Float(
        string="Rating", digits=(5, 2), readonly=True, help="0 to 100. Not of anonymous raters."
    )
    marks = fields.Json(readonly=True, help="By criterion. Not of anonymous raters.")
    marks_text = fields.Char(string="By Criterion", compute="_compute_marks_text")
    comment = fields.Text(readonly=True)
    token_digest = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Of the link that the customer got: who reads it here cannot answer for him.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind")
    def _compute_is_anonymous(self):
        for one in self:
            one.is_anonymous = one.kind in ANONYMOUS

    @api.depends("marks")
    @api.depends_context("lang")
    def _compute_marks_text(self):
        ids = {int(key) for one in self for key in one.marks or ()}
        criteria = self.env["kpi.rater.criterion"].sudo().browse(sorted(ids)).exists()
        criteria = criteria.sorted("sequence")
        for one in self:
            marks = one.marks or {}
            one.marks_text = ", ".join(
                f"{criterion.name} {plain(marks[str(criterion.id)])}"
                for criterion in criteria
                if str(criterion.id) in marks
            )

    @api.depends("user_id", "kind")
    def _compute_display_name(self):
        for one in self:
            one.display_name = one.user_id.sudo().name or ""

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        asked = super().create(vals_list)
        if not is_engine(self.env):
            asked.cycle_id._check_manager()
        asked._check_fit()
        tokens, due, made = {}, {}, engine(asked.sudo())
        for cycle, undated in made.filtered(lambda one: not one.due_on).grouped("cycle_id").items():
            due |= cycle._rating_dues(undated)
        for one in made:
            if one.partner_id:
                tokens[one.id] = secrets.token_urlsafe(24)
            one.write(
                {
                    "asked_on": one.company_id._regulation_today(),
                    "due_on": one.due_on or due[one.id],
                    "token_digest": _digest(tokens[one.id]) if one.partner_id else False,
                }
            )
        asked.sudo()._invite_customers(tokens)
        return asked

    def write(self, vals):
        if not is_engine(self.env):
            raise AccessError(
                self.env._("Whom somebody is asked about stays: withdraw it and ask somebody else.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        if is_engine(self.env):
            return
        self.cycle_id._check_manager()
        if any(one.state != "open" for one in self):
            raise UserError(self.env._("A rating that was given, or is over, is kept."))

    def _check_fit(self):
        """Raise UserError if a rater does not fit, or the ratings are not open.

        Who stands where is asked once for all requests of a cycle.
        """
        for cycle, asked in self.sudo().grouped("cycle_id").items():
            if cycle.state != "rating":
                raise UserError(
                    self.env._("%s: raters are asked while ratings are open.", cycle.display_name)
                )
            below, above = (
                asked.filtered(lambda one, kind=kind: one.kind == kind).user_id.ids
                for kind in ("superior", "upward")
            )
            superiors = cycle._nearest_superiors(below) if below else {}
            reports = cycle._reports(above) if above else {}
            sheets = {sheet.user_id: sheet for sheet in cycle.sheet_ids if sheet.user_id}
            for one in asked:
                one._check_rater(
                    sheets.get(one.user_id),
                    superiors.get(one.user_id.id, ()),
                    reports.get(one.user_id.id, ()),
                )

    def _check_rater(self, sheet, above, below):
        """Raise UserError if the rater does not fit to the person.

        :param sheet: of the person, if he is scored
        :param above: ids of his nearest superiors
        :param below: ids of those who report to him
        """
        if not sheet:
            raise UserError(self.env._("%s is not scored in this period.", self.user_id.name))
        if (self.kind == "customer") != bool(self.partner_id):
            raise UserError(self.env._("Customers rate as customers, colleagues do not."))
        if self.partner_id and not self.partner_id.email:
            raise UserError(
                self.env._("%s has no e-mail address to send the link to.", self.partner_id.name)
            )
        if self.rater_id and (self.kind == "self") != (self.rater_id == self.user_id):
            raise UserError(self.env._("Only the person himself rates himself."))
        if self.kind == "superior" and (
            self.rater_id not in sheet.viewer_ids and self.rater_id.id not in above
        ):
            raise UserError(
                self.env._(
                    "%(rater)s is no superior of %(person)s.",
                    rater=self.rater_id.name,
                    person=self.user_id.name,
                )
            )
        if self.kind == "upward" and self.rater_id.id not in below:
            raise UserError(
                self.env._(
                    "%(rater)s does not report to %(person)s.",
                    rater=self.rater_id.name,
                    person=self.user_id.name,
                )
            )
        if self.kind == "peer" and self.rater_id == self.env.user and not is_engine(self.env):
            raise UserError(self.env._("Nobody asks himself for a rating."))
        if self.rater_id.share or self.company_id not in (
            self.rater_id.company_ids or self.company_id
        ):
            raise UserError(self.env._("%s does not work in the company.", self.rater_id.name))

    # === ACTION METHODS === #

    def action_open_rating(self):
        """Ask for the rating in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rate %s", self.user_id.sudo().name),
            "res_model": "kpi.rating.give",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }

    def action_rate(self, value=None, comment="", marks=None):
        """Hand in the rating; it is fixed by it.

        :param float value: 0 to 100; not where the regulation names criteria
        :param dict marks: ``{criterion id: 0 to 100}`` of all criteria of the raters, see
            ``get_criteria``; the rating is their sum by weight
        :param str comment: read by human resources; of a superior by the person too
        :raise AccessError: for whom somebody else was asked
        :raise UserError: a second time, after the ratings were closed, or out of range
        """
        self.ensure_one()
        self.check_access("read")
        if self.rater_id != self.env.user:
            raise AccessError(self.env._("Somebody else was asked for this rating."))
        self._answer(value, comment, marks)
        return True

    @api.readonly
    def get_criteria(self):
        """What this rater gives a figure for: ``[{"id", "name", "hint", "weight"}, ...]``.

        Empty where the regulation names no criteria: then one figure is asked for.
        """
        self.ensure_one()
        self.check_access("read")
        return self._criteria().read(["name", "hint", "weight"], load="")

    def _criteria(self):
        """The criteria by which this rater rates, in order."""
        asked = self.sudo()
        return asked.cycle_id._rater_group_of(asked.user_id, asked.kind).criterion_ids

    def _weigh(self, marks):
        """``(rating, {criterion id: figure})`` of figures by criterion.

        :raise UserError: unless there is a figure from 0 to 100 for each criterion and no other
        """
        criteria = self._criteria()
        given = {str(key): value for key, value in marks.items()} if isinstance(marks, dict) else {}
        if set(given) != {str(one.id) for one in criteria}:
            raise UserError(
                self.env._(
                    "Give a figure for each of these: %s.", ", ".join(criteria.mapped("name"))
                )
            )
        for value in given.values():
            _check_figure(self.env, value)
        rating = sum(to_number(one.weight) * to_number(given[str(one.id)]) for one in criteria)
        return float(half_up(rating / 100)), given

    def _answer(self, value, comment, marks=None):
        """Keep what was said: signed, or without a trace of who said it."""
        asked = self.sudo()
        if self._criteria():
            value, marks = self._weigh(marks)
        elif marks:
            raise UserError(self.env._("One figure is asked for: the regulation names no criteria."))
        _check_figure(self.env, value)
        comment = (comment if isinstance(comment, str) else "").strip()[:4000]
        self.env["regulation.commitment"]._lock([("kpi_rating", asked.id)])
        asked.invalidate_recordset()
        if asked.state == "done":
            raise UserError(self.env._("You have rated already: a rating is given once."))
        if asked.state != "open" or asked.cycle_id.state != "rating":
            raise UserError(self.env._("The ratings of this period are closed."))
        today = asked.company_id._regulation_today()
        if asked.due_on and today > asked.due_on:
            raise UserError(
                self.env._("The time to rate has ended on %s.", asked.due_on)
            )
        values = {"state": "done", "answered_on": today}
        if asked.kind in ANONYMOUS:
            self.env["kpi.rating.answer"].sudo()._keep(
                asked.cycle_id, asked.user_id, asked.kind, value, comment, marks
            )
        else:
            values |= {"value": value, "marks": marks or False, "comment": comment or False}
        engine(asked).write(values)

    def _by_token(self, token):
        """The request of a customer who comes by his link; empty if the link is none of ours."""
        asked = self.sudo().exists()
        if not asked or not asked.token_digest or not isinstance(token, str):
            return self.browse()
        return asked if consteq(asked.token_digest, _digest(token)) else self.browse()

    def _invite_customers(self, tokens):
        """A mail with his link to each customer who is asked; sent by the queue of mails.

        :param dict tokens: ``{id: token}``, which is kept nowhere else
        """
        rows = []
        for one in self.filtered("partner_id"):
            partner = one.partner_id
            body = (
                self.env["ir.qweb"]
                .with_context(lang=partner.lang)
                ._render(
                    "sales_kpi.rating_invitation",
                    {
                        "person": one.user_id.name,
                        "until": format_date(self.env, one.due_on, lang_code=partner.lang),
                        "url": f"{one.get_base_url()}/score/rate/{one.id}/{tokens[one.id]}",
                        "company": one.company_id.name,
                    },
                    lang=partner.lang or self.env.lang,
                )
            )
            rows.append(
                {
                    "subject": one.with_context(lang=partner.lang).env._(
                        "How do you rate working with %s?", one.user_id.name
                    ),
                    "body_html": body,
                    "email_from": one.company_id.email_formatted or False,
                    "author_id": one.company_id.partner_id.id,
                    "recipient_ids": [fields.Command.link(partner.id)],
                    "auto_delete": True,
                }
            )
        # Of the system and not of who asks: he would read the link in his own message
        self.env["mail.mail"].with_user(SUPERUSER_ID).create(rows)


def _check_figure(env, value):
    """Raise UserError unless ``value`` is a number from 0 to 100."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
        raise UserError(env._("A rating is a number from 0 to 100."))


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
