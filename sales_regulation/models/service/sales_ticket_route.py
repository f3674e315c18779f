# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import html2plaintext

from ...tools import engine


class SalesTicket(models.Model):
    """Whose ticket it is, who coordinates it, and how mail becomes one."""

    _inherit = "sales.ticket"

    # === PEOPLE === #

    def _people(self):
        """Owner and team of each new ticket: ``{id: values}``.

        The salesperson of the order or of the customer; otherwise whoever registers it. The
        server decides: nobody registers a complaint on a colleague's account.
        """
        people = {}
        for ticket in self:
            customer = ticket.partner_id.commercial_partner_id
            order = ticket.order_id or ticket.notice_id.order_id
            owner = self.env["res.users"]
            for candidate in (order.user_id, customer.user_id, ticket.create_uid):
                # Nobody, as a record, is not asked what he is
                if (
                    candidate
                    and candidate._is_internal()
                    and ticket.company_id in candidate.company_ids
                ):
                    owner = candidate
                    break
            team = order.team_id or owner.sale_team_id
            if team.company_id and team.company_id != ticket.company_id:
                team = team.browse()
            people[ticket.id] = {
                # The system registers the mail of a stranger: the coordinator gives it an owner
                "user_id": False if owner.id == api.SUPERUSER_ID else owner.id,
                "team_id": team.id,
                "order_id": order.id,
            }
        return people

    def _coordinate(self):
        """Who brings the departments together: the role for the team, or its leader (S3-35)."""
        tickets = self.sudo()
        policies = tickets._regulation_policies()
        Role = self.env["regulation.role"].sudo()
        known = {}
        for ticket in tickets:
            policy = policies[ticket.id]
            role_ids = tuple(policy.get("ticket_coordinator_role_ids") or ())
            # The mail of a stranger belongs to no team: a manager takes it up
            manager_ids = tuple(policy.get("ticket_manager_role_ids") or ())
            key = (role_ids, manager_ids, ticket.company_id, ticket.team_id)
            if key not in known:
                holders = Role.browse(role_ids)._holders(ticket.company_id, ticket.team_id)[:1]
                known[key] = (
                    holders
                    or ticket.team_id.user_id
                    or Role.browse(manager_ids)._holders(ticket.company_id)[:1]
                )
            engine(ticket).write(
                {
                    "coordinator_id": known[key].id,
                    "user_id": ticket.user_id.id or known[key].id,
                }
            )

    def _tell_registered(self):
        """Owner and coordinator follow it, the coordinator gets a task; the departments are told
        by the hand-over rules of the event ``ticket_registered``."""
        tickets = self.sudo()
        for people, group in tickets.grouped(
            lambda ticket: ticket.user_id | ticket.coordinator_id
        ).items():
            group.message_subscribe(people.partner_id.ids)
        if not self.env["regulation.profile"]._regulated_companies():
            return
        self.env["regulation.handover"]._queue("ticket_registered", tickets)
        for kind, group in tickets.grouped("kind_id").items():
            self.env["regulation.handover"]._queue(f"ticket_{kind.code}", group)
        for coordinator, group in tickets.grouped("coordinator_id").items():
            if coordinator and coordinator != self.env.user:
                group.with_context(lang=coordinator.lang)._task_coordinator(coordinator)

    def _task_coordinator(self, coordinator):
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": ticket.id,
                    "activity_type_id": todo.id if todo else False,
                    "user_id": coordinator.id,
                    "summary": self.env._("Coordinate: %s", ticket.kind_id.name),
                    "automated": True,
                }
                for ticket in self
            ]
        )

    # === MAIL === #

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A mail to the address of a kind: registered at once, its sender matched to a customer."""
        values = dict(custom_values or {})
        kind = self.env["sales.ticket.kind"].sudo().browse(values.get("kind_id")).exists()
        author = self.env["res.partner"].sudo().browse(msg_dict.get("author_id") or [])
        # A colleague who forwards a mail is no customer
        if any(user._is_internal() for user in author.user_ids):
            author = author.browse()
        customer = author.commercial_partner_id
        company = kind.company_id or customer.company_id or self.env.company
        if customer.company_id and customer.company_id != company:
            author = customer = customer.browse()
        values.update(
            {
                "subject": msg_dict.get("subject") or self.env._("Without subject"),
                "description": html2plaintext(msg_dict.get("body") or "").strip(),
                "channel": "mail",
                "company_id": company.id,
                "partner_id": customer.id,
                "contact_id": author.id if author != customer else False,
                "email_from": msg_dict.get("email_from"),
            }
        )
        return super(SalesTicket, self.with_company(company)).message_new(
            msg_dict, custom_values=values
        )
