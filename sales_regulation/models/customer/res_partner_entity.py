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
        before = movers._entity_stakes(companies)
        result = super().write(vals)
        movers._entity_check_moves(
            before, {partner: partner.commercial_partner_id for partner in movers}
        )
        movers.filtered(
            lambda partner: (
                partner.commercial_partner_id == partner and before[partner]["entity"] != partner
            )
        )._credit_forget()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entity_at_stake(self):
        """Contacts whose company is deleted become independent."""
        if companies := self._entity_lenders():
            left = self.sudo().child_ids - self.sudo()
            left._entity_check_moves(
                left._entity_stakes(companies), {partner: partner for partner in left}
            )

    # === BUSINESS METHODS === #

    @api.model
    def _entity_lenders(self):
        """Companies in which a regulation judges what customers owe or have paid; cached."""
        Profile = self.env["regulation.profile"]
        if not Profile._regulated_companies():
            return self.env["res.company"]
        return self.env["res.company"].sudo().browse(sorted(Profile._companies_lending()))

    def _entity_stakes(self, companies):
        """What each customer and his contacts have with each company, before he moves.

        A constant number of queries per company.

        :return: ``{customer: {"entity": commercial partner, "is_company": what he is, "dealings":
            companies in which he has orders or invoices, "terms": {company: whether some are
            agreed}}}``
        """
        tree = self.with_context(active_test=False).search([("id", "child_of", self.ids)])
        dealings = {partner: set() for partner in self}
        for model, names, domain in (
            (
                "sale.order",
                ("partner_id", "partner_invoice_id"),
                [
                    ("state", "!=", "cancel"),
                    "|",
                    ("partner_id", "in", tree.ids),
                    ("partner_invoice_id", "in", tree.ids),
                ],
            ),
            (
                "account.move.line",
                ("partner_id",),
                [
                    ("partner_id", "in", tree.ids),
                    ("parent_state", "=", "posted"),
                    ("account_id.account_type", "=", "asset_receivable"),
                ],
            ),
        ):
            for company, *partners in self.env[model]._read_group(
                [("company_id", "in", companies.ids), *domain], ["company_id", *names]
            ):
                for partner in partners:
                    while partner:
                        if partner in dealings:
                            dealings[partner].add(company.id)
                        partner = partner.parent_id
        entities = self.commercial_partner_id
        terms = entities._entity_terms(companies)
        return {
            partner: {
                "entity": partner.commercial_partner_id,
                "is_company": partner.is_company,
                "dealings": companies.browse(dealings[partner]),
                "terms": {
                    company: company in terms[partner.commercial_partner_id]
                    for company in companies
                },
            }
            for partner in self
        }

    def _entity_terms(self, companies):
        """``{partner: companies}`` with which a limit, its end or a payment agreement was agreed."""
        partners = self.sudo()
        agreed = {
            (row.partner_id, row.company_id) for row in partners._entity_agreements(companies)
        }
        return {
            partner: companies.filtered(
                lambda company, partner=partner: (
                    (partner, company) in agreed
                    or partner.with_company(company).credit_limit
                    or partner.with_company(company).regulation_credit_valid_until
                )
            )
            for partner in partners
        }

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

    @api.model
    def _entity_check_moves(self, stakes, entities):
        """Raise AccessError unless each of these customers may pass to his entity.

        A person without orders and invoices goes where he works, as a new contact does. A
        customer leaves his own terms or joins those of another by finance, and so does a
        contact with orders or invoices, whose debts he takes along.

        :param dict stakes: what ``_entity_stakes`` said before
        :param dict entities: ``{customer: whose he is now}``
        """
        moved = {
            partner: (before, entities[partner])
            for partner, before in stakes.items()
            if before["entity"] != entities[partner]
        }
        if not moved:
            return
        companies = self._entity_lenders()
        joined = self.browse().union(
            *(entity for partner, (before, entity) in moved.items() if before["entity"] == partner)
        )
        terms = joined._entity_terms(companies)
        keys, judged = [], set()
        for partner, (before, entity) in moved.items():
            for company, has_terms in before["terms"].items():
                at_stake = company in before["dealings"]
                if before["entity"] == partner:
                    at_stake = has_terms or (
                        (at_stake or before["is_company"]) and company in terms[entity]
                    )
                if not at_stake:
                    continue
                if company not in judged:
                    partner._entity_check_finance(company)
                    judged.add(company)
                keys += [("credit", company.id, one.id) for one in (before["entity"], entity)]
        self.env["regulation.commitment"]._lock(keys)

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
