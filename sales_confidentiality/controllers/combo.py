# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import http
from odoo.http import request

from odoo.addons.sale.controllers.combo_configurator import SaleComboConfiguratorController


class ConfidentialComboConfigurator(SaleComboConfiguratorController):
    """What one may choose from, which Odoo reads as superuser: without hidden products."""

    @http.route()
    def sale_combo_configurator_get_data(self, *args, **kwargs):
        data = super().sale_combo_configurator_get_data(*args, **kwargs)
        items = [item["product"]["id"] for combo in data["combos"] for item in combo["combo_items"]]
        if hidden := request.env["product.product"].browse(items)._concealed():
            for combo in data["combos"]:
                combo["combo_items"] = [
                    item for item in combo["combo_items"] if item["product"]["id"] not in hidden
                ]
        return data
