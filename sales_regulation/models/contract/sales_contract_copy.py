# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools import engine

#: the event whose hand-over rules name the departments that get a copy
COPY_EVENT = "contract_copy"


class SalesContractCopy(models.Model):
    """A copy of a signed contract for a department, with its receipt (S3-52).

    Which departments get one is said by the hand-over rules of the event “contract_copy”: the
    role, the task and its deadline. The receipt is a tick of the role in its own name.
    """

    _name = "sales.contract.copy"
    _description = "Contract Copy"
    _inherit = ["regulation.sealed"]
    _order = "contract_id desc, id"
    _rec_name = "number"
    _append_only = True

    contract_id = fields.Many2one(
        comodel_name="sales.contract", required=True, readonly=True, index=True, ondelete="restrict"
    )
    # The department reads which contract it is, and nothing else of it
    number = fields.Char(string="Contract Number", required=True, readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    role_id = fields.Many2one(
        comodel_name="regulation.role",
        string="Copy for",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    handover_id = fields.Many2one(
        comodel_name="regulation.handover",
        string="Task",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    sent_at = fields.Datetime(string="Handed out at", required=True, readonly=True)
    due_at = fields.Datetime(related="handover_id.due_at", string="Due", related_sudo=True)
    received_at = fields.Datetime(readonly=True)
    received_by_id = fields.Many2one(
        comodel_name="res.users", string="Received by", readonly=True, ondelete="restrict"
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    can_receive = fields.Boolean(compute="_compute_can_receive")

    # === COMPUTE METHODS === #

    @api.depends("received_at")
    @api.depends_context("uid")
    def _compute_can_receive(self):
        """Whether the button is of use to the reader; the server asks again."""
        held = {}
        for copy in self:
            place = (copy.role_id, copy.company_id)
            if place not in held:
                held[place] = bool(copy.role_id._held_by(self.env.user, copy.company_id))
            copy.can_receive = not copy.received_at and (
                held[place] or copy.sudo().handover_id.user_id == self.env.user
            )

    @api.depends("received_at", "handover_id.deadline_id.due_at")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for copy in self:
            copy.is_overdue = bool(not copy.received_at and copy.due_at and copy.due_at < now)

    def _search_is_overdue(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        return [
            ("received_at", "=", False),
            ("handover_id.deadline_id.due_at", "<", fields.Datetime.now()),
        ]

    # === ACTION METHODS === #

    def action_receive(self):
        """Receipt of the copies, for the department they are for."""
        self.check_access("read")
        self._check_may_receive()
        copies = self.sudo().filtered(lambda copy: not copy.received_at)
        tasks = copies.handover_id.filtered(lambda task: task.state in ("queued", "open"))
        # Received before its task was made: it is not made any more
        engine(tasks.filtered(lambda task: task.state == "queued")).write({"state": "open"})
        tasks.activity_id.exists().with_user(self.env.user).sudo()._action_done()
        tasks._taken_over()
        copies._receive()

    # === BUSINESS METHODS === #

    def _check_may_receive(self):
        for copy in self.sudo():
            given_to = copy.handover_id.user_id == self.env.user
            if not given_to and not copy.role_id._held_by(self.env.user, copy.company_id):
                raise AccessError(
                    self.env._(
                        "The copy of %(contract)s is for: %(role)s.",
                        contract=copy.number,
                        role=copy.role_id.name,
                    )
                )

    def _receive(self):
        copies = self.filtered(lambda copy: not copy.received_at)
        engine(copies).write({"received_at": fields.Datetime.now(), "received_by_id": self.env.uid})
        for copy in copies:
            self.env["regulation.register"]._record(
                "contract_copy", copy.contract_id, code=copy.role_id.code
            )


class RegulationHandover(models.Model):
    _inherit = "regulation.handover"

    def _taken_over(self):
        """Whoever ticks the task of a copy off has received it."""
        ours = self.filtered(lambda task: task.event == COPY_EVENT and task.state == "open")
        super()._taken_over()
        if ours:
            self.env["sales.contract.copy"].sudo().search(
                [("handover_id", "in", ours.ids)]
            )._receive()


class SalesContract(models.Model):
    _inherit = "sales.contract"

    copy_ids = fields.One2many(
        comodel_name="sales.contract.copy",
        inverse_name="contract_id",
        string="Copies",
        readonly=True,
    )

    def _after_signature(self):
        super()._after_signature()
        self._hand_out_copies()

    def _hand_out_copies(self):
        """A copy for each department that the regulation names, and its task."""
        tasks = self.env["regulation.handover"]._queue(COPY_EVENT, self)
        contracts = {contract.id: contract for contract in self.sudo()}
        engine(self.env["sales.contract.copy"].sudo()).create(
            [
                {
                    "contract_id": task.res_id,
                    "number": contracts[task.res_id].name,
                    "company_id": task.company_id.id,
                    "role_id": task.role_id.id,
                    "handover_id": task.id,
                    "sent_at": task.queued_at,
                }
                for task in tasks
            ]
        )
