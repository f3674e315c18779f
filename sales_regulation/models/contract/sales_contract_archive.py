# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import Refusal, engine
from . import sales_contract
from .sales_contract_document import DOCUMENTS

ORIGINAL = "contract_original"
_VALUES = {"original": ("on", "note"), "archive": ("place",)}


class SalesContract(models.Model):
    """After the signature: the original comes back, the contract goes on file (S0-79 to S0-81).

    Being on file stands beside the state: a contract is carried out, amended and ended whether
    its paper is on file or not.
    """

    _inherit = "sales.contract"

    _sealed_fields = sales_contract.SalesContract._sealed_fields | {
        "original_expected",
        "original_due_at",
        "original_returned_on",
        "original_returned_at",
        "original_returned_by_id",
        "original_note",
        "archive_role_id",
        "archive_number",
        "archive_place",
        "archived_at",
        "archived_by_id",
        "archive_state",
        "stage_at",
    }

    original_expected = fields.Boolean(
        readonly=True,
        copy=False,
        help="The regulation wants the signed original back in the company (合同原件).",
    )
    original_due_at = fields.Datetime(
        string="Original due",
        readonly=True,
        copy=False,
        help="Counted from the signature by the deadline “contract_original”.",
    )
    original_returned_on = fields.Date(
        string="Original back on", readonly=True, copy=False, tracking=True
    )
    original_returned_at = fields.Datetime(
        string="Return recorded at", readonly=True, copy=False
    )
    original_returned_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Original taken in by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    original_note = fields.Char(string="Remark on the Original", readonly=True, copy=False)
    original_overdue = fields.Boolean(
        compute="_compute_original_overdue", search="_search_original_overdue"
    )
    archive_role_id = fields.Many2one(
        comodel_name="regulation.role",
        string="Archived by the Role",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="By the regulation in force at the signature. Its holders read the contract.",
    )
    archive_number = fields.Char(readonly=True, copy=False, index="trigram", tracking=True)
    archive_place = fields.Char(
        string="Kept at", readonly=True, copy=False, help="Room, cabinet, binder."
    )
    archived_at = fields.Datetime(readonly=True, copy=False)
    archived_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    archive_state = fields.Selection(
        selection=[
            ("original", "Original awaited"),
            ("open", "To be archived"),
            ("archived", "Archived"),
        ],
        string="Archive",
        compute="_compute_archive_state",
        store=True,
        index="btree_not_null",
    )
    can_archive = fields.Boolean(compute="_compute_can_archive")
    stage_at = fields.Datetime(
        string="At this Stage since", readonly=True, copy=False, help="Empty: since it was drafted."
    )

    _archive_number_uniq = models.UniqueIndex(
        "(company_id, archive_number) WHERE archive_number IS NOT NULL",
        "Two contracts cannot have one archive number.",
    )
    _original_idx = models.Index(
        "(original_due_at) WHERE original_expected AND original_returned_on IS NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends("original_due_at", "original_returned_on")
    def _compute_original_overdue(self):
        now = fields.Datetime.now()
        for contract in self:
            contract.original_overdue = bool(
                contract.original_due_at
                and not contract.original_returned_on
                and contract.original_due_at < now
            )

    def _search_original_overdue(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        return [
            ("original_due_at", "<", fields.Datetime.now()),
            ("original_returned_on", "=", False),
        ]

    @api.depends("signed_at", "original_expected", "original_returned_on", "archived_at")
    def _compute_archive_state(self):
        for contract in self:
            if contract.archived_at:
                contract.archive_state = "archived"
            elif not contract.signed_at:
                contract.archive_state = False
            elif contract.original_expected and not contract.original_returned_on:
                contract.archive_state = "original"
            else:
                contract.archive_state = "open"

    @api.depends_context("uid")
    @api.depends("archive_state")
    def _compute_can_archive(self):
        """Whether the buttons are of use to the reader; the server asks again."""
        roles = {}
        for contract in self:
            if contract.archive_state not in ("original", "open"):
                contract.can_archive = False
                continue
            role, company = contract.sudo().archive_role_id, contract.company_id
            if (role, company) not in roles:
                roles[role, company] = bool(role._held_by(self.env.user, company))
            contract.can_archive = (
                roles[role, company] if role else contract.has_access("write")
            )

    # === CRUD METHODS === #

    def write(self, vals):
        if "state" in vals:
            moved = self.filtered(lambda contract: contract.state != vals["state"])
            if moved:
                super(SalesContract, moved).write({**vals, "stage_at": fields.Datetime.now()})
            if rest := self - moved:
                super(SalesContract, rest).write(vals)
            return True
        return super().write(vals)

    # === ACTION METHODS === #

    def action_open_archive_step(self):
        """Ask for what the step named in the button's context needs."""
        self.ensure_one()
        return self._open_archive_step(
            "archive" if self.env.context.get("archive_step") == "archive" else "original"
        )

    def action_original_back(self, values=None):
        """Take the signed original in (S0-79).

        :param dict values: ``on``: the day on which it came, today if not given; ``note``
        """
        self.ensure_one()
        self._check_archivist()
        values = self._check_archive_values("original", values)
        day = self._check_original_day(values["on"])
        self._lock_contract()
        contract = self.sudo()
        if not contract.original_expected or contract.original_returned_on:
            raise UserError(
                self.env._("No original of %s is awaited.", contract.display_name)
            )
        engine(contract).write(
            {
                "original_returned_on": day,
                "original_returned_at": fields.Datetime.now(),
                "original_returned_by_id": self.env.uid,
                "original_note": values["note"] or False,
            }
        )
        self.env["regulation.deadline"]._done(self, ORIGINAL)
        self._record_contract("contract_original")

    def action_put_on_file(self, values=None):
        """Archive signed contracts: each gets the next number of its company and year (S0-81).

        :param dict values: ``place``: where the paper is kept
        """
        self._check_archivist()
        values = self._check_archive_values("archive", values)
        self._lock_contract()
        for contract in self.sudo():
            if contract.archive_state not in ("original", "open"):
                raise UserError(
                    self.env._("%s is archived already.", contract.display_name)
                    if contract.archived_at
                    else self.env._("%s is not signed.", contract.display_name)
                )
        self._gate_pass("archive")
        for contract in self.sudo():
            engine(contract).write(
                {
                    "archive_number": contract._next_archive_number(),
                    "archive_place": values["place"] or False,
                    "archived_at": fields.Datetime.now(),
                    "archived_by_id": self.env.uid,
                }
            )
        self._record_contract("contract_archived")

    # === GATE === #

    def _gate_stages(self):
        stages = super()._gate_stages()
        # Of interest to whoever archives; to everybody when the original is late
        waiting = self.filtered(
            lambda contract: (
                isinstance(contract.id, int)
                and contract.archive_state in ("original", "open")
                and (contract.original_overdue or contract.can_archive)
            )
        )
        if waiting:
            stages["archive"] = waiting
        return stages

    def _gate_contract_archive(self, policies, **facts):
        """Archived is what is complete: the original is back, all documents are there."""
        missing = self._checklist_missing(DOCUMENTS)
        refusals = {}
        for contract in self:
            gaps = list(missing[contract.id])
            if contract.archive_state == "original":
                gaps.insert(0, self.env._("The signed original"))
            if gaps:
                refusals[contract.id] = Refusal(
                    reason=self.env._("The file of the contract is not complete."),
                    missing=tuple(gaps),
                )
        return refusals

    # === BUSINESS METHODS === #

    def _after_signature(self):
        super()._after_signature()
        self._expect_original()

    def _expect_original(self):
        """From the signature on the company waits for the original."""
        policies = self._regulation_policies()
        for contract in self.sudo():
            policy = policies[contract.id]
            if not policy:
                continue
            signature = contract.signature_ids.filtered(
                lambda row, contract=contract: row.fingerprint == contract.signed_fingerprint
            )[:1]
            expected = signature.method == "scan" or policy.get("contract_original_portal")
            values = {
                "original_expected": bool(expected),
                "archive_role_id": next(iter(policy.get("contract_archive_role_id") or ()), False),
            }
            if expected:
                # The paper gives the day only: a day that is over counts from its end
                day_end = contract.company_id._regulation_utc(contract.signed_on, time(23, 59, 59))
                values["original_due_at"] = (
                    self.env["regulation.deadline"]
                    ._start(
                        contract,
                        ORIGINAL,
                        start=min(day_end, fields.Datetime.now()),
                        policies=policies,
                    )
                    .due_at
                )
            engine(contract).write(values)

    def _check_archivist(self):
        """Raise AccessError unless the contracts are the caller's to archive."""
        self.check_access("read")
        for contract in self:
            role = contract.sudo().archive_role_id
            if not role:
                contract.check_access("write")
            elif not role._held_by(self.env.user, contract.company_id):
                raise AccessError(
                    self.env._(
                        "%(contract)s is archived by: %(role)s.",
                        contract=contract.display_name,
                        role=role.name,
                    )
                )

    @api.model
    def _check_archive_values(self, step, values):
        values = dict(values) if isinstance(values, dict) else {}
        if unknown := set(values) - set(_VALUES[step]):
            raise UserError(
                self.env._("This step has no %s.", ", ".join(sorted(map(str, unknown))))
            )
        return {name: str(values.get(name) or "").strip() for name in _VALUES[step]}

    def _check_original_day(self, text):
        today = self.company_id._regulation_today()
        try:
            day = fields.Date.to_date(text or None) or today
        except ValueError as error:
            raise UserError(
                self.env._("%s is not a date: write it as 2026-03-21.", text)
            ) from error
        if day > today or (self.signed_on and day < self.signed_on):
            raise UserError(
                self.env._("The original came between the signature and today: check the day.")
            )
        return day

    def _next_archive_number(self):
        """The next number of the company and year; each company counts for itself."""
        self.ensure_one()
        code = "sales.contract.archive"
        company = self.company_id
        Sequence = self.env["ir.sequence"].sudo()
        if not Sequence.search_count([("code", "=", code), ("company_id", "=", company.id)]):
            # Two first ones at once must not make two sequences
            self.env["regulation.commitment"]._lock([("contract_archive", company.id)])
            Sequence.create(
                {
                    "name": self.env._("Contract archive of %s", company.name),
                    "code": code,
                    "company_id": company.id,
                    "prefix": "A/%(range_year)s/",
                    "padding": 4,
                    "use_date_range": True,
                    "implementation": "no_gap",
                }
            )
        return Sequence.with_company(company).next_by_code(
            code, sequence_date=company._regulation_today()
        )

    def _open_archive_step(self, step, **defaults):
        titles = {
            "original": self.env._("Take the Original in"),
            "archive": self.env._("Put on File"),
            "document": self.env._("File a Document"),
            "void": self.env._("Declare a Document Void"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[step],
            "res_model": "sales.contract.archive.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_contract_id": self.id,
                "default_step": step,
                **{f"default_{name}": value for name, value in defaults.items()},
            },
        }
