# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError

from ...tools import engine, is_engine

#: ends of a document that shows how it ended (``_submittable_ends``)
KEPT_ENDS = {
    "returned": "returned",
    "refused": "refused",
    "void": "returned",
    "withdrawn": "withdrawn",
}


class RegulationSubmittable(models.AbstractModel):
    """A request: somebody writes it, hands it in, others decide, then it is carried out.

    To make one: inherit this, give it a ``state`` with "draft" and "submitted" and name its
    kind in ``_approval_kinds``; the button writes "submitted" with ``engine`` and calls
    ``_request_approval``; ``_approval_granted`` carries it out. What was handed in is neither
    edited nor deleted, and goes back to whoever wrote it when it is returned, withdrawn or void.
    """

    _name = "regulation.submittable"
    _inherit = ["regulation.approvable", "regulation.sealed"]
    _description = "Document Handed In for a Decision"

    #: States in which it may still be written.
    _submittable_open = frozenset({"draft"})
    #: States that an approval's end still moves; what is carried out stays so.
    _submittable_waiting = frozenset({"submitted"})
    #: Its state after each end of the approval that carries nothing out.
    _submittable_ends = {
        "returned": "draft",
        "refused": "refused",
        "void": "draft",
        "withdrawn": "draft",
    }
    #: Fields that are fixed at hand-in beside those of the content.
    _submittable_fields = ()

    # === CRUD METHODS === #

    def write(self, vals):
        fixed = {*self._approval_content_fields, *self._submittable_fields}
        if not is_engine(self.env) and self._submittable_fixed(vals) & fixed:
            self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        for document in self:
            if document.state not in ("draft", "withdrawn"):
                raise UserError(
                    self.env._("%s was handed in: it is kept as evidence.", document.display_name)
                )

    def _submittable_fixed(self, vals):
        """The fields that ``vals`` would change."""
        return set(vals)

    def _check_open(self):
        """Raise UserError if one of them is handed in, decided or carried out."""
        for document in self.sudo():
            if document.state not in self._submittable_open:
                raise UserError(
                    self.env._(
                        "%s was handed in: it is not edited. Withdraw it first.",
                        document.display_name,
                    )
                )

    def _check_lines_open(self):
        """Raise UserError if the lines of these documents may not change (``.line``)."""
        self._check_open()

    # === APPROVAL === #

    def _approval_submit_check(self, kind):
        super()._approval_submit_check(kind)
        if self._approval_moves(kind) and any(
            document.state not in self._submittable_waiting for document in self
        ):
            raise UserError(self.env._("Hand it in with its own button."))

    def _approval_returned(self, approval):
        super()._approval_returned(approval)
        self._end_submission("returned")

    def _approval_refused(self, approval):
        self._end_submission("refused")

    def _approval_voided(self, approval):
        super()._approval_voided(approval)
        self._end_submission("void")

    def _approval_withdrawn(self, approval):
        super()._approval_withdrawn(approval)
        self._end_submission("withdrawn")

    def _end_submission(self, end):
        waiting = self.filtered(lambda document: document.state in self._submittable_waiting)
        engine(waiting).write({"state": self._submittable_ends[end]})
