# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools import engine, is_engine
from .regulation_dossier_item import ITEMS, SECTIONS

_TRACKED = frozenset(name for _section, names in ITEMS.values() for name in names) - {"child_ids"}


class ResPartner(models.Model):
    """The file of a customer: complete, reviewed, and every change on record (C07)."""

    _inherit = "res.partner"

    dossier_needs = fields.Text(string="Needs")
    dossier_scope = fields.Text(string="Business Scope")
    dossier_process = fields.Text(string="Purchasing Process")
    dossier_competitors = fields.Text(string="Competitors there")
    dossier_role = fields.Selection(
        selection=[
            ("decides", "Decides"),
            ("influences", "Influences"),
            ("buys", "Buys"),
            ("uses", "Uses"),
        ],
        string="Part in Decisions",
        help="What the person does when the customer decides to buy.",
    )
    dossier_reviewed_on = fields.Date(string="Dossier Reviewed", readonly=True, copy=False)
    dossier_review_due = fields.Date(string="Next Review", compute="_compute_dossier")
    dossier_complete = fields.Float(
        string="Dossier (%)", digits=(16, 1), compute="_compute_dossier"
    )
    dossier_missing = fields.Char(string="Missing in the Dossier", compute="_compute_dossier")
    dossier_shown = fields.Boolean(compute="_compute_dossier")

    # === COMPUTE METHODS === #

    @api.depends(
        "name",
        "phone",
        "email",
        "vat",
        "street",
        "city",
        "child_ids.dossier_role",
        "dossier_needs",
        "dossier_scope",
        "dossier_process",
        "dossier_competitors",
        "dossier_reviewed_on",
    )
    @api.depends_context("company")
    def _compute_dossier(self):
        self.dossier_review_due = self.dossier_missing = self.dossier_shown = False
        self.dossier_complete = 0.0
        if not self.env["regulation.profile"]._regulated_companies():
            return
        labels = dict(
            self.env["regulation.dossier.item"]._fields["item"]._description_selection(self.env)
        )
        states = self._origin._dossiers(self.env.company)
        for partner in self:
            wanted, missing, review = states.get(partner._origin.id, ((), (), 0))
            partner.dossier_shown = bool(wanted)
            if wanted:
                partner.dossier_complete = 100.0 * (len(wanted) - len(missing)) / len(wanted)
                partner.dossier_missing = ", ".join(labels[item] for item, _must in missing)
            if review and partner._origin:
                since = partner.dossier_reviewed_on or partner.create_date.date()
                partner.dossier_review_due = since + timedelta(days=review)

    def _dossiers(self, company):
        """What each customer's file has to hold in ``company`` and what it lacks.

        :return: ``{partner id: (items, [(missing item, mandatory)], days between reviews)}``; a
            constant number of queries
        """
        Profile = self.env["regulation.profile"].sudo()
        entities = self.sudo().commercial_partner_id
        if not entities or company.id not in Profile._regulated_companies():
            return {}
        none = self.env["crm.team"]
        policies = Profile._resolve({p.id: (company, p.user_id, none) for p in entities})
        rows = {
            policy: self.env["regulation.dossier.item"]
            .sudo()
            .browse(policy.get("dossier_item_ids", ()))
            for policy in set(policies.values())
        }
        if not any(rows.values()):
            return {}
        tiers = entities._ka_tiers(company)
        lines = {policy: Profile._tier_policies(policy) for policy in rows}
        facts = entities._dossier_facts(company)
        found = {}
        for entity in entities:
            policy = policies[entity.id]
            line = lines[policy].get(tiers[entity.id].id)
            depth = "full" if not lines[policy] else line.dossier_sections if line else "base"
            wanted = [
                row
                for row in rows[policy]
                if SECTIONS.index(ITEMS[row.item][0]) <= SECTIONS.index(depth)
            ]
            missing = [
                (row.item, row.mandatory) for row in wanted if row.item not in facts[entity.id]
            ]
            found[entity.id] = (wanted, missing, line.review_days if line else 0)
        return {
            partner.id: found[partner.commercial_partner_id.id]
            for partner in self.sudo()
            if partner.commercial_partner_id.id in found
        }

    def _dossier_facts(self, company):
        """Which items each of these entities has: ``{id: {item, ...}}``. Two queries."""
        contacts = dict(
            self.env["res.partner"]
            .sudo()
            ._read_group(
                [("parent_id", "in", self.ids), ("type", "=", "contact")],
                ["parent_id"],
                ["dossier_role:array_agg"],
            )
        )
        bought = {
            partner.commercial_partner_id.id
            for [partner] in self.env["sale.order"]
            .sudo()
            ._read_group(
                [
                    ("partner_id.commercial_partner_id", "in", self.ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "sale"),
                ],
                ["partner_id"],
            )
        }
        facts = {}
        for entity in self:
            roles = contacts.get(entity)
            there = {
                "name": (entity.name or "").strip(),
                "contact": roles or not entity.is_company,
                "phone": entity.phone,
                "email": entity.email,
                "address": entity.street and entity.city,
                "vat": entity.vat,
                "needs": (entity.dossier_needs or "").strip(),
                "purchases": entity.id in bought,
                "organisation": any(roles or ()),
                "scope": (entity.dossier_scope or "").strip(),
                "process": (entity.dossier_process or "").strip(),
                "competitors": (entity.dossier_competitors or "").strip(),
            }
            facts[entity.id] = {item for item, value in there.items() if value}
        return facts

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if not self.env["regulation.profile"]._regulated_companies():
            return partners
        if not is_engine(self.env) and any(partners.mapped("dossier_reviewed_on")):
            self._refuse_review_date()
        # A new contact of a customer is a change of his file
        partners.filtered("parent_id")._dossier_note({})
        return partners

    def write(self, vals):
        names = _TRACKED.intersection(vals)
        if not (names or "dossier_reviewed_on" in vals) or not (
            self.env["regulation.profile"]._regulated_companies()
        ):
            return super().write(vals)
        if "dossier_reviewed_on" in vals and not is_engine(self.env):
            self._refuse_review_date()
        before = {
            partner.id: {name: partner._dossier_text(name) for name in names}
            for partner in self.sudo()
        }
        result = super().write(vals)
        self._dossier_note(before)
        return result

    def _refuse_review_date(self):
        raise AccessError(
            self.env._("When a dossier was reviewed is stamped by the button Reviewed.")
        )

    # === ACTION METHODS === #

    def action_dossier_reviewed(self):
        """The dossier was gone through: the next review is counted from today (S3-21)."""
        self.check_access("write")
        entities = self.commercial_partner_id
        company = self.env.company
        engine(entities.sudo()).write({"dossier_reviewed_on": company._regulation_today()})
        self.env["regulation.duty"]._close(
            entities,
            "dossier_review",
            subject=lambda partner: partner,
            user=lambda partner: partner.user_id or self.env.user,
            day=lambda partner: company._regulation_today(),
        )
        self.env["regulation.register"]._record(
            "dossier_reviewed", entities, company_id=company.id
        )
        return True

    def action_enter_change(self):
        """Enter a major change at this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Major Change"),
            "res_model": "customer.change",
            "view_mode": "form",
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }

    # === BUSINESS METHODS === #

    def _dossier_text(self, name):
        value = self[name]
        return (value.display_name if isinstance(value, models.BaseModel) else value) or ""

    def _dossier_note(self, before):
        """One row for each value that is another than before."""
        rows = []
        for partner in self.sudo():
            old = before.get(partner.id)
            changed = (
                {"child_ids": ("", partner.name or "")}
                if old is None
                else {
                    name: (text, partner._dossier_text(name))
                    for name, text in old.items()
                    if text != partner._dossier_text(name)
                }
            )
            if old is None and partner.dossier_role:
                changed["dossier_role"] = ("", partner.dossier_role)
            rows += [
                {
                    "at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "partner_id": partner.id,
                    "entity_id": partner.commercial_partner_id.id,
                    "company_id": partner.company_id.id or self.env.company.id,
                    "field_name": name,
                    "old_value": texts[0],
                    "new_value": texts[1],
                }
                for name, texts in changed.items()
            ]
        if rows:
            engine(self.env["customer.dossier.change"].sudo()).create(rows)
