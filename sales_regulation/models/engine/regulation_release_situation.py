# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RegulationRelease(models.Model):
    """What whoever decides on a release has to know: whose order, what is missing, how much.

    Whoever may read a release reads this too: the asker could read the document, and whoever
    decides has to know it. What stops the document is asked only as long as the release is
    open; of a used one the register keeps the amount.
    """

    _inherit = "regulation.release"

    customer = fields.Char(compute="_compute_facts", compute_sudo=True)
    order_names = fields.Char(string="Orders", compute="_compute_facts", compute_sudo=True)
    shortage = fields.Monetary(
        string="Short Now",
        currency_field="shortage_currency_id",
        compute="_compute_facts",
        compute_sudo=True,
        help="What is missing at this moment for the document to pass without a release.",
    )
    shortage_currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_facts", compute_sudo=True
    )
    situation = fields.Html(
        compute="_compute_situation",
        compute_sudo=True,
        sanitize=False,
        help="What stops the document now, as the gate itself says it.",
    )

    @api.depends("res_model", "res_id", "gate_id", "state")
    @api.depends_context("uid", "lang")
    def _compute_facts(self):
        """The same number of queries for one release and for a list of them."""
        orders = self._orders()
        refusals = self._open_refusals()
        for release in self:
            about = orders[release]
            release.customer = ", ".join(about.partner_id.mapped("display_name")) or False
            release.order_names = ", ".join(about.mapped("name")) or False
            refusal = refusals[release].get(release.gate_id.code)
            release.shortage = refusal.amount if refusal else 0.0
            release.shortage_currency_id = (
                refusal and refusal.currency or release.currency_id
            )

    @api.depends("res_model", "res_id", "gate_id", "state")
    @api.depends_context("uid", "lang")
    def _compute_situation(self):
        asked = self.filtered(lambda release: release.state == "requested")
        (self - asked).situation = False
        orders = asked._orders()
        refusals = asked._open_refusals()
        for release in asked:
            gate = release.gate_id.code
            release.situation = self.env["ir.qweb"]._render(
                "sales_regulation.release_situation",
                {
                    "orders": orders[release],
                    "money": self.env["regulation.gated"]._gate_money,
                    # The gate of the release first, then what else stops the document
                    "refusals": sorted(
                        refusals[release].values(), key=lambda refusal: refusal.gate != gate
                    ),
                    "stopped": gate in refusals[release],
                },
                minimal_qcontext=True,
            )

    def _documents_by_model(self):
        """``[(releases, documents that exist), ...]`` of one model each."""
        return [
            (releases, self.env[model].browse(releases.mapped("res_id")).exists())
            for model, releases in self.grouped("res_model").items()
            if model in self.env
        ]

    def _orders(self):
        """The sales orders that each release is about."""
        none = self.env["sale.order"]
        found = dict.fromkeys(self, none)
        for releases, documents in self._documents_by_model():
            orders = documents._gate_orders()
            found.update({release: orders.get(release.res_id, none) for release in releases})
        return found

    def _open_refusals(self):
        """``{release: {gate code: refusal}}`` of the documents, for releases that are open."""
        found = {release: {} for release in self}
        waiting = self.filtered(lambda release: release.state in ("requested", "granted"))
        for releases, documents in waiting._documents_by_model():
            by_document = {}
            for refusal in documents._gate_banner_refusals():
                by_document.setdefault(refusal.record.id, {})[refusal.gate] = refusal
            found.update({row: by_document.get(row.res_id, {}) for row in releases})
        return found
