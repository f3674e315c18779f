# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """Whose limit, terms and agreement hold for a customer: his commercial entity's.

    Making a customer the contact of another company lends him that company's credit, making
    a contact independent takes his debts out of it. Where the regulation judges what
    customers owe or pay first, it is finance who does either as soon as something is at
    stake. Debts always follow the customer: those of one who joins use the limit he joins.
    """

    _inherit = "res.partner"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        given = {name for vals in vals_list for name in vals} | {
            key.removeprefix("default_") for key in self.env.context
        }
        if "commercial_partner_id" in given and self._entity_lenders():
            for partner in partners.sudo():
                parent = partner.parent_id
                own = partner.is_company or not parent
                if partner.commercial_partner_id != (
                    partner if own else parent.commercial_partner_id
                ):
                    self._credit_refuse(["commercial_partner_id"])
        return partners

    def write(self, vals):
        names = {"parent_id", "is_company", "commercial_partner_id"}.intersection(vals)
        if not names or not (companies := self._entity_lenders()):
            return super().write(vals)
        if any(
            partner.commercial_partner_id.id != vals["commercial_partner_id"]
            for partner in (self.sudo() if "commercial_partner_id" in names else ())
        ):
            self._credit_refuse(["commercial_partner_id"])
        movers = self.sudo().filtered(
            lambda partner: (
                ("parent_id" in vals and partner.parent_id.id != (vals["parent_id"] or False))
                or ("is_company" in vals and partner.is_company != bool(vals["is_company"]))
            )
        )
        # Accounting moves the receivables of a contact to his new company at once
        before = {partner: partner._entity_stakes(companies) for partner in movers}
        result = super().write(vals)
        for partner, stakes in before.items():
            partner._entity_check_move(stakes, partner.commercial_partner_id)
        movers.filtered(
            lambda partner: (
                partner.commercial_partner_id == partner and before[partner]["entity"] != partner
            )
        )._credit_forget()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entity_at_stake(self):
        """Contacts whose company is deleted become independent."""
        companies = self._entity_lenders()
        for partner in self.sudo().child_ids - self.sudo() if companies else ():
            partner._entity_check_move(partner._entity_stakes(companies), partner)

    # === BUSINESS METHODS === #

    @api.model
    def _entity_lenders(self):
        """Companies in which a regulation judges what customers owe or have paid; cached."""
        Profile = self.env["regulation.profile"]
        if not Profile._regulated_companies():
            return self.env["res.company"]
        return self.env["res.company"].sudo().browse(sorted(Profile._companies_lending()))

    def _entity_stakes(self, companies):
        """What a customer and his contacts have with each company, before he moves.

        :return: ``{"entity": commercial partner, "is_company": what he is, "dealings": companies
            in which he has orders or invoices, "terms": {company: whether some are agreed}}``
        """
        self.ensure_one()
        tree = self.with_context(active_test=False).search([("id", "child_of", self.ids)])
        orders = self.env["sale.order"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("state", "!=", "cancel"),
                "|",
                ("partner_id", "in", tree.ids),
                ("partner_invoice_id", "in", tree.ids),
            ],
            ["company_id"],
        )
        receivables = self.env["account.move.line"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("partner_id", "in", tree.ids),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
            ],
            ["company_id"],
        )
        entity = self.commercial_partner_id
        return {
            "entity": entity,
            "is_company": self.is_company,
            "dealings": companies.browse({company.id for [company] in orders + receivables}),
            "terms": {company: entity._entity_has_terms(company) for company in companies},
        }

    def _entity_has_terms(self, company):
        """Whether a limit, its end or a payment agreement was agreed with this partner."""
        self.ensure_one()
        partner = self.sudo().with_company(company)
        return bool(
            partner.credit_limit
            or partner.regulation_credit_valid_until
            or self._entity_agreements(company)
        )

    def _entity_agreements(self, companies):
        """Payment agreements in force of these partners."""
        return (
            self.env["sale.payment.agreement"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.ids),
                    ("company_id", "in", companies.ids),
                    ("state", "=", "confirmed"),
                ]
            )
        )

    def _entity_check_move(self, stakes, entity):
        """Raise AccessError unless this customer may pass to ``entity``.

        A person without orders and invoices goes where he works, as a new contact does. A
        customer leaves his own terms or joins those of another by finance, and so does a
        contact with orders or invoices, whose debts he takes along.

        :param dict stakes: what ``_entity_stakes`` said before
        """
        self.ensure_one()
        before = stakes["entity"]
        if before == entity:
            return
        for company, has_terms in stakes["terms"].items():
            dealings = company in stakes["dealings"]
            if before == self:
                at_stake = has_terms or (
                    (dealings or stakes["is_company"]) and entity._entity_has_terms(company)
                )
            else:
                at_stake = dealings
            if at_stake:
                self._entity_check_finance(company)
                self.env["regulation.commitment"]._lock(
                    [("credit", company.id, before.id), ("credit", company.id, entity.id)]
                )

    def _entity_check_finance(self, company):
        role = self.env["regulation.role"]._code("finance")
        # The system itself has checked what it does; whoever acts through it has not
        if self.env.uid == SUPERUSER_ID or role._held_by(self.env.user, company):
            return
        raise AccessError(
            self.env._(
                "%(customer)s has orders, invoices or agreed terms in %(company)s, or would join"
                " a customer who has: whose credit and terms count changes with it. Finance"
                " does this (%(holders)s).",
                customer=self.display_name,
                company=company.name,
                holders=", ".join(role._holders(company).mapped("name")) or "-",
            )
        )
