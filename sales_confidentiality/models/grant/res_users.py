# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError


class ResUsers(models.Model):
    _inherit = "res.users"

    def action_confidentiality(self):
        """Open "what can this person see, and why": of oneself, or of anybody for the officer."""
        self.ensure_one()
        if self != self.env.user and not self.env.user.has_group(
            "sales_confidentiality.group_confidentiality_officer"
        ):
            raise AccessError(
                self.env._("What somebody else may see is shown to the confidentiality officer.")
            )
        return self.env["confidentiality.preview"]._open_user(self)

    def _confidentiality_reasons(self):
        """``[(label, in full, reason)]`` of what the person may see of what is withheld."""
        self.ensure_one()
        grants = self.env["confidentiality.grant"].sudo()
        protection = grants.env["confidentiality.model"]._protection()
        facts = grants._facts_of(self)[self.id]
        access = grants._judge(self.id, protection, ("enforce", "observe"), facts)
        labels = {label.id: label for label in protection.labels}
        reasons = []
        for record in grants.env["confidentiality.label"].browse(labels):
            label = labels[record.id]
            if label.open:
                reasons.append((record, True, self.env._("Open inside the company")))
            elif label.mode == "off":
                reasons.append((record, True, self.env._("The category is not guarded")))
            elif facts["suspended"]:
                reasons.append((record, False, self.env._("Nothing: the clearance is suspended")))
            elif not label.needs <= facts["qualified"]:
                reasons.append(
                    (record, False, self.env._("Nothing: NDA or examination is not valid"))
                )
            elif label.compartment:
                on_list = record.id in access.full
                reasons.append(
                    (
                        record,
                        on_list,
                        self.env._("On the need-to-know list")
                        if on_list
                        else self.env._("Nothing: not on the need-to-know list"),
                    )
                )
            elif record.id in access.full:
                reasons.append((record, True, self.env._("By grant")))
            elif record.id in access.card:
                reasons.append((record, False, self.env._("Base card by grant, the rest if owner")))
            else:
                reasons.append((record, False, self.env._("Only what he owns or is shared")))
        return reasons
