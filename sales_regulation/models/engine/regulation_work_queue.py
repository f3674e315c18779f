# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval


class RegulationWorkQueue(models.Model):
    """One kind of work that waits for people, with its number: the home of a role.

    A row says which records wait, for whom that is work, and which action opens them.
    The numbers are counted with the reader's own rights when the page is opened.
    """

    _name = "regulation.work.queue"
    _description = "Work Queue"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=50)
    active = fields.Boolean(default=True)
    icon = fields.Char(default="fa-inbox", help="Icon of the card.")
    action_id = fields.Many2one(
        comodel_name="ir.actions.act_window",
        required=True,
        ondelete="cascade",
        help="Opens the records that wait.",
    )
    domain = fields.Char(
        help="Which records wait; uid is the reader. Empty: the action is opened as it is and"
        " nothing is counted."
    )
    late_domain = fields.Char(help="Which of them are late.")
    group_ids = fields.Many2many(comodel_name="res.groups", string="Work of Groups")
    role_ids = fields.Many2many(
        comodel_name="regulation.role",
        string="Work of Roles",
        help="Neither group nor role: everybody's.",
    )
    always = fields.Boolean(
        string="Shown when Empty", help="The main work of these people: shown at zero too."
    )
    count = fields.Integer(string="Waiting", compute="_compute_count")
    late_count = fields.Integer(string="Late", compute="_compute_count")
    shown = fields.Boolean(compute="_compute_shown", search="_search_shown")

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_count(self):
        for queue in self:
            queue.count = queue._count(queue.domain)
            queue.late_count = queue._count(queue.domain, queue.late_domain) if queue.count else 0

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_shown(self):
        mine = self._mine()
        for queue in self:
            queue.shown = queue in mine and bool(queue.always or queue.count)

    def _search_shown(self, operator, value):
        if operator != "in":
            return NotImplemented
        queues = self.search([]).filtered("shown")
        return [("id", "in" if True in value else "not in", queues.ids)]

    # === ACTION METHODS === #

    def action_open(self):
        """Open the records that wait."""
        self.ensure_one()
        if self not in self._mine():
            raise AccessError(self.env._("This is not among your work."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            self.sudo().action_id.get_external_id()[self.sudo().action_id.id]
        )
        action["name"] = action["display_name"] = self.name
        if self.domain:
            # Exactly what was counted, whatever the action shows by default
            action["domain"] = list(self._domain(action.get("domain"), self.domain))
            context = self._literal(action.get("context")) or {}
            action["context"] = {
                key: value
                for key, value in context.items()
                if not key.startswith("search_default_")
            }
        return action

    # === BUSINESS METHODS === #

    @api.model
    def _become_start_page(self, companies):
        """Who holds a role in a company starts with this list, unless he chose another page."""
        roles = self.env["regulation.role"].sudo().search([])
        ids = {
            user
            for company in companies
            for held in roles._holders_by_role(company).values()
            for user, _team in held
        }
        action = self.env.ref("sales_regulation.regulation_work_queue_action")
        people = self.env["res.users"].sudo().browse(ids).filtered(lambda user: not user.action_id)
        people.action_id = self.env["ir.actions.actions"].browse(action.id)

    def _mine(self):
        """Those of these queues that are work of the reader."""
        user = self.env.user
        roles = self.env["regulation.role"].sudo()
        for company in self.env.companies:
            roles |= self.sudo().role_ids._held_by(user, company)
        groups = user.all_group_ids
        return self.filtered(
            lambda queue: (
                (
                    queue.sudo().group_ids & groups
                    or queue.sudo().role_ids & roles
                    or not (queue.sudo().group_ids or queue.sudo().role_ids)
                )
                and queue._readable()
            )
        )

    def _readable(self):
        """Whether the reader may read what the action opens at all."""
        model = self.env.get(self.sudo().action_id.res_model)
        return model is not None and model.has_access("read")

    def _count(self, *domains):
        self.ensure_one()
        if not all(domains) or not self._readable():
            return 0
        action = self.sudo().action_id
        return self.env[action.res_model].search_count(self._domain(action.domain, *domains))

    def _domain(self, *texts):
        return Domain.AND([Domain(self._literal(text) or []) for text in texts])

    def _literal(self, text):
        """A domain or context as the web client reads it. Only the product and those who may
        write server actions write these rows."""
        if not isinstance(text, str):
            return text
        return safe_eval(text, {"uid": self.env.uid}) if text.strip() else None
