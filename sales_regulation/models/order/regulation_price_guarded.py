# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from .sale_order_lock import differs

#: identity token of an approved price change being carried out; cannot travel over a wire
_PRICING = object()
_KEY = "regulation_price_flow"


class RegulationPriceGuarded(models.AbstractModel):
    """Master data that make a price (C17, S4-392, S4-393).

    While a profile of the company demands it, they change by an approved price change
    request only; a frozen price does not change at all until its date. In a company under
    regulation every price change is on record, whether by request or not.
    """

    _name = "regulation.price.guarded"
    _description = "Master Data that Make a Price"

    #: fields whose change changes a price
    _price_fields = frozenset()
    #: those of them that change nothing as long as there is no price
    _price_idle_fields = frozenset()

    # === SEAMS === #

    def _price_company(self):
        """The company whose prices they are, empty if shared."""
        return self.company_id if "company_id" in self._fields else self.env["res.company"]

    def _price_frozen_until(self):
        """The date until which the price may not change, False if it is not frozen."""
        return False

    @api.model
    def _price_harmless(self, vals):
        """Whether a record created with these values sets no price yet."""
        return False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if not self.env["regulation.profile"]._regulated_companies():
            return records
        priced = records.browse(
            record.id
            for record, vals in zip(records, vals_list, strict=True)
            if not record._price_harmless(vals)
        )
        priced._check_price_change()
        priced._log_price_change({record.id: "+" for record in priced})
        return records

    def write(self, vals):
        names = self._price_fields.intersection(vals)
        if not names or not self.env["regulation.profile"]._regulated_companies():
            return super().write(vals)
        changed = {}
        for record in self:
            parts = [
                f"{name}: {record._price_text(name)}"
                for name in sorted(names)
                if differs(record, name, vals[name])
                and not (name in self._price_idle_fields and record._price_harmless({}))
            ]
            if parts:
                changed[record.id] = parts
        records = self.browse(changed)
        records._check_price_change()
        result = super().write(vals)
        records._check_price_company()
        records._log_price_change(
            {
                record.id: "; ".join(
                    f"{part} > {record._price_text(part.partition(':')[0])}"
                    for part in changed[record.id]
                )
                for record in records
            }
        )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_request(self):
        if self.env["regulation.profile"]._regulated_companies():
            priced = self.filtered(lambda record: not record._price_harmless({}))
            priced._check_price_change()
            priced._log_price_change({record.id: "-" for record in priced})

    # === GUARD === #

    @api.model
    def _price_flow(self):
        return self.env.context.get(_KEY) is _PRICING

    def _in_price_flow(self):
        """These records, entitled to change prices."""
        return self.with_context(**{_KEY: _PRICING})

    def _check_price_change(self):
        """Raise if prices of these records may not change now, or not so."""
        if not self:
            return
        today = fields.Date.context_today(self)
        for record in self.sudo():
            until = record._price_frozen_until()
            if until and until >= today:
                raise UserError(
                    self.env._(
                        "The price of %(name)s is frozen until %(date)s.",
                        name=record.display_name,
                        date=until,
                    )
                )
        self._check_price_company()

    def _check_price_company(self):
        guarded = self.env["regulation.profile"]._companies_with("price_change_by_request")
        if not guarded or self._price_flow():
            return
        # What all companies share is guarded in each company of whoever changes it: working
        # in another of them for a moment opens nothing
        mine = self.env.company
        if self.env.uid != SUPERUSER_ID:
            mine |= self.env.user.company_ids
        for record in self.sudo():
            if guarded.intersection((record._price_company() or mine).ids):
                raise AccessError(
                    self.env._(
                        "The price of %(name)s changes by a price change request only (Sales"
                        " Regulation > Orders > Price Changes).",
                        name=record.display_name,
                    )
                )

    def _price_text(self, name):
        self.ensure_one()
        value = self[name]
        if isinstance(value, models.BaseModel):
            return ",".join(map(str, value.ids))
        return f"{value:g}" if isinstance(value, float) else str(value or "")

    def _log_price_change(self, texts):
        companies = self.env["regulation.profile"]._regulated_companies()
        records = self.filtered(
            lambda record: not record._price_company() or record._price_company().id in companies
        )
        self.env["regulation.register"]._record(
            "price_changed",
            records,
            code=lambda record: texts[record.id][:200],
            company_id=lambda record: record._price_company().id or self.env.company.id,
        )
