# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ...tools import engine, is_engine

#: may be drafted further as a matter of course
OPEN = ("draft", "returned")
#: what it says is agreed for good
FIXED = ("signed", "closed", "terminated", "cancelled")
#: what the contract says; lines beside it
CONTENT_FIELDS = (
    "type_id",
    "parent_id",
    "partner_id",
    "company_id",
    "currency_id",
    "payment_term_id",
    "delivery_date",
    "delivery_days",
    "delivery_terms",
    "date_start",
    "date_end",
    "quality_terms",
    "acceptance_terms",
    "return_days",
    "liability_terms",
    "rights_terms",
    "dispute_terms",
    "clauses",
    "reason_kind",
    "reason",
    "customer_consent",
)
#: what an amendment copies from the contract it changes, and writes back once it is signed
TERM_FIELDS = (
    "payment_term_id",
    "delivery_date",
    "delivery_days",
    "delivery_terms",
    "date_start",
    "date_end",
    "quality_terms",
    "acceptance_terms",
    "return_days",
    "liability_terms",
    "rights_terms",
    "dispute_terms",
    "clauses",
)


class SalesContract(models.Model):
    """A contract with a customer, from the draft to its end (C19-C21).

    What it says are structured fields and lines; the fingerprint of this content is what
    reviewers approve, customers reconfirm and both sides sign. Whoever changes it after a
    review makes a new version that is reviewed again.
    """

    _name = "sales.contract"
    _description = "Sales Contract"
    _inherit = [
        "regulation.sealed",
        "regulation.gated",
        "regulation.approvable",
        "regulation.checked",
        "regulation.protected",
        "regulation.scored",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {
            "name",
            "state",
            "version",
            "version_fingerprint",
            "parent_fingerprint",
            "amount_untaxed",
            "amount_tax",
            "amount_total",
            "sent_at",
            "sent_by_id",
            "reconfirmed_at",
            "reconfirmed_by_id",
            "reconfirmed_with",
            "reconfirmed_fingerprint",
            "signed_on",
            "signed_at",
            "signed_by_name",
            "signed_fingerprint",
            "ended_at",
            "end_reason",
        }
    )
    _approval_content_fields = (*CONTENT_FIELDS, "line_ids")

    name = fields.Char(string="Number", readonly=True, copy=False, index="trigram")
    type_id = fields.Many2one(
        comodel_name="sales.contract.type",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self._default_type(),
        tracking=True,
    )
    category = fields.Selection(related="type_id.category", string="Kind")
    parent_id = fields.Many2one(
        comodel_name="sales.contract",
        string="Contract changed",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The contract that this amendment changes or this termination ends.",
    )
    parent_fingerprint = fields.Char(
        readonly=True, copy=False, help="Of what that contract said when this was written."
    )
    amendment_ids = fields.One2many(
        comodel_name="sales.contract",
        inverse_name="parent_id",
        string="Amendments and Terminations",
    )
    amendment_count = fields.Integer(compute="_compute_amendment_count")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('parent_id', '=', False)]",
        tracking=True,
        help="The company or person that is party to the contract.",
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        domain="[('commercial_partner_id', '=', partner_id)]",
        ondelete="set null",
        index="btree_not_null",
        help="Who receives it and confirms its terms.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        default=lambda self: self.env.user,
        index=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        ondelete="restrict",
    )
    order_ids = fields.One2many(
        comodel_name="sale.order",
        inverse_name="regulation_contract_id",
        string="Orders",
        help="Quotations and orders that are made under this contract.",
    )
    order_count = fields.Integer(compute="_compute_order_count", compute_sudo=True)
    line_ids = fields.One2many(
        comodel_name="sales.contract.line", inverse_name="contract_id", string="Goods", copy=True
    )
    amount_untaxed = fields.Monetary(
        string="Untaxed Amount", compute="_compute_amounts", store=True, tracking=True
    )
    amount_tax = fields.Monetary(string="Tax", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary(string="Total", compute="_compute_amounts", store=True)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("returned", "Returned"),
            ("business", "Business review"),
            ("legal", "Legal review"),
            ("final", "Further approval"),
            ("approved", "Approved"),
            ("sent", "Sent"),
            ("reconfirmed", "Reconfirmed"),
            ("signed", "Signed"),
            ("closed", "Closed"),
            ("terminated", "Terminated"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )

    # Terms
    payment_term_id = fields.Many2one(
        comodel_name="account.payment.term",
        string="Payment Terms",
        check_company=True,
        ondelete="restrict",
        help="How and when the customer pays (付款方式).",
    )
    delivery_date = fields.Date(help="The day by which the goods are delivered (交貨時間).")
    delivery_days = fields.Integer(
        string="Delivery (days)",
        help="Instead of a date: calendar days after the signature.",
    )
    delivery_terms = fields.Text(
        string="Delivery", help="Place, transport, part deliveries, packing."
    )
    date_start = fields.Date(string="Valid from")
    date_end = fields.Date(string="Valid until")
    quality_terms = fields.Text(
        string="Quality and Warranty", help="Standard, warranty, spare parts (質量條款)."
    )
    acceptance_terms = fields.Text(string="Acceptance", help="How goods are accepted (驗收).")
    return_days = fields.Integer(
        string="Return Window (days)", help="Days to return or exchange goods."
    )
    liability_terms = fields.Text(
        string="Liability", help="What follows a breach of contract (違約責任)."
    )
    rights_terms = fields.Text(
        string="Rights and Duties", help="Rights and duties of both parties (權利義務)."
    )
    dispute_terms = fields.Text(string="Disputes", help="Law and place of jurisdiction.")
    clauses = fields.Html(
        string="Standard Clauses", help="The company's own wording, printed below."
    )
    missing_terms = fields.Char(
        string="Terms missing",
        compute="_compute_missing_terms",
        compute_sudo=True,
        help="Mandatory terms that it does not say yet.",
    )
    term_progress = fields.Char(string="Terms", compute="_compute_missing_terms", compute_sudo=True)

    # Amendment, termination
    reason_kind = fields.Selection(
        selection=[
            ("market", "Market change"),
            ("customer", "Customer's demand"),
            ("other", "Other"),
        ],
        string="Cause",
        help="Why the contract is changed or ended.",
    )
    reason = fields.Text(help="In words.")
    customer_consent = fields.Char(
        string="Customer's Consent",
        help="Who agreed on the customer's side, when and how; the signature follows.",
    )

    # Steps
    version = fields.Integer(
        default=1, readonly=True, copy=False, help="Number of the text as it stands now."
    )
    version_fingerprint = fields.Char(
        readonly=True, copy=False, help="Of the last version that was submitted or agreed."
    )
    version_ids = fields.One2many(
        comodel_name="sales.contract.version",
        inverse_name="contract_id",
        string="Versions",
        readonly=True,
    )
    signature_ids = fields.One2many(
        comodel_name="sales.contract.signature",
        inverse_name="contract_id",
        string="Signatures",
        readonly=True,
    )
    sent_at = fields.Datetime(string="Sent at", readonly=True, copy=False)
    sent_by_id = fields.Many2one(
        comodel_name="res.users", string="Sent by", readonly=True, copy=False
    )
    reconfirmed_at = fields.Datetime(string="Reconfirmed at", readonly=True, copy=False)
    reconfirmed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Reconfirmed by",
        readonly=True,
        copy=False,
        help="Who went through the terms with the customer once more.",
    )
    reconfirmed_with = fields.Char(
        readonly=True, copy=False, help="Who confirmed them on the customer's side, and how."
    )
    reconfirmed_fingerprint = fields.Char(readonly=True, copy=False)
    signed_on = fields.Date(string="Signed on", readonly=True, copy=False, tracking=True)
    signed_at = fields.Datetime(string="Signature recorded at", readonly=True, copy=False)
    signed_by_name = fields.Char(
        string="Signed by", readonly=True, copy=False, help="Who signed for the customer."
    )
    signed_fingerprint = fields.Char(
        readonly=True, copy=False, help="Of the content that was signed."
    )
    ended_at = fields.Datetime(string="Ended at", readonly=True, copy=False)
    end_reason = fields.Text(
        string="Reason of the End",
        readonly=True,
        copy=False,
        help="Why it was cancelled or closed.",
    )

    _number_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name IS NOT NULL", "Two contracts cannot have one number."
    )
    _worklist_idx = models.Index("(company_id, state)")
    _dates = models.Constraint(
        "CHECK(date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "A contract cannot end before it begins.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _default_type(self):
        return self.env["sales.contract.type"].search(
            [
                ("category", "=", self.env.context.get("contract_category") or "sale"),
                ("company_id", "in", (False, self.env.company.id)),
            ],
            limit=1,
        )

    @api.depends("user_id", "company_id")
    def _compute_team_id(self):
        cached = {}
        for contract in self:
            company = contract.company_id
            key = (contract.user_id.id, company.id)
            if contract.team_id and contract.user_id in contract.team_id.member_ids:
                continue
            if key not in cached:
                cached[key] = (
                    self.env["crm.team"]
                    .with_context(allowed_company_ids=company.ids)
                    ._get_default_team_id(user_id=contract.user_id.id)
                    .filtered(
                        lambda team, company=company: team.company_id in (company, company.browse())
                    )
                    .with_env(self.env)
                )
            contract.team_id = cached[key]

    @api.depends("line_ids.price_subtotal", "line_ids.price_tax")
    def _compute_amounts(self):
        for contract in self:
            contract.amount_untaxed = sum(contract.line_ids.mapped("price_subtotal"))
            contract.amount_tax = sum(contract.line_ids.mapped("price_tax"))
            contract.amount_total = contract.amount_untaxed + contract.amount_tax

    @api.depends("amendment_ids")
    def _compute_amendment_count(self):
        counts = dict(self._read_group([("parent_id", "in", self.ids)], ["parent_id"], ["__count"]))
        for contract in self:
            contract.amendment_count = counts.get(contract._origin, 0)

    @api.depends("order_ids")
    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("regulation_contract_id", "in", self.ids)],
                ["regulation_contract_id"],
                ["__count"],
            )
        )
        for contract in self:
            contract.order_count = counts.get(contract._origin, 0)

    @api.depends(
        "type_id", "partner_id", "line_ids", *(name for name in CONTENT_FIELDS if name != "clauses")
    )
    def _compute_missing_terms(self):
        terms = self._mandatory_terms()
        for contract in self:
            missing = contract._missing_terms(terms[contract.id])
            number = len(terms[contract.id])
            contract.missing_terms = ", ".join(missing.mapped("name"))
            contract.term_progress = f"{number - len(missing)}/{number}" if number else False

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for contract in self:
            contract.display_name = contract.name or self.env._("New contract")

    def _compute_access_url(self):
        super()._compute_access_url()
        for contract in self:
            contract.access_url = f"/my/contracts/{contract.id}"

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id")
    def _check_party(self):
        for contract in self:
            if contract.partner_id.commercial_partner_id != contract.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact: the party to the contract is %(party)s.",
                        contact=contract.partner_id.display_name,
                        party=contract.partner_id.commercial_partner_id.display_name,
                    )
                )

    @api.constrains("company_id", "order_ids")
    def _check_order_company(self):
        for contract in self:
            if contract.order_ids.company_id - contract.company_id:
                raise ValidationError(self.env._("A contract and its orders are of one company."))

    @api.constrains("delivery_days", "return_days")
    def _check_days(self):
        if any(contract.delivery_days < 0 or contract.return_days < 0 for contract in self):
            raise ValidationError(self.env._("The days of a contract cannot be negative."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        for contract in contracts:
            engine(contract.sudo()).name = (
                self.env["ir.sequence"]
                .sudo()
                .with_company(contract.company_id)
                .next_by_code("sales.contract")
            )
            if contract.category not in ("amendment", "termination"):
                contract._propose_terms()
        return contracts

    def write(self, vals):
        if not is_engine(self.env) and {*CONTENT_FIELDS, "line_ids"}.intersection(vals):
            self._check_content_open()
        result = super().write(vals)
        if {*CONTENT_FIELDS, "line_ids"}.intersection(vals):
            # Who saves a form sees at once that it has to be reviewed again
            self._step_back_if_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if any(contract.state != "draft" or contract.version_ids for contract in self):
            raise UserError(
                self.env._("A contract that was once submitted is kept: cancel it instead.")
            )

    def _check_content_open(self):
        """Raise UserError if what a contract says is agreed for good."""
        if is_engine(self.env):
            return
        for contract in self.sudo():
            if contract.state in FIXED:
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(contract)s is “%(state)s”: what it says is changed by an amendment only.",
                        contract=contract.display_name,
                        state=states[contract.state],
                    )
                )

    def _propose_terms(self):
        """Fill in what the sales policy of the company proposes (S4-120)."""
        policies = self._regulation_policies()
        for contract in self:
            policy = policies[contract.id]
            proposed = {
                "clauses": contract.type_id.clauses,
                "delivery_days": 0
                if contract.delivery_date
                else policy.get("contract_delivery_days"),
                "return_days": policy.get("contract_return_days"),
                "payment_term_id": contract.partner_id.with_company(
                    contract.company_id
                ).property_payment_term_id.id
                or next(iter(policy.get("contract_payment_term_id") or ()), False),
            }
            contract.write(
                {name: value for name, value in proposed.items() if value and not contract[name]}
            )

    # === ACTION METHODS === #

    def action_load_orders(self):
        """Write the goods and terms of the linked quotations down again."""
        self.check_access("write")
        self._check_content_open()
        for contract in self:
            orders = contract.order_ids.filtered(lambda order: order.state != "cancel")
            if not orders:
                raise UserError(self.env._("Link a quotation first."))
            contract.write(
                {"line_ids": [Command.clear(), *map(Command.create, orders._contract_lines())]}
                | orders[:1]._contract_terms()
            )

    def action_open_reconfirm(self):
        """Ask who confirmed the terms once more."""
        return self._open_step("reconfirm", self.env._("Reconfirm the Terms"))

    def action_open_sign(self):
        """Ask for the signed paper."""
        return self._open_step("sign", self.env._("Record the Signature"))

    def action_open_cancel(self):
        """Ask for the reason."""
        return self._open_step("cancel", self.env._("Cancel the Contract"))

    def _open_step(self, step, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "sales.contract.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contract_id": self.id, "default_step": step},
        }

    def action_view_orders(self):
        """Open the orders under this contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        action["domain"] = [("regulation_contract_id", "=", self.id)]
        action["context"] = {"create": False}
        return action

    def action_view_amendments(self):
        """Open the amendments and terminations of this contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.sales_contract_action"
        )
        return {**action, "domain": [("parent_id", "=", self.id)], "context": {}}

    def action_cancel(self, reason):
        """Give up a contract that is not signed.

        :param str reason: why
        """
        self.check_access("write")
        reason = str(reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the reason is missing."))
        for contract in self:
            if contract.state in FIXED:
                raise UserError(
                    self.env._(
                        "%s is signed or ended: open a termination instead.", contract.display_name
                    )
                )
        self._end("cancelled", "contract_cancelled", reason)

    def action_close(self, reason=""):
        """Note that a signed contract is fulfilled.

        :param str reason: what there is to say
        """
        self.check_access("write")
        for contract in self:
            if contract.state != "signed":
                raise UserError(
                    self.env._("%s is not signed: it cannot be closed.", contract.display_name)
                )
        self._end("closed", "contract_closed", str(reason or "").strip())

    def _end(self, state, event, reason=""):
        contracts = self.sudo()
        contracts.approval_ids.filtered(lambda approval: approval.state == "pending")._end(
            "withdrawn", "withdrawn"
        )
        engine(contracts).write(
            {"state": state, "ended_at": fields.Datetime.now(), "end_reason": reason or False}
        )
        self.env["regulation.register"]._record(
            event, self, code=lambda contract: contract.name or ""
        )

    # === TERMS === #

    def _mandatory_terms(self):
        """What each contract has to say: the regulation's terms that its type knows."""
        policies = self._regulation_policies()
        Term = self.env["sales.contract.term"].sudo()
        return {
            contract.id: contract.type_id.sudo().term_ids
            & Term.browse(policies[contract.id].get("contract_term_ids") or ())
            for contract in self
        }

    def _missing_terms(self, terms):
        """Those of these terms that the contract does not say yet."""
        self.ensure_one()
        return terms.sorted().filtered(
            lambda term: (
                not self[term.field_name]
                if term.field_name
                else not getattr(self, f"_term_{term.code}")()
            )
        )

    def _term_parties(self):
        """Both parties: the customer with his address."""
        return bool(self.partner_id.name and self.partner_id.street and self.partner_id.city)

    def _term_specification(self):
        return bool(self.line_ids) and all(line.name for line in self.line_ids)

    def _term_quantity(self):
        return bool(self.line_ids) and all(line.quantity > 0 for line in self.line_ids)

    def _term_price(self):
        return bool(self.line_ids) and any(line._net_price() > 0 for line in self.line_ids)

    def _term_delivery_time(self):
        return bool(self.delivery_date or self.delivery_days > 0)

    def _term_payment(self):
        return bool(self.payment_term_id)

    def _term_reason(self):
        """An amendment or a termination says why, and that the customer agrees (S0-84)."""
        return bool(self.reason_kind and self.reason and self.customer_consent)

    # === CONTENT === #

    def _contract_content(self):
        """What is reviewed, reconfirmed and signed: ``{id: content}``; inputs only."""
        contents = {}
        for contract in self:
            content = {name: contract[name] or "" for name in CONTENT_FIELDS}
            content["clauses"] = str(contract.clauses or "")
            content["lines"] = sorted(
                (line._content() for line in contract.line_ids),
                key=lambda values: (values[0].id, values[1], *map(str, values[2:])),
            )
            if contract.parent_id:
                # An amendment is one of what the contract said when it was written
                content["basis"] = contract.parent_fingerprint or ""
            contents[contract.id] = content
        return contents

    def _content_digests(self):
        return self.env["regulation.fingerprint"]._digests(self.sudo()._contract_content())
