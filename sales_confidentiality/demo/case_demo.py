# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, models


class RegulationDemo(models.AbstractModel):
    """Leak reports and what came of them: open and anonymous, being looked into, closed."""

    _inherit = "regulation.demo"

    @api.model
    def _secrets(self, company, people):
        super()._secrets(company, people)
        self._leak_closed(company, people)
        self._leak_open(company, people)
        self._leak_in_hand(company, people)

    def _leak_closed(self, company, people):
        """Reported in one's own name, sanctioned by HR, told to the reporter."""
        officer = people["zhou"]
        case = self._reported(
            people["wu"],
            {
                "kind": "breach",
                "description": "Photos of our delivery notes are in a private chat group.",
                "records": "Delivery notes of the last two weeks",
                "happened_on": str(company._regulation_today() - timedelta(days=3)),
                "person_ids": people["zheng"].ids,
            },
        ).with_user(officer)
        case.action_suspend()
        case.action_investigate()
        case.write(
            {
                "findings": "Three photos, seen by two carriers. The group was deleted.",
                "decision": "A warning. Carriers get the notes by mail from now on.",
                "responsible_id": people["zheng"].id,
                "lessons": "The warehouse had no other quick way to show a note to a carrier.",
                "outcome": "The photos are gone, and the warehouse sends notes by mail now.",
            }
        )
        case.action_decide()
        measure = self.env["regulation.measure"].browse(
            case.action_propose_sanction(
                people["zheng"].id, "warning", "Photos of delivery notes in a private chat group."
            )
        )
        measure.with_user(people["he"]).action_decide()
        measure.with_user(people["zheng"]).action_state("The carrier was waiting. It was wrong.")
        measure.with_user(people["he"]).action_effect()
        case.sudo().suspension_ids.with_user(officer).action_lift()
        case.action_close()

    def _leak_open(self, company, people):
        """Nobody knows who reported it, and nobody has answered it yet."""
        self._reported(
            people["zhaomin"],
            {
                "kind": "leak",
                "description": "A competitor quotes our prices of the autumn fair to the cent.",
                "records": "Price list of the autumn fair",
            },
            anonymous=True,
        )

    def _leak_in_hand(self, company, people):
        """Found by the manager: clearance is suspended while it is looked into."""
        case = self._reported(
            people["chengang"],
            {
                "kind": "risk",
                "description": "Planning files of the key accounts lie in private cloud storage.",
                "records": "Production plans of two months",
                "person_ids": people["song"].ids,
            },
        ).with_user(people["zhou"])
        case.action_suspend()
        case.action_investigate()
        case.write({"findings": "Two files, shared with nobody so far.", "legal_stage": "review"})
        self.env["confidentiality.case.member"].with_user(people["zhou"]).create(
            {"case_id": case.id, "user_id": people["liu"].id, "role": "investigator"}
        )

    def _reported(self, user, values, anonymous=False):
        cases = self.env["confidentiality.case"]
        known = cases.search([])
        cases.with_user(user).action_report(values, anonymous)
        return cases.search([]) - known
