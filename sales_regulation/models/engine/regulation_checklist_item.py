# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError


class RegulationChecklistItem(models.Model):
    """What must be complete: an item of a checklist of the profile.

    An automatic item is evaluated from the document by the method ``_checklist_<code>`` of
    its model; any other is ticked by a named person.
    """

    _name = "regulation.checklist.item"
    _description = "Checklist Item"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, kind, sequence, id"

    _code_uniq = models.Constraint(
        "UNIQUE(profile_id, kind, code)", "A checklist has one item of a code."
    )

    kind = fields.Char(
        string="Checklist",
        required=True,
        index=True,
        help="Which checklist it belongs to, by the code of the approval or step it serves.",
    )
    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable name of the item, in every version.")
    sequence = fields.Integer(default=10)
    required = fields.Boolean(default=True)
    automatic = fields.Boolean(
        help="Evaluated by the system from the document, ticked by nobody."
    )
    role_id = fields.Many2one(
        comodel_name="regulation.role",
        string="Ticked by",
        ondelete="restrict",
        help="Empty: whoever may edit the document or decides on it.",
    )
    bound = fields.Boolean(
        string="Again after Changes",
        default=True,
        help="A tick counts for the content that was seen: after a change it is to be ticked"
        " again. For documents under approval.",
    )
    clause_codes = fields.Char(string="Clauses")
    # -- about one document, named by the context of the form
    is_done = fields.Boolean(compute="_compute_document_state", compute_sudo=True, string="Done")
    done_by_id = fields.Many2one(
        comodel_name="res.users", compute="_compute_document_state", compute_sudo=True, string="By"
    )
    done_at = fields.Datetime(compute="_compute_document_state", compute_sudo=True, string="At")

    @api.depends_context("checklist_model", "checklist_id")
    def _compute_document_state(self):
        """The state on the document that the form names; says nothing without read access."""
        self.is_done = False
        self.done_by_id = False
        self.done_at = False
        document = self._context_document()
        if not document or not document.has_access("read"):
            return
        document = document.sudo()
        for kind, items in self.grouped("kind").items():
            done = document._checklist_done(kind, items)[document.id]
            for item in items:
                if item.code in done:
                    item.is_done = True
                    tick = done[item.code]
                    if tick:
                        item.done_by_id = tick.user_id
                        item.done_at = tick.at

    def _context_document(self):
        """The document whose checklist is shown. The caller names it, so it is checked."""
        model = self.env.context.get("checklist_model")
        res_id = self.env.context.get("checklist_id")
        if not isinstance(model, str) or model not in self.env or not isinstance(res_id, int):
            return None
        if not hasattr(self.env[model], "_checklist_missing"):
            return None
        env = self.env(su=False)
        return env[model].browse(res_id).exists() or None

    @api.model
    @tools.ormcache("profile_id", cache="stable")
    def _rows(self, profile_id):
        """``{checklist: ((sequence, id, code, required, automatic), ...)}`` of a profile."""
        rows = {}
        for item in self.sudo().search([("profile_id", "=", profile_id)]):
            rows.setdefault(item.kind, []).append(self._row(item.id))
        return {kind: tuple(items) for kind, items in rows.items()}

    @api.model
    @tools.ormcache("item_id", cache="stable")
    def _row(self, item_id):
        """``(sequence, id, code, required, automatic)`` of an item, which need not be read."""
        item = self.sudo().browse(item_id)
        return (item.sequence, item.id, item.code, item.required, item.automatic)

    @api.constrains("automatic", "code")
    def _check_method(self):
        for item in self.filtered("automatic"):
            name = f"_checklist_{item.code}"
            if not any(hasattr(model, name) for model in self.env.registry.values()):
                raise ValidationError(
                    self.env._("No document knows the automatic item %(code)s.", code=item.code)
                )

    def action_toggle(self):
        """Tick the item on the document that the form shows, or take the tick back."""
        self.ensure_one()
        document = self._context_document()
        if not document:
            raise ValidationError(self.env._("Open the document to tick its checklist."))
        if self.is_done:
            return document.action_untick(self.id)
        return document.action_tick(self.id)
