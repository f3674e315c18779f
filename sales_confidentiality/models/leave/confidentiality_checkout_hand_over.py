# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sales_regulation.tools import engine

#: documents with links that work without login: {model: field of the owner}
LINKED = {"sale.order": "user_id", "sales.contract": "user_id", "account.move": "invoice_user_id"}


class ConfidentialityCheckout(models.Model):
    """Handing a leaver's work to his successor, and ending his access (C57, S4-050)."""

    _inherit = "confidentiality.checkout"

    # === ACTION METHODS === #

    def action_hand_over(self):
        """Let customers, leads, contracts, tasks and visits pass to the successor, in sets.

        Customers pass by the rules of ownership, with the reason that their owner left, and
        their leads follow them. For HR and who leads the person.

        :raise UserError: without a successor, or on a list that HR has not opened
        """
        for checkout in self:
            checkout._check_keeper()
            checkout._check_open()
            checkout._check_leaves()
            if not checkout.successor_id:
                raise UserError(
                    self.env._("Name who takes over the work of %s.", checkout.display_name)
                )
            checkout.sudo()._hand_over()
        return True

    def action_end_access(self):
        """End sessions, API keys, portal links of his documents, grants and lists.

        For HR and who leads the person.

        :raise UserError: on a list that HR has not opened
        """
        for checkout in self:
            checkout._check_keeper()
            checkout._check_open()
            checkout._check_leaves()
        self.sudo()._end_access()
        self.env["regulation.register"]._record(
            "access_ended",
            self,
            subject_id=lambda checkout: checkout.user_id.id,
            company_id=lambda checkout: checkout.company_id.id,
        )
        return True

    def action_open_work(self):
        """Show what is still his, of the kind in the context of the button."""
        self.ensure_one()
        self.check_access("read")
        kind = self.env.context.get("work")
        domains = self._work_domains()
        if kind not in domains or not self.user_id:
            return False
        model, owner, domain = domains[kind]
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"].sudo()._get(model).name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": [(owner, "=", self.user_id.id), *domain],
        }

    # === BUSINESS METHODS === #

    def _check_leaves(self):
        """Nobody takes over the work of who stays: that he leaves is for HR to say (S4-087)."""
        self.ensure_one()
        role = self.env["regulation.role"]._code("hr")
        opener = self.sudo().create_uid
        if (
            self.env.su
            or role._held_by(self.env.user, self.company_id)
            or opener.id == SUPERUSER_ID
            or role._held_by(opener, self.company_id)
            or opener.has_group("hr.group_hr_user")
        ):
            return
        raise UserError(
            self.env._(
                "HR has not confirmed that %(person)s leaves: it takes this step itself or opens"
                " the check-out (%(hr)s).",
                person=self.display_name,
                hr=", ".join(role._holders(self.company_id).mapped("name")) or "-",
            )
        )

    def _hand_over(self):
        """All that is his passes in sets; what a guard of a document refuses stops it all."""
        self.ensure_one()
        successor = self.successor_id
        self._end_links()
        self._end_cases(self.user_id)
        number = 0
        visits = self._work("visits")
        for kind in self._work_domains():
            records = self._work(kind) if kind != "visits" else visits
            if records:
                getattr(self, f"_hand_over_{kind}")(records, successor)
            number += len(records)
        engine(self).write({"handed_over": self.handed_over + number})
        self.env["regulation.register"]._record(
            "leaver_handed_over",
            self,
            code=str(number),
            subject_id=self.user_id.id,
            company_id=self.company_id.id,
        )

    def _hand_over_customers(self, partners, successor):
        """Where the regulation says whose a customer is, the running row of each ends (S4-087)."""
        Registration = self.env["customer.registration"]
        owning = self.env["regulation.profile"]._companies_owning()
        entities = partners.filtered(
            lambda one: one.commercial_partner_id == one and one._is_regulated_customer(owning)
        )
        if owning and entities:
            self.env["regulation.commitment"]._lock([("owner", one) for one in entities.ids])
            entities.invalidate_recordset(["user_id"])
            # Whoever registered one of them meanwhile keeps him
            entities = entities.filtered(lambda one: one.user_id == self.user_id)
            Registration._transfer(entities, successor, "leaver")
        # Contacts go with their customer, and customers of nobody's regulation
        rest = partners.filtered(lambda one: one.user_id == self.user_id)
        engine(rest).write({"user_id": successor.id})

    def _hand_over_leads(self, leads, successor):
        """To the owner of the customer where there is one, else to the successor.

        Who decides on the check-out decides on its leads: no further consent is asked for.
        """
        owners = leads._customer_owners()
        for user, group in leads.grouped(lambda lead: owners.get(lead.id) or successor).items():
            engine(group).write({"user_id": (user if user != self.user_id else successor).id})

    def _hand_over_contracts(self, contracts, successor):
        contracts.write({"user_id": successor.id})

    def _hand_over_tasks(self, tasks, successor):
        """Without a mail for each; tasks on what the successor may not read go to HR's."""
        tasks = tasks.with_context(mail_activity_quick_update=True)
        keeper = self.env["regulation.role"]._code("hr")._holders(self.company_id)[:1]
        his, others = tasks.browse(), tasks.browse()
        for model, group in tasks.grouped("res_model").items():
            if not model or model not in self.env:
                his |= group
                continue
            documents = self.env[model].with_user(successor).sudo(False)
            documents = documents.browse(group.mapped("res_id")).exists()
            seen = set(documents._filtered_access("read").ids)
            his |= group.filtered(lambda task, seen=seen: task.res_id in seen)
            others |= group.filtered(lambda task, seen=seen: task.res_id not in seen)
        his.write({"user_id": successor.id})
        if others:
            others.write({"user_id": (keeper or successor).id})

    def _hand_over_visits(self, visits, successor):
        """Those of a visit plan ended with it: the successor has new ones, the others pass."""
        old, new = self.user_id.partner_id, successor.partner_id
        running = visits.filtered(lambda visit: visit.active and visit.visit_state == "planned")
        for visit in running:
            visit.write(
                {
                    "user_id": successor.id,
                    "partner_ids": [Command.unlink(old.id), Command.link(new.id)],
                }
            )
        ended = visits - running
        visits.create(
            [
                {
                    "name": visit.name,
                    "start": visit.start,
                    "stop": visit.stop,
                    "user_id": successor.id,
                    "visit_partner_id": visit.visit_partner_id.id,
                    "opportunity_id": visit.opportunity_id.id,
                    "partner_ids": [
                        Command.set((visit.partner_ids - old | new).ids),
                    ],
                }
                for visit in ended
            ]
        )

    @api.model
    def _linked_models(self):
        return {
            model: owner
            for model, owner in LINKED.items()
            if model in self.env and "access_token" in self.env[model]._fields
        }

    def _end_links(self):
        """Links of his documents that work without login stop; new ones are made on demand."""
        for checkout in self.filtered("user_id"):
            for model, owner in self._linked_models().items():
                documents = self.env[model].search(
                    [
                        (owner, "=", checkout.user_id.id),
                        ("access_token", "!=", False),
                        ("company_id", "=", checkout.company_id.id),
                    ]
                )
                if documents:
                    engine(documents).write({"access_token": False})
        engine(self).write({"links_ended_at": fields.Datetime.now()})

    def _end_access(self):
        """Sessions, keys, links, grants and places on lists of who leaves: at his next request."""
        users = self.user_id
        if not users:
            return
        users._confidentiality_end_access()
        self._end_links()
        # Grants and lists that begin later end too, whatever day it is where somebody presses
        today = min(user.company_id._regulation_today() for user in users)
        running = ["|", ("date_to", "=", False), ("date_to", ">=", today)]
        people = [("user_id", "in", users.ids), *running]
        grants = self.env["confidentiality.grant"].search([("revoked_at", "=", False), *people])
        if grants:
            grants.action_revoke()
        for member in self.env["confidentiality.member"].search(people):
            # Who was put on it today or for later leaves it before his first day is over
            member.date_to = max(member.date_from, today) - timedelta(days=1)
        self._end_cases(users)

    def _end_cases(self, users):
        """Who leaves works on no case any more."""
        members = self.env["confidentiality.case.member"].search(
            [("user_id", "in", users.ids), ("ended_at", "=", False)]
        )
        if members:
            members._end()
