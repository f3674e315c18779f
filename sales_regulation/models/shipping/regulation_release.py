# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RegulationRelease(models.Model):
    _inherit = "regulation.release"

    @api.model
    def _consume(self, refusals):
        """A release used up when its notice was issued covers the shipment of that notice:
        it is neither used nor counted a second time."""
        used = set(
            self.browse({refusal.release_id for refusal in refusals})
            .filtered(
                lambda release: release.state == "used" and release.res_model == "dispatch.notice"
            )
            .ids
        )
        rest = [refusal for refusal in refusals if refusal.release_id not in used]
        return super()._consume(rest) if rest else None
