# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from .sales_contract_ledger import OWNER_FIELDS, SalesContractLedger


class SalesContractWatch(models.Model):
    """Supervision: what of the contracts is due, and what runs late (S0-86, S4-221).

    One row for each review that waits, each original and each copy that is out, and per
    contract for what is to be delivered and to be paid.
    """

    _name = "sales.contract.watch"
    _description = "Contract Supervision"
    _auto = False
    _order = "due_on, id"
    _rec_name = "contract_id"

    _depends = {
        **SalesContractLedger._depends,
        "regulation.approval": ["res_model", "res_id", "kind_id", "state"],
        "regulation.approval.step": ["approval_id", "state", "due_at", "user_ids"],
        "regulation.approval.kind": ["code"],
        "regulation.deadline": ["res_model", "res_id", "code", "state", "due_at"],
        "regulation.handover": ["deadline_id", "user_id"],
        "sales.contract.copy": ["contract_id", "handover_id", "received_at"],
    }

    contract_id = fields.Many2one(comodel_name="sales.contract", readonly=True)
    kind = fields.Selection(
        selection=[
            ("review", "Review"),
            ("original", "Original"),
            ("copy", "Copy"),
            ("delivery", "Delivery"),
            ("payment", "Payment"),
        ],
        string="What",
        readonly=True,
    )
    due_on = fields.Date(string="Due", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator="max")
    is_late = fields.Boolean(string="Late", readonly=True)
    responsible_id = fields.Many2one(
        comodel_name="res.users", readonly=True, help="Who has to do it."
    )
    amount = fields.Monetary(
        readonly=True, help="Overdue money, in the currency of the contract, taxes included."
    )
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Salesperson", readonly=True)
    creator_id = fields.Many2one(comodel_name="res.users", string="Drafted by", readonly=True)
    team_id = fields.Many2one(comodel_name="crm.team", string="Sales Team", readonly=True)
    archive_role_id = fields.Many2one(
        comodel_name="regulation.role", string="Archived by the Role", readonly=True
    )

    # === QUERY === #

    @property
    def _table_query(self):
        Ledger = self.env["sales.contract.ledger"]
        Ledger._without_jit()
        return SQL(
            """
            SELECT matter.id, matter.contract_id, matter.kind, matter.due_on, matter.amount,
                   COALESCE(matter.responsible_id, contract.user_id) AS responsible_id,
                   GREATEST(0, %(today)s - matter.due_on) AS days_late,
                   COALESCE(matter.due_on < %(today)s OR matter.past, FALSE) AS is_late,
                   contract.partner_id, contract.currency_id, %(owners)s
              FROM (%(matters)s) matter (id, contract_id, kind, due_on, past, responsible_id, amount)
              JOIN sales_contract contract ON contract.id = matter.contract_id
            """,
            today=Ledger._today(),
            owners=OWNER_FIELDS,
            matters=SQL(" UNION ALL ").join(self._matters()),
        )

    @api.model
    def _matters(self):
        """Queries of what is due: a row each of the same columns."""
        return [
            self._reviews(),
            self._originals(),
            self._copies(),
            self._deliveries(),
            self._payments(),
        ]

    @api.model
    def _day(self, moment):
        """The day of a stored moment where the user's company is, and whether it is past."""
        return SQL(
            "(%(moment)s AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date, %(moment)s < %(now)s",
            moment=moment,
            tz=self.env.company._regulation_tz().zone,
            now=fields.Datetime.now(),
        )

    @api.model
    def _reviews(self):
        return SQL(
            """
            SELECT step.id * 8, approval.res_id, 'review', %s,
                   (SELECT min(approver.res_users_id)
                      FROM regulation_approval_step_user_rel approver
                     WHERE approver.regulation_approval_step_id = step.id),
                   NULL::numeric
              FROM regulation_approval_step step
              JOIN regulation_approval approval ON approval.id = step.approval_id
              JOIN regulation_approval_kind kind ON kind.id = approval.kind_id
              LEFT JOIN regulation_deadline deadline
                ON deadline.res_model = approval.res_model AND deadline.res_id = approval.res_id
               AND deadline.code = 'approval_' || kind.code
               AND deadline.state IN ('open', 'overdue')
             WHERE approval.res_model = 'sales.contract' AND approval.state = 'pending'
               AND step.state = 'pending'
            """,
            # Days of the step, or the clock of the whole review
            self._day(SQL("LEAST(step.due_at, deadline.due_at)")),
        )

    @api.model
    def _originals(self):
        return SQL(
            """
            SELECT signed.id * 8 + 1, signed.id, 'original', %s, signed.user_id, NULL::numeric
              FROM sales_contract signed
             WHERE signed.original_expected AND signed.original_returned_on IS NULL
            """,
            self._day(SQL("signed.original_due_at")),
        )

    @api.model
    def _copies(self):
        return SQL(
            """
            SELECT copy.id * 8 + 2, copy.contract_id, 'copy', %s, task.user_id, NULL::numeric
              FROM sales_contract_copy copy
              LEFT JOIN regulation_handover task ON task.id = copy.handover_id
              LEFT JOIN regulation_deadline deadline ON deadline.id = task.deadline_id
             WHERE copy.received_at IS NULL
            """,
            self._day(SQL("deadline.due_at")),
        )

    @api.model
    def _deliveries(self):
        return SQL(
            """
            SELECT ledger.id * 8 + 3, ledger.id, 'delivery', ledger.delivery_due_on, FALSE,
                   ledger.user_id, NULL::numeric
              FROM (%s) ledger
             WHERE ledger.state = 'signed' AND ledger.delivery_due_on IS NOT NULL
            """,
            self.env["sales.contract.ledger"]._query(),
        )

    @api.model
    def _payments(self):
        return SQL(
            """
            SELECT owed.id * 8 + 4, owed.id, 'payment',
                   CASE WHEN owed.overdue > 0 THEN owed.overdue_since ELSE owed.next_due_on END,
                   owed.overdue > 0, owed.user_id, owed.overdue
              FROM (
                  SELECT ledger.id, ledger.user_id, ledger.overdue, ledger.overdue_since,
                         ledger.next_due_on
                    FROM (%s) ledger
                   WHERE ledger.signed_on IS NOT NULL
                     AND (ledger.overdue_since IS NOT NULL OR ledger.next_due_on IS NOT NULL)
                  OFFSET 0
              ) owed
             WHERE owed.overdue > 0 OR owed.next_due_on IS NOT NULL
            """,
            self.env["sales.contract.ledger"]._query(),
        )

    # === ACTION METHODS === #

    def action_open_contract(self):
        """Open the contract; the usual access rights decide."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sales.contract",
            "res_id": self.contract_id.id,
            "view_mode": "form",
        }
