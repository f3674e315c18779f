# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import api, models
from odoo.http import request

from ...tools import label_index
from .confidentiality_model import LABEL_FIELD, OWNER_FIELD

#: what the reference prices of an order follow from, and how far its prices are from them
_PRICED_BY = (
    ("order_line", "product_id"),
    ("pricelist_id",),
    ("partner_id", "specific_property_product_pricelist"),
)
_DISTANCES = frozenset({"regulation_price_discount", "regulation_price_surcharge"})


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "regulation.protected", "confidentiality.masked"]

    _masked_rights = {"margin": "cost", "margin_percent": "cost"}

    _confidentiality_idx = label_index("user_id")

    def unlink(self):
        lines = self.env["sale.order.line"]
        fields = [lines._fields[name] for name in (LABEL_FIELD, OWNER_FIELD)]
        pending = [self.env.records_to_compute(field) for field in fields]
        result = super().unlink()
        # The database deletes the lines with their orders: of theirs nothing is left to compute,
        # and to ask which lines they were would cost a query of its own
        for field, before in zip(fields, pending, strict=True):
            self.env.remove_to_compute(field, self.env.records_to_compute(field) - before)
        return result

    @api.depends_context("uid")
    def _compute_duplicated_order_ids(self):
        return super()._compute_duplicated_order_ids()

    def _fetch_duplicate_orders(self):
        """Who types the reference of a hidden order does not learn that there is one."""
        found = super()._fetch_duplicate_orders()
        told = self._without_concealed({key: self.browse(ids) for key, ids in found.items()})
        return {key: set(orders.ids) for key, orders in told.items()}

    def _get_product_documents(self):
        """What a quotation brings of its products: on its page the customer gets all of it, a
        colleague what he may see."""
        documents = super()._get_product_documents()
        # The page of an order reads it as superuser
        reader = request.env.user if request else self.env.user
        if not reader._is_internal():
            return documents
        hidden = documents.with_user(reader)._concealed()
        return documents.filtered(lambda document: document.id not in hidden)

    # === REFERENCE PRICES === #

    def _with_hidden_prices(self):
        """The ids of those with a product, or at a price list, that the person may not see."""
        orders = self.sudo(False)
        if orders._concealing() is None or not orders.env["sale.order.line"]._product_columns():
            return frozenset()
        return frozenset().union(*(orders._concealed_rows(path) for path in _PRICED_BY))

    def _price_refusal(self, price, allowed, policy, helpers, edited=False):
        """How far a price is from the reference price tells the reference price."""
        refusal = super()._price_refusal(price, allowed, policy, helpers, edited)
        if not self._with_hidden_prices():
            return refusal
        details = {*self._price_details(price, allowed, policy)}
        return replace(
            refusal,
            reason=self.env._("The price is outside of what may be given without asking."),
            missing=tuple(text for text in refusal.missing if text not in details),
        )

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if told := _DISTANCES.intersection(fnames):
            hidden = self._with_hidden_prices()
            for row in rows if hidden else ():
                if row["id"] in hidden:
                    row.update(dict.fromkeys(told, False))
        return rows
