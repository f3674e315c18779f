# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import Refusal, engine, is_engine

GATES = ("expense_application", "expense_receipt", "expense_claim", "expense_budget")
#: what the approver says yes to
FIXED = frozenset(
    {
        "name",
        "employee_id",
        "company_id",
        "product_id",
        "quantity",
        "price_unit",
        "total_amount",
        "total_amount_currency",
        "untaxed_amount",
        "untaxed_amount_currency",
        "tax_amount",
        "tax_amount_currency",
        "currency_id",
        "tax_ids",
        "date",
        "payment_mode",
        "vendor_id",
        "application_id",
    }
)
MOVES = frozenset({"state", "approval_state", "account_move_id"})
COUNTED = ("submitted", "approved")


class HrExpense(models.Model):
    """Claims: only for what was applied for, within it, with a receipt, approved twice (C34).

    The guards stand where a claim becomes submitted, approved or posted: in ``write``, so that
    no button, wizard or call passes them by.
    """

    _name = "hr.expense"
    _inherit = ["hr.expense", "regulation.sealed", "regulation.gated", "regulation.approvable"]

    _sealed_fields = frozenset({"budget_line_id"})
    _gate_stage_order = ("submit", "approve", "post")
    _approval_kinds = frozenset({"expense_claim"})
    _approval_content_fields = tuple(sorted(FIXED))

    application_id = fields.Many2one(
        comodel_name="expense.application",
        string="Application",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('state', '=', 'approved'), ('employee_id', '=', employee_id)]",
    )
    budget_line_id = fields.Many2one(
        comodel_name="sales.budget.line",
        string="Budget",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # === REGULATION === #

    def _regulation_owners(self):
        self.ensure_one()
        return self._regulation_staff(self.employee_id.sudo().user_id | self.create_uid)

    def _regulation_teams(self):
        self.ensure_one()
        return self.employee_id.sudo().user_id.sale_team_id

    def _claims_guarded(self, modes=("observe", "enforce")):
        """Those of the claims that a regulation in force judges; no query without one."""
        companies = self.env["regulation.profile"]._regulated_companies()
        if not companies:
            return self.browse()
        claims = self.sudo().filtered(lambda claim: claim.company_id.id in companies)
        policies = claims._regulation_policies()
        return claims.filtered(
            lambda claim: any(policies[claim.id].mode(gate) in modes for gate in GATES)
        ).sudo(self.env.su)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        claims = super().create(vals_list)
        guarded = claims._claims_guarded()
        for claim, vals in zip(claims, vals_list, strict=True) if guarded else ():
            if claim in guarded and (
                (vals.get("state") or "draft") != "draft"
                or claim.sudo().approval_state
                or claim.sudo().account_move_id
            ):
                raise AccessError(
                    self.env._("A claim begins as a draft; it is approved and posted in steps.")
                )
        return claims

    def write(self, vals):
        if is_engine(self.env) or not (FIXED | MOVES) & set(vals):
            return super().write(vals)
        claims = self._claims_guarded()
        if not claims:
            return super().write(vals)
        if "approval_state" in vals and FIXED & set(vals):
            # the figures first, so that what is judged is what is submitted
            self.write({name: value for name, value in vals.items() if name in FIXED})
            return self.write({name: value for name, value in vals.items() if name not in FIXED})
        claims._check_claim_write(vals)
        state = vals.get("approval_state")
        moving = claims.sudo().filtered(lambda claim: (claim.approval_state or False) != state)
        moving = moving.sudo(self.env.su)
        if state in COUNTED:
            moving._claim_pass("submit" if state == "submitted" else "approve")
        if vals.get("account_move_id"):
            claims._check_postable(vals["account_move_id"])
            claims._check_figures()
            claims._gate_pass("post")
        result = super().write(vals)
        if "approval_state" in vals:
            moving._claim_moved(state)
        return result

    def _check_claim_write(self, vals):
        """What nobody types, and what is fixed since it was submitted."""
        if "state" in vals:
            raise AccessError(self.env._("The status of a claim follows from its steps."))
        if "account_move_id" in vals:
            self._check_entry_kept(vals["account_move_id"])
        claims = self.sudo()
        if "approval_state" in vals and any(
            claim.account_move_id.state == "posted"
            and claim.approval_state != vals["approval_state"]
            and "account_move_id" not in vals
            for claim in claims
        ):
            raise UserError(self.env._("A posted claim keeps its approval."))
        if FIXED & set(vals):
            fixed = self._claims_guarded(modes=("enforce",)).sudo().filtered(
                lambda claim: claim.approval_state in COUNTED
            )
            if fixed:
                raise UserError(
                    self.env._(
                        "%s was submitted: reset it to draft to change it.",
                        ", ".join(fixed.mapped("name")),
                    )
                )

    def _check_entry_kept(self, move_id):
        """The entry of a claim is taken from it by cancelling or reversing it, not by hand: the
        claim would be posted and paid once more."""
        for claim in self.sudo():
            if claim.account_move_id.state == "posted" and claim.account_move_id.id != move_id:
                raise UserError(
                    self.env._(
                        "%(claim)s is posted: cancel or reverse %(entry)s first.",
                        claim=claim.name,
                        entry=claim.account_move_id.display_name,
                    )
                )

    def _check_postable(self, move_id):
        """Only what is approved is posted, and once: an entry whose reversal is still a draft is
        in force."""
        claims = self.sudo()
        if any(claim.approval_state != "approved" for claim in claims):
            raise UserError(self.env._("Only approved claims are posted."))
        for claim, balance in self.env["account.move.line"].sudo()._read_group(
            [
                ("expense_id", "in", claims.ids),
                ("parent_state", "=", "posted"),
                ("move_id", "!=", move_id),
            ],
            ["expense_id"],
            ["balance:sum"],
        ):
            if claim.company_currency_id.compare_amounts(balance, 0.0) > 0:
                raise UserError(
                    self.env._("%s was posted before: post the reversal of that first.", claim.name)
                )

    def _check_figures(self):
        """What is posted (price and quantity, which a client may write) is what was claimed."""
        for claim in self.sudo():
            currency = claim.company_currency_id
            off = abs(claim.price_unit * claim.quantity - claim.total_amount)
            if claim.total_amount <= 0 or off > currency.rounding * max(abs(claim.quantity), 1.0):
                raise UserError(
                    self.env._(
                        "%s: quantity, price and total do not agree, or are not above zero.",
                        claim.name,
                    )
                )

    # === ACTION METHODS === #

    def action_open_application(self):
        """The application that carries this claim."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "expense.application",
            "res_id": self.application_id.id,
            "view_mode": "form",
        }

    def action_open_budget(self):
        """The line on which this is counted, and how far it is used."""
        return self.budget_line_id._open()

    # === STEPS === #

    def _claim_pass(self, stage):
        """The gates of a step, once nobody else can take the same money."""
        if not self:
            return
        self._check_figures()
        lines = self._lines()
        self.env["regulation.commitment"]._lock(
            [
                *self.sudo().application_id._lock_keys(),
                *(
                    ("expense_budget", line.id)
                    for line in self.env["sales.budget.line"].union(*lines.values())
                ),
            ]
        )
        self._gate_pass(stage)
        if stage == "approve":
            for line, claims in self.grouped(lines.get).items():
                engine(claims.sudo()).write({"budget_line_id": line.id})

    def _claim_moved(self, state):
        """Ask for the approval, or end what was asked for."""
        if state == "submitted":
            policies = self._regulation_policies()
            asked = self.filtered(lambda claim: policies[claim.id].mode("expense_claim") != "off")
            if asked:
                asked._request_approval("expense_claim")
        elif state != "approved":
            self.env["regulation.approval"].sudo().search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("kind_id.code", "=", "expense_claim"),
                    ("state", "in", ("pending", "approved")),
                ]
            )._end("withdrawn", "withdrawn")

    def _can_be_autovalidated(self):
        """Nobody's claim approves itself where the regulation demands an approval."""
        if self._claims_guarded():
            policies = self._regulation_policies()
            if policies[self.id].mode("expense_claim") != "off":
                return False
        return super()._can_be_autovalidated()

    # === GATES === #

    def _gate_stages(self):
        return {
            "submit": self.filtered(lambda claim: claim.state == "draft" and claim.total_amount),
            "post": self.filtered(lambda claim: claim.state == "approved"),
        }

    def _gate_expense_application(self, policies, **facts):
        """A claim is for what was applied for and approved, and within it (S0-65)."""
        refusals = {}
        applications = self.application_id
        taken = defaultdict(float, applications._claim_sums(without=self.ids))
        valid = applications._approvals_valid("expense_application")
        categories = self._categories()
        demanded = self._application_demanded(policies)
        for claim in self:
            application = claim.application_id
            if not application:
                if claim.id in demanded:
                    refusals[claim.id] = Refusal(
                        reason=self.env._("There is no approved application for this expense.")
                    )
                continue
            reason = claim._application_reason(application, valid, categories[claim])
            taken[application.id] += claim.total_amount
            allowed = application.amount * (
                1 + (policies[claim.id].get("expense_tolerance") or 0.0) / 100.0
            )
            over = claim.company_currency_id.round(taken[application.id] - allowed)
            if reason:
                refusals[claim.id] = Refusal(reason=reason)
            elif over > 0:
                refusals[claim.id] = Refusal(
                    reason=self.env._(
                        "The claims of %(application)s exceed the approved amount"
                        " %(amount)s by %(over)s.",
                        application=application.name,
                        amount=self._gate_money(application.amount, application.currency_id),
                        over=self._gate_money(over, application.currency_id),
                    ),
                    amount=over,
                    currency=application.currency_id,
                )
        return refusals

    def _application_reason(self, application, valid, category):
        """Why the application does not carry this claim, None if it does."""
        self.ensure_one()
        _ = self.env._
        if application.state != "approved" or application.id not in valid:
            return _("%s is not approved, or closed.", application.name)
        if application.employee_id != self.employee_id or application.company_id != self.company_id:
            return _("%s is somebody else's application.", application.name)
        if application.category_id != category:
            return _(
                "%(application)s is for %(category)s.",
                application=application.name,
                category=application.category_id.name,
            )
        approved_on = application.company_id._regulation_local(application.approved_at).date()
        if not application.after_the_fact and self.date and self.date < approved_on:
            return _("The money was spent before %s was approved.", application.name)
        if self.date and self.date.year != application.date.year:
            return _(
                "%(application)s is for %(year)s.",
                application=application.name,
                year=str(application.date.year),
            )
        return None

    def _application_demanded(self, policies):
        """Ids of claims without application that need one: alone or with others of the same
        person and category within the days of the regulation they exceed the amount."""
        claims = self.filtered(lambda claim: not claim.application_id)
        if not claims:
            return set()
        near = claims._near(policies, [("application_id", "=", False)])
        return {
            claim.id
            for claim in claims
            if claim.total_amount + sum(near[claim].mapped("total_amount"))
            > (policies[claim.id].get("expense_application_from") or 0.0)
        }

    def _gate_expense_receipt(self, policies, **facts):
        """A receipt is attached (S0-65)."""
        receipts = dict(
            self.env["ir.attachment"]
            .sudo()
            ._read_group(
                [("res_model", "=", "hr.expense"), ("res_id", "in", self.ids)],
                ["res_id"],
                ["__count"],
            )
        )
        return {
            claim.id: Refusal(reason=self.env._("There is no receipt attached."))
            for claim in self
            if not receipts.get(claim.id)
        }

    def _gate_expense_claim(self, policies, **facts):
        """Approved as the regulation demands (S0-66)."""
        valid = self._approvals_valid("expense_claim")
        return {
            claim.id: Refusal(
                reason=self.env._("The claim is not approved."), approval="expense_claim"
            )
            for claim in self
            if claim.id not in valid
        }

    def _gate_expense_budget(self, policies, **facts):
        """What is claimed beyond its application fits into the budget (S0-63, S1-31)."""
        lines = self._lines()
        reserved = self._reserved()
        wanted = {}
        for claim in self:
            amount = claim.total_amount
            application = claim.application_id
            if application.budget_line_id:
                covered = min(max(reserved[application], 0.0), amount)
                reserved[application] -= covered
                amount -= covered
            wanted[claim] = (lines[claim], amount)
        return self._budget_refusals(wanted)

    def _reserved(self):
        """What each application still reserves on its budget: ``{application: amount}``."""
        applications = self.application_id
        spent = dict(
            self.sudo()._read_group(
                [("application_id", "in", applications.ids), ("approval_state", "=", "approved")],
                ["application_id"],
                ["total_amount:sum"],
            )
        )
        return {
            application: application.amount - spent.get(application, 0.0)
            if application.state == "approved"
            else 0.0
            for application in applications
        }

    @api.model
    def _budget_refusals(self, wanted):
        """``{document: (line, amount)}`` together against the lines: ``{id: Refusal}``."""
        measured = self.env["regulation.commitment"]._measure(
            "expense_budget", {(line.id,) for line, _amount in wanted.values() if line}
        )
        taken = defaultdict(float)
        refusals = {}
        for document, (line, amount) in wanted.items():
            if not line or amount <= 0:
                continue
            found = measured[line.id,]
            taken[line] += amount
            if not found.fits(taken[line]):
                short = found.short(taken[line])
                refusals[document.id] = Refusal(
                    reason=self.env._(
                        "The budget %(line)s does not do: %(amount)s wanted, %(left)s left.",
                        line=line.display_name,
                        amount=self._gate_money(amount, found.currency),
                        left=self._gate_money(found.left, found.currency),
                    ),
                    missing=(
                        self.env._(
                            "An approved budget change over %s",
                            self._gate_money(short, found.currency),
                        ),
                    ),
                    amount=short,
                    currency=found.currency,
                )
        return refusals

    def _release_content(self):
        return self._approval_content("expense_claim")

    # === APPROVAL === #

    def _approval_content(self, kind):
        receipts = defaultdict(list)
        for attachment in (
            self.env["ir.attachment"]
            .sudo()
            .search_fetch(
                [("res_model", "=", "hr.expense"), ("res_id", "in", self.ids)],
                ["res_id", "checksum"],
            )
        ):
            receipts[attachment.res_id].append(attachment.checksum or "")
        return {
            claim.id: {
                "employee": claim.employee_id,
                "company": claim.company_id,
                "product": claim.product_id,
                "quantity": claim.quantity,
                "price": claim.price_unit,
                "amount": claim.total_amount,
                "amount_currency": claim.total_amount_currency,
                "currency": claim.currency_id,
                "taxes": sorted(claim.tax_ids.ids),
                "date": claim.date,
                "paid_by": claim.payment_mode,
                "vendor": claim.vendor_id,
                "application": claim.application_id,
                "receipts": sorted(receipts[claim.id]),
            }
            for claim in self
        }

    def _approval_facts(self, kind):
        near = self._near(self._regulation_policies(), [])
        return {
            claim.id: {
                "amount": claim.total_amount + sum(near[claim].mapped("total_amount")),
                "currency": claim.company_currency_id,
            }
            for claim in self
        }

    def _approval_submit_check(self, kind):
        if any(claim.approval_state != "submitted" for claim in self):
            raise UserError(self.env._("Submit the claim with its own button."))

    def _approval_granted(self, approval):
        claims = self.filtered(lambda claim: claim.approval_state == "submitted")
        claims._claim_pass("approve")
        engine(claims).write(
            {
                "approval_state": "approved",
                "manager_id": self.env.uid,
                "approval_date": fields.Datetime.now(),
            }
        )
        claims.update_activities_and_mails()

    def _approval_returned(self, approval):
        self._end_claim(False)

    def _approval_refused(self, approval):
        self._end_claim("refused")

    def _approval_voided(self, approval):
        self._end_claim(False)

    def _approval_withdrawn(self, approval):
        self._end_claim(False)

    def _end_claim(self, state):
        """Back to its author; what is posted stays as it is."""
        claims = self.filtered(
            lambda claim: claim.approval_state in COUNTED and not claim.account_move_id
        )
        engine(claims).write({"approval_state": state, "approval_date": False})

    def _approval_summary(self, approval):
        self.ensure_one()
        _ = self.env._
        application = self.application_id
        rows = [
            (_("Employee"), self.employee_id.name),
            (_("Expense"), self.name),
            (_("Date"), str(self.date or "")),
            (_("Amount"), self._gate_money(self.total_amount, self.company_currency_id)),
            (_("Receipts"), ", ".join(self.attachment_ids.mapped("name"))),
        ]
        if self.currency_id != self.company_currency_id:
            rows.insert(
                4,
                (
                    _("Amount in Currency"),
                    self._gate_money(self.total_amount_currency, self.currency_id),
                ),
            )
        if application:
            rows.append(
                (
                    application.name,
                    self._gate_money(application.amount, application.currency_id),
                )
            )
        return Markup("<table class='table table-sm'>%s</table>") % Markup("").join(
            Markup("<tr><td>%s</td><td>%s</td></tr>") % row for row in rows
        )

    # === BUSINESS METHODS === #

    def _categories(self):
        """``{claim: category}`` by the product."""
        found = self.env["sales.budget.category"]._of_products(
            (claim.company_id, claim.product_id) for claim in self if claim.product_id
        )
        empty = self.env["sales.budget.category"]
        return {claim: found.get((claim.company_id, claim.product_id), empty) for claim in self}

    def _lines(self):
        """``{claim: budget line}``: that of its application, or by what it is.

        An application that was on no budget, for a year without one for instance, does not take
        its claims past the budget of the day on which the money is spent.
        """
        claims = self.sudo()
        empty = self.env["sales.budget.line"]
        categories = claims._categories()
        found = self.env["sales.budget.line"]._find(
            {
                claim: (
                    claim.company_id,
                    claim.employee_id,
                    categories[claim],
                    claim.application_id.partner_id,
                    claim.date,
                )
                for claim in claims
                if not claim.application_id.budget_line_id
            }
        )
        return {
            claim: claim.sudo().application_id.budget_line_id or found.get(claim, empty)
            for claim in self
        }

    def _near(self, policies, domain):
        """Other claims of the same person and category within the days of the regulation,
        submitted or approved: ``{claim: claims}``."""
        days = {claim: policies[claim.id].get("expense_split_days") or 0 for claim in self}
        dated = self.filtered("date")
        if not dated:
            return dict.fromkeys(self, self.browse())
        others = self.sudo().search(
            [
                *domain,
                ("employee_id", "in", self.employee_id.ids),
                ("approval_state", "in", COUNTED),
                ("date", ">=", min(claim.date - timedelta(days=days[claim]) for claim in dated)),
                ("date", "<=", max(claim.date + timedelta(days=days[claim]) for claim in dated)),
            ]
        )
        # those submitted together count together
        others |= self.sudo().filtered_domain(domain) if domain else self.sudo()
        categories = others._categories() | self._categories()
        return {
            claim: others.filtered(
                lambda other, claim=claim: other != claim
                and other.employee_id == claim.employee_id
                and other.company_id == claim.company_id
                and categories[other] == categories[claim]
                and other.date
                and claim.date
                and abs((other.date - claim.date).days) <= days[claim]
            )
            for claim in self
        }
