# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

CLOSED_CONTRACTS = ("closed", "terminated", "cancelled")


class ConfidentialityCheckout(models.Model):
    """What is still a leaver's: counted for all lists at once, one query for each kind.

    The automatic items of the checklist "checkout" ask the same counts.
    """

    _inherit = "confidentiality.checkout"

    # === WHAT IS HIS === #

    @api.model
    def _work_domains(self):
        """What passes to a successor: ``{kind: (model, field of the owner, condition)}``."""
        return {
            "customers": ("res.partner", "user_id", []),
            "leads": ("crm.lead", "user_id", [("won_status", "=", "pending")]),
            "contracts": (
                "sales.contract",
                "user_id",
                [("state", "not in", CLOSED_CONTRACTS)],
            ),
            "tasks": ("mail.activity", "user_id", []),
            "visits": (
                "calendar.event",
                "user_id",
                [("visit_state", "=", "planned"), ("start", ">", fields.Datetime.now())],
            ),
        }

    def _work(self, kind):
        """The records of one kind that are still this leaver's, in his company."""
        self.ensure_one()
        model, owner, domain = self._work_domains()[kind]
        records = self.env[model].sudo()
        if not self.user_id:
            return records.browse()
        domain = [(owner, "=", self.user_id.id), *domain]
        if company := self._company_field(model):
            domain.append((company, "in", (False, self.company_id.id)))
        return records.search(domain, order="id")

    @api.model
    def _company_field(self, model):
        """The stored field that says to which company a record of such a model belongs."""
        names = {"calendar.event": "visit_company_id"}
        name = names.get(model, "company_id")
        field = self.env[model]._fields.get(name)
        return name if field and field.store else False

    def _count_work(self, kind):
        """``{id: number}`` of one kind, for all leavers in one query."""
        model, owner, domain = self._work_domains()[kind]
        company = self._company_field(model)
        groupby = [owner, *([company] if company else [])]
        numbers = {}
        for user, *rest in self.env[model].sudo()._read_group(
            [(owner, "in", self.user_id.ids), *domain], groupby, ["__count"]
        ):
            company_id = rest[0].id if company else False
            key = (user.id, company_id)
            numbers[key] = numbers.get(key, 0) + rest[-1]
        return {
            checkout.id: sum(
                numbers.get((checkout.user_id.id, company_id), 0)
                for company_id in {False, checkout.company_id.id}
            )
            for checkout in self
        }

    def _count_grants(self):
        """Running grants and places on need-to-know lists."""
        today = fields.Date.context_today(self)
        running = ["|", ("date_to", "=", False), ("date_to", ">=", today)]
        people = [("user_id", "in", self.user_id.ids)]
        numbers = {}
        for model, domain in (
            ("confidentiality.grant", [("revoked_at", "=", False), *running]),
            ("confidentiality.member", running),
        ):
            for row in self.env[model].sudo().search_fetch(
                people + domain, ["user_id", "date_from", "date_to"]
            ):
                # What ended before it began was never held
                if not row.date_to or row.date_to >= row.date_from:
                    numbers[row.user_id.id] = numbers.get(row.user_id.id, 0) + 1
        return {checkout.id: numbers.get(checkout.user_id.id, 0) for checkout in self}

    def _count_access(self):
        """API keys, and one more while he may have a session: a login since they were ended."""
        people = self.sudo().user_id
        keys = dict(
            people.env["res.users.apikeys"]._read_group(
                [("user_id", "in", people.ids)], ["user_id"], ["__count"]
            )
        )
        logins = dict(
            people.env["res.users.log"]._read_group(
                [("create_uid", "in", people.ids)], ["create_uid"], ["create_date:max"]
            )
        )
        numbers = {}
        for user in people:
            last, ended = logins.get(user), user.sessions_ended_at
            lives = user.active and last and (not ended or last > ended)
            numbers[user.id] = keys.get(user, 0) + bool(lives)
        return {checkout.id: numbers.get(checkout.user_id.id, 0) for checkout in self}

    def _count_open(self):
        """``{id: {kind: number}}`` of everything that is still his."""
        counts = {
            **{kind: self._count_work(kind) for kind in self._work_domains()},
            "access": self._count_access(),
            "grants": self._count_grants(),
        }
        return {
            checkout.id: {kind: numbers[checkout.id] for kind, numbers in counts.items()}
            for checkout in self
        }

    # === AUTOMATIC ITEMS === #

    @api.model
    def _none_left(self, numbers):
        return {checkout_id: not number for checkout_id, number in numbers.items()}

    def _checklist_checkout_customers(self):
        return self._none_left(self._count_work("customers"))

    def _checklist_checkout_leads(self):
        return self._none_left(self._count_work("leads"))

    def _checklist_checkout_contracts(self):
        return self._none_left(self._count_work("contracts"))

    def _checklist_checkout_tasks(self):
        return self._none_left(self._count_work("tasks"))

    def _checklist_checkout_visits(self):
        return self._none_left(self._count_work("visits"))

    def _checklist_checkout_access(self):
        """Sessions, API keys and the links of what was his."""
        return {
            checkout.id: not number
            and (not checkout.user_id or bool(checkout.links_ended_at))
            for checkout, number in zip(self, self._count_access().values(), strict=True)
        }

    def _checklist_checkout_grants(self):
        return self._none_left(self._count_grants())

    def _checklist_checkout_statement(self):
        return {checkout.id: bool(checkout.statement_signed_on) for checkout in self}
