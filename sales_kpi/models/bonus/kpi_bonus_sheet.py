# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sales_regulation.tools import engine, is_engine


class KpiBonusSheet(models.Model):
    """The bonus of a company for a month, a quarter or a year (C45).

    HR computes it from locked scores and hands it in, finance decides and pays. What is handed
    in is settled: what happens afterwards comes with the next sheet, with its reason.
    """

    _name = "kpi.bonus.sheet"
    _description = "Bonus Sheet"
    _inherit = [
        "kpi.periodic",
        "regulation.submittable",
        "regulation.protected",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {
            "state",
            "cycle_id",
            "pool_amount",
            "computed_at",
            "submitted_at",
            "paid_at",
            "paid_by_id",
            "payment_reference",
            "digest",
        }
    )
    _approval_kinds = frozenset({"kpi_bonus"})
    _approval_content_fields = ("company_id", "frequency", "day", "date_from", "date_to", "line_ids")
    #: where the regulation names nobody, finance decides
    _approval_fallbacks = {"kpi_bonus": "finance"}

    _period_uniq = models.UniqueIndex(
        "(company_id, frequency, date_from) WHERE state <> 'refused'",
        "There is a bonus sheet of this period already: what is late comes with the next one.",
    )

    currency_id = fields.Many2one(related="company_id.currency_id")
    cycle_id = fields.Many2one(
        comodel_name="kpi.cycle",
        string="Scores",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The locked revision that it rests on.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("approved", "To pay"),
            ("paid", "Paid"),
            ("refused", "Refused"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many(
        comodel_name="kpi.bonus.line", inverse_name="sheet_id", string="Lines", copy=False
    )
    people = fields.Integer(compute="_compute_totals")
    pool_amount = fields.Monetary(
        string="Pool", readonly=True, copy=False, help="All pools of the period together."
    )
    total = fields.Monetary(compute="_compute_totals", help="What the lines come to.")
    payable = fields.Monetary(compute="_compute_totals", help="Without what is held.")
    excess = fields.Monetary(
        string="Exceeds Pool by",
        compute="_compute_totals",
        help="By how much what counts against the pool is more than the pool.",
    )
    warning = fields.Char(compute="_compute_totals")
    computed_at = fields.Datetime(string="Last computed", readonly=True, copy=False)
    submitted_at = fields.Datetime(string="Handed in at", readonly=True, copy=False)
    paid_at = fields.Datetime(readonly=True, copy=False)
    paid_by_id = fields.Many2one(
        comodel_name="res.users", string="Paid by", readonly=True, copy=False
    )
    payment_reference = fields.Char(readonly=True, copy=False)
    digest = fields.Char(
        readonly=True, copy=False, help="Fingerprint of the sheet as it was paid."
    )

    # === COMPUTE METHODS === #

    @api.depends("frequency", "date_from")
    def _compute_display_name(self):
        labels = dict(self._fields["frequency"]._description_selection(self.env))
        for sheet in self:
            first = sheet.date_from
            sheet.display_name = (
                self.env._(
                    "Bonus %(period)s %(begin)s",
                    period=labels.get(sheet.frequency, ""),
                    begin=f"{first:%Y-%m}",
                )
                if first
                else self.env._("New bonus sheet")
            )

    @api.depends("line_ids.amount", "line_ids.payable", "pool_amount")
    @api.depends_context("lang")
    def _compute_totals(self):
        rows = self.env["kpi.bonus.line"]._read_group(
            [("sheet_id", "in", self.ids)],
            ["sheet_id", "counts_in_cap"],
            ["amount:sum", "payable:sum", "user_id:array_agg"],
        )
        found = {}
        for sheet, counts, amount, payable, users in rows:
            found.setdefault(sheet.id, []).append((counts, amount, payable, set(users)))
        for sheet in self:
            parts = found.get(sheet.id, [])
            sheet.people = len(set().union(*(users for *_sums, users in parts)))
            sheet.total = sum(amount for _counts, amount, _payable, _users in parts)
            sheet.payable = sum(payable for _counts, _amount, payable, _users in parts)
            counted = sum(amount for counts, amount, _payable, _users in parts if counts)
            over = counted - sheet.pool_amount if sheet.pool_amount else 0.0
            sheet.excess = sheet.currency_id.round(over) if over > 0 else 0.0
            sheet.warning = (
                self.env._("Exceeds pool by %s", sheet.currency_id.format(sheet.excess))
                if sheet.excess
                else False
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        sheets = super().create(vals_list)
        sheets._check_manager()
        return sheets

    def write(self, vals):
        own = set(vals) & (self._sealed_fields | {*self._approval_content_fields})
        if own and any(sheet.state == "paid" for sheet in self.sudo()):
            raise AccessError(self.env._("A paid bonus sheet is not changed by anybody."))
        if own and not is_engine(self.env):
            self._check_manager()
            period = own & {"company_id", "frequency", "day"}
            if period and any(sheet.computed_at for sheet in self.sudo()):
                raise UserError(
                    self.env._("The period of a computed bonus sheet is fixed: make another one.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(sheet.state != "draft" for sheet in self):
            raise AccessError(self.env._("A bonus sheet that was handed in is kept."))
        self._check_manager()
        engine(self.sudo().line_ids).unlink()

    # === ACTION METHODS === #

    def action_compute(self):
        """Compute the lines anew from locked scores, commissions and what is late.

        Reductions of lines that are the same as before stay.

        :raise AccessError: if the caller does not hold the role of HR in the company
        :raise UserError: if the scores of the period are not locked
        """
        self.check_access("write")
        self._check_manager()
        self._take()
        self._check_open()
        for sheet in self.sudo():
            sheet._compute_lines()
        return True

    def action_submit(self):
        """HR hands the sheet in to finance.

        :raise AccessError: if the caller does not hold the role of HR
        :raise UserError: if it exceeds a pool that is a ceiling, if its scores are being
            corrected, or another sheet was handed in since it was computed
        """
        self.check_access("write")
        self._check_manager()
        self._take()
        self._check_open()
        for sheet in self:
            sheet._check_ready()
            engine(sheet.sudo()).write(
                {"state": "submitted", "submitted_at": fields.Datetime.now()}
            )
            self.env["regulation.register"]._record(
                "bonus_submitted",
                sheet,
                code=sheet.display_name,
                amount=sheet.total,
                currency_id=sheet.currency_id.id,
            )
            sheet._request_approval("kpi_bonus", sheet._reason())
        return True

    def action_pay(self, reference=""):
        """Finance has paid it, or given it to the payroll. From now on it is sealed.

        :param str reference: of the payment or the payroll run
        :raise AccessError: if the caller does not hold the finance role
        """
        self.check_access("read")
        finance = self.env["regulation.role"]._code("finance")
        for company in self.company_id:
            if not finance._held_by(self.env.user, company):
                raise AccessError(
                    self.env._(
                        "Finance pays the bonus: %s",
                        ", ".join(finance._holders(company).mapped("name")) or "-",
                    )
                )
        self._take()
        for sheet in self.sudo():
            if sheet.state != "approved":
                raise UserError(
                    self.env._("%s is not approved, or was paid already.", sheet.display_name)
                )
            content = sheet._contents()[sheet.id]
            engine(sheet).write(
                {
                    "state": "paid",
                    "paid_at": fields.Datetime.now(),
                    "paid_by_id": self.env.uid,
                    "payment_reference": reference or False,
                    "digest": self.env["regulation.fingerprint"]._digest(content),
                }
            )
            self.env["regulation.register"]._record(
                "bonus_paid",
                sheet,
                code=sheet.display_name,
                amount=sheet.payable,
                currency_id=sheet.currency_id.id,
            )
        return True

    def action_verify(self):
        """Compare paid sheets with their fingerprints, and say the result."""
        self.check_access("read")
        paid = self.sudo().filtered(lambda sheet: sheet.state == "paid")
        digests = self.env["regulation.fingerprint"]._digests(paid._contents())
        wrong = paid.filtered(lambda sheet: sheet.digest != digests[sheet.id])
        if wrong:
            raise UserError(
                self.env._(
                    "These paid sheets differ from their fingerprint: %s",
                    ", ".join(wrong.mapped("display_name")),
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("All paid sheets are as they were paid."),
            },
        }

    def action_open_lines(self):
        """The lines, to group, compare and export."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bonus"),
            "res_model": "kpi.bonus.line",
            "view_mode": "list,kanban,pivot,graph,form",
            "mobile_view_mode": "kanban",
            "domain": [("sheet_id", "in", self.ids)],
        }

    # === RIGHTS === #

    def _check_manager(self):
        """Raise AccessError unless the caller holds the role of HR in the company."""
        if self.env.user._is_superuser():
            return
        Cycle = self.env["kpi.cycle"]
        for company in self.sudo().company_id:
            if not Cycle._is_manager_of(company):
                raise AccessError(
                    self.env._(
                        "Only human resources of %(company)s makes bonus sheets: %(holders)s",
                        company=company.name,
                        holders=", ".join(
                            self.env["regulation.role"]._code("hr")._holders(company).mapped("name")
                        )
                        or self.env._("nobody yet, see Configuration > Roles"),
                    )
                )

    def _take(self):
        """Nobody else computes, hands in or pays bonus of these companies until we are through."""
        companies = self.sudo().company_id
        self.env["regulation.commitment"]._lock([("kpi_bonus", one.id) for one in companies])
        self.env.invalidate_all()

    def _check_ready(self):
        """Raise UserError if the sheet cannot be handed in as it is."""
        self.ensure_one()
        sheet = self.sudo()
        if not sheet.computed_at:
            raise UserError(self.env._("%s: compute it first.", sheet.display_name))
        if sheet.cycle_id and (sheet.cycle_id.state != "locked" or not sheet.cycle_id.is_latest):
            raise UserError(
                self.env._("The scores were reopened since: lock them and compute the sheet again.")
            )
        if sheet.search_count(
            [
                ("company_id", "=", sheet.company_id.id),
                ("id", "!=", sheet.id),
                ("submitted_at", ">=", sheet.computed_at),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "Another sheet was handed in since this one was computed: compute it again, so"
                    " that nothing is paid twice."
                )
            )
        if sheet.excess and sheet.cycle_id._judged_by().get("bonus_hard_cap"):
            raise UserError(
                self.env._(
                    "The pool of %(pool)s is a ceiling, and the sheet exceeds it by %(excess)s:"
                    " somebody has to reduce lines. Nothing is cut by itself.",
                    pool=sheet.currency_id.format(sheet.pool_amount),
                    excess=sheet.currency_id.format(sheet.excess),
                )
            )

    # === APPROVAL === #

    @api.model
    def _approval_fallback(self, approver_type):
        if approver_type != "finance":
            return super()._approval_fallback(approver_type)
        role = self.env["regulation.role"]._code("finance")
        return {
            **super()._approval_fallback("manager"),
            "name": role.name,
            "approver_type": "role",
            "role_id": role.id,
        }

    def _approval_interested(self):
        """Who gets something himself does not decide."""
        return super()._approval_interested() | self.sudo().line_ids.user_id

    def _approval_content(self, kind):
        return self.sudo()._contents()

    def _approval_facts(self, kind):
        return {
            sheet.id: {"amount": sheet.total, "currency": sheet.currency_id} for sheet in self
        }

    def _approval_summary(self, approval):
        """What everybody gets: for who decides on it, and for whom the sheet is anyway."""
        self.ensure_one()
        asked = approval.sudo().step_ids.user_ids | approval.sudo().deputy_ids
        if not (self.env.user in asked or self.sudo(False).has_access("read")):
            return False
        return self.env["ir.qweb"]._render("sales_kpi.kpi_bonus_summary", {"sheet": self.sudo()})

    def _approval_granted(self, approval):
        waiting = self.filtered(lambda sheet: sheet.state == "submitted")
        engine(waiting).write({"state": "approved"})

    def _reason(self):
        self.ensure_one()
        money = self.currency_id.format
        text = self.env._(
            "%(sheet)s: %(total)s for %(people)s people",
            sheet=self.display_name,
            total=money(self.total),
            people=self.people,
        )
        return f"{text}. {self.warning}" if self.warning else text

    def _contents(self):
        """What a sheet says, as plain values: ``{id: content}``."""
        return {
            sheet.id: {
                "company": sheet.company_id.id,
                "period": [sheet.frequency, str(sheet.date_from), str(sheet.date_to)],
                "scores": sheet.cycle_id.id,
                "pool": sheet.pool_amount,
                "lines": sorted(line._content() for line in sheet.line_ids),
            }
            for sheet in self
        }
