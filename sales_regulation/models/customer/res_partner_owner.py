# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools import RegulatedOne2many, is_engine

_PLACE = frozenset({"parent_id", "is_company", "commercial_partner_id", "company_id"})
#: what duplicates are found by, and what says how a telephone number is read
_LIKENESS = _PLACE | {"name", "vat", "email", "phone", "country_id"}


class ResPartner(models.Model):
    """A customer changes his owner only by the rules of ownership (invariant 6).

    The owner is the salesperson of the commercial entity. To write him is to register the
    customer; joining, separating, moving to another company and merging hold to the same, and so
    does writing on an owned customer what another is known by.
    """

    _inherit = "res.partner"

    registration_ids = RegulatedOne2many(
        comodel_name="customer.registration",
        inverse_name="partner_id",
        string="Owners",
        groups="sales_regulation.group_regulation_user",
    )
    ownership_state = fields.Selection(
        selection=[
            ("none", "Not regulated"),
            ("free", "Nobody's: may be registered"),
            ("mine", "Yours"),
            ("protected", "Registered"),
            ("open", "Lapsed: may be registered"),
        ],
        string="Ownership",
        compute="_compute_ownership",
    )
    protected_until = fields.Date(
        compute="_compute_ownership", help="Last day. Empty: does not lapse, or nobody's."
    )

    # What duplicates are found by: without them every registration reads all customers
    _regulation_name_idx = models.Index("(LOWER(TRIM(name)))")
    _regulation_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _regulation_phone_idx = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("user_id", "commercial_partner_id")
    @api.depends_context("uid")
    def _compute_ownership(self):
        self.ownership_state = "none"
        self.protected_until = False
        if not self.env["regulation.profile"]._companies_owning():
            return
        protections = self.env["customer.registration"]._protections(
            self._origin, claimant=self.env.user
        )
        for partner in self:
            held = protections.get(partner._origin.sudo().commercial_partner_id.id)
            if not held or held.mode == "none":
                continue
            partner.protected_until = held.until
            if not held.owner_id:
                partner.ownership_state = "free"
            elif held.owner_id == self.env.uid:
                partner.ownership_state = "mine"
            else:
                partner.ownership_state = "protected" if held.is_protected else "open"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        owning = self._ownership_companies()
        if owning and not is_engine(self.env):
            owned = partners.sudo().filtered(
                lambda p: p.user_id and p._is_regulated_customer(owning)
            )
            entities = owned.filtered(lambda p: p.commercial_partner_id == p)
            for contact in owned - entities:
                contact._ownership_check_contact(contact.user_id)
            for user, group in entities.grouped("user_id").items():
                self.env["customer.registration"]._claim(group, user)
        return partners

    def write(self, vals):
        if "user_id" not in vals and not _LIKENESS.intersection(vals):
            return super().write(vals)
        owning = self._ownership_companies()
        if not owning or is_engine(self.env):
            return super().write(vals)
        if "user_id" in vals:
            self.check_access("write")
            self._ownership_write(vals["user_id"], owning)
        likes = self._ownership_likes(vals, owning)
        if not _PLACE.intersection(vals):
            result = super().write(vals)
            self._ownership_check_likes(likes)
            return result
        before = {
            partner: (
                partner.commercial_partner_id,
                partner.commercial_partner_id.user_id,
                partner.company_id,
                partner._is_regulated_customer(owning),
            )
            for partner in self.sudo()
        }
        joining = self._ownership_check_join(vals, owning)
        result = super().write(vals)
        for (company, owner, how), partners in joining.items():
            self.env["regulation.register"]._record(
                "customer_registered",
                partners,
                code=how,
                subject_id=owner.id,
                company_id=company.id,
            )
        self._ownership_check_moves(
            {
                partner: (entity, owner, company)
                for partner, (entity, owner, company, regulated) in before.items()
                if regulated or partner._is_regulated_customer(owning)
            }
        )
        self._ownership_check_likes(likes)
        return result

    # === ACTION METHODS === #

    def action_register_customer(self, referrer_id=False, referrer_present=False):
        """Register these customers for oneself (S4-087).

        :param int referrer_id: the customer who referred them
        :param bool referrer_present: he came along
        :raise UserError: "already registered, protected until DATE"
        """
        self.check_access("read")
        if not self._ownership_companies():
            raise UserError(self.env._("No regulation in force says to whom customers belong."))
        if referrer_id and type(referrer_id) is not int:
            raise UserError(self.env._("The customer who referred this one is named by his id."))
        referrer = self.browse(referrer_id or []).exists()
        referrer.check_access("read")
        self.env["customer.registration"]._claim(
            self, self.env.user, referrer=referrer, referrer_present=bool(referrer_present)
        )
        return True

    def action_open_referral(self):
        """Ask who referred these customers, and register them for oneself (S4-095)."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register a Referred Customer"),
            "res_model": "customer.referral.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_ids": self.commercial_partner_id.ids},
        }

    def action_give_up_customer(self):
        """Give these customers up: they go back to the pool."""
        self.check_access("read")
        self.env["customer.registration"]._give_up(self)
        return True

    def action_request_owner(self):
        """Ask a manager for another owner."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change of Owner"),
            "res_model": "customer.owner.request",
            "view_mode": "form",
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _regulation_named(self, name, company):
        """The customer of this name whom the company may have; case and outer spaces aside.

        By an index. As superuser: who may read him is asked by the caller.
        """
        self.flush_model(["name", "parent_id", "active", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM res_partner
                 WHERE LOWER(TRIM(name)) = LOWER(TRIM(%s)) AND parent_id IS NULL AND active
                   AND (company_id IS NULL OR company_id = %s)
              ORDER BY is_company DESC, id LIMIT 1
                """,
                name,
                company.id,
            )
        )
        return self.sudo().browse([row[0] for row in rows])

    @api.model
    def _ownership_companies(self):
        """Ids of the companies whose regulation says to whom customers belong; cached."""
        return self.env["regulation.profile"]._companies_owning()

    def _is_regulated_customer(self, owning):
        """Whether this is a customer of his own, of one of these companies or of all."""
        self.ensure_one()
        return not self.company_id or self.company_id.id in owning

    def _ownership_write(self, user_id, owning):
        """Writing the salesperson is registering; taking him away is giving up."""
        Registration = self.env["customer.registration"]
        changed = self.sudo().filtered(
            lambda p: p.user_id.id != (user_id or False) and p._is_regulated_customer(owning)
        )
        entities = changed.filtered(lambda p: p.commercial_partner_id == p)
        for contact in changed - entities:
            contact._ownership_check_contact(self.env["res.users"].browse(user_id or []))
        if not entities:
            return
        if user_id:
            Registration._claim(entities, self.env["res.users"].browse(user_id))
        else:
            Registration._give_up(entities)

    def _ownership_check_contact(self, user):
        """The contacts of a customer are his owner's too, or nobody's."""
        self.ensure_one()
        owner = self.commercial_partner_id.user_id
        if owner and user and owner != user:
            raise AccessError(
                self.env._(
                    "%(contact)s is a contact of a customer who belongs to %(owner)s.",
                    contact=self.name,
                    owner=owner.name,
                )
            )

    def _ownership_check_join(self, vals, owning):
        """Nobody's customers who become contacts of somebody's: the same rules as registering.

        Asked before they join, while they are still customers to compare with.

        :return: ``{(company, owner, how): partners}`` for the register; who joined counts among
            the claims of the day
        """
        Registration = self.env["customer.registration"]
        free = self.sudo().filtered(
            lambda p: (
                p.commercial_partner_id == p and not p.user_id and p._is_regulated_customer(owning)
            )
        )
        joining = {}
        for partner in free:
            if "commercial_partner_id" in vals:
                entity = self.browse(vals["commercial_partner_id"] or [])
            elif vals.get("is_company", partner.is_company):
                continue
            else:
                parent = vals.get("parent_id", partner.parent_id.id)
                entity = self.browse(parent or []).sudo().commercial_partner_id
            if entity and entity != partner and entity.sudo().user_id:
                joining.setdefault(entity.sudo(), self.browse())
                joining[entity.sudo()] |= partner
        joined = {}
        for entity, partners in joining.items():
            company = Registration._owning_company(entity)
            how = "assigned"
            if not Registration._may_override(self.env.user, company):
                Registration._check_claim(partners.sudo(), entity.user_id)
                how = "joined"
            key = (company, entity.user_id, how)
            joined[key] = joined.get(key, self.browse()) | partners
        return joined

    @api.model
    def _ownership_check_moves(self, before):
        """Joining another customer, becoming one, or another company: the owner stays.

        A constant number of queries per owner and company concerned.

        :param dict before: ``{partner: (customer, owner, company)}`` before the write
        :raise AccessError: if a customer would pass to another by it
        """
        Registration = self.env["customer.registration"]
        moved = [
            (partner, entity, owner)
            for partner, (entity, owner, _company) in before.items()
            if partner.commercial_partner_id != entity
        ]
        entities = self.browse().union(*(entity for _partner, entity, _owner in moved)).sudo()
        owning = Registration._owning_companies(entities) if moved else {}
        judges = self._ownership_other_company(before)
        split, claimed = {}, {}
        for partner, entity, owner in moved:
            now = partner.commercial_partner_id
            if now == partner:
                if owner:
                    split.setdefault((owner, owning[entity]), []).append(partner)
                elif partner.user_id:
                    claimed.setdefault(partner.user_id, []).append(partner)
            elif owner and now.user_id != owner:
                judges[partner] = owning[entity]
        # A customer of his own: as much the owner's as he was before, and one more
        may = {
            company: Registration._may_override(self.env.user, company)
            for company in {*judges.values(), *(company for _owner, company in split)}
        }
        for (owner, company), partners in split.items():
            partners = self.browse().union(*partners).sudo()
            if not may[company]:
                same = Registration._same_customers(partners)
                Registration._check_limits(partners, partners, owner, {}, same)
            Registration._transfer(partners, owner, "split")
        for user, partners in claimed.items():
            Registration._claim(self.browse().union(*partners), user)
        joined = self.browse().union(*(p for p, entity, _owner in moved if entity == p))
        if joined:
            Registration._end(joined, "merged")
        for partner, company in judges.items():
            if not may[company]:
                raise AccessError(
                    self.env._(
                        "%(customer)s belongs to %(owner)s and would pass to another by this. A"
                        " manager does it, or ask for a change of owner.",
                        customer=partner.name,
                        owner=before[partner][1].name,
                    )
                )

    @api.model
    def _ownership_other_company(self, before):
        """Owned customers who were moved to another company, and which company decides on it."""
        moved = [
            partner
            for partner, (_entity, owner, company) in before.items()
            if owner and company != partner.company_id and partner.commercial_partner_id == partner
        ]
        rows = moved and (
            self.env["customer.registration"]
            .sudo()
            .search_fetch(
                [
                    ("partner_id", "in", self.browse().union(*moved).ids),
                    ("state", "=", "active"),
                ],
                ["partner_id", "company_id"],
            )
        )
        running = {row.partner_id: row.company_id for row in rows}
        none = self.env["res.company"]
        return {
            partner: before[partner][2] or running.get(partner, none) or self.env.company
            for partner in moved
            if before[partner][2] or running.get(partner, none) != partner.company_id
        }

    def _ownership_likes(self, vals, owning):
        """Customers whose likeness to others changes by writing this: who is like them now.

        :return: ``{partner id: ids of who counts as the same}``; none of a contact, who may become
            a customer
        """
        names = _LIKENESS.intersection(vals)
        changing = self.sudo().filtered(
            lambda p: (
                p.commercial_partner_id.user_id
                and (p._is_regulated_customer(owning) or "company_id" in names)
                and (p.commercial_partner_id == p or _PLACE & names)
                and any(p._ownership_differs(name, vals[name]) for name in names)
            )
        )
        if not changing:
            return {}
        customers = changing.filtered(lambda p: p.commercial_partner_id == p)
        same = self.env["customer.registration"]._same_customers(customers) if customers else {}
        return {partner.id: set(same.get(partner.id, ())) for partner in changing}

    def _ownership_differs(self, name, value):
        field = self._fields[name]
        return field.convert_to_write(self[name], self) != (value or False)

    @api.model
    def _ownership_check_likes(self, before):
        """Nobody makes his own customer the double of somebody else's: deals with that one would
        count to him from then on.

        :param dict before: see ``_ownership_likes``
        """
        owning = self._ownership_companies()
        customers = (
            self.sudo()
            .browse(before)
            .filtered(
                lambda p: (
                    p.commercial_partner_id == p and p.user_id and p._is_regulated_customer(owning)
                )
            )
        )
        if customers:
            self.env["customer.registration"]._check_likeness(customers, before)
