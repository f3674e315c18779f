# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command

from ..common import SCAN, RegulationCommon
from ..order.common import OrderProfiles

SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
TERMS = ("parties", "specification", "quantity", "price", "delivery_time", "payment", "reason")
GATES = ("contract_terms", "contract_review", "contract_reconfirm", "contract_signed")
#: (kind, code of the item)
CHECKS = (
    ("contract_business", "policy"),
    ("contract_business", "risk"),
    ("contract_legal", "legality"),
)


class ContractProfiles(OrderProfiles):
    """Profiles, contracts and their steps, for whoever built the company."""

    @classmethod
    def _contract_profile(cls, gates=None, rules=None, **settings):
        """Six mandatory terms, manager, then legal; all enforced."""
        Term = cls.env["sales.contract.term"]
        kinds = {kind.code: kind for kind in cls.env["regulation.approval.kind"].search([])}
        rules = rules or (
            ("contract_business", "sales_manager", 0.0),
            ("contract_legal", "legal", 0.0),
        )
        return cls._profile(
            gates=dict.fromkeys(GATES, "enforce") if gates is None else gates,
            contract_term_ids=[Command.set(Term.search([("code", "in", TERMS)]).ids)],
            approval_rule_ids=[
                Command.create(
                    {
                        "kind_id": kinds[kind].id,
                        "approver_type": "role",
                        "role_id": cls.roles[role].id,
                        "min_amount": amount,
                        "days_allowed": 2,
                    }
                )
                for kind, role, amount in rules
            ],
            checklist_item_ids=[
                Command.create({"kind": kind, "code": code, "name": code.capitalize()})
                for kind, code in CHECKS
            ],
            **settings,
        )

    @classmethod
    def _payment_term(cls):
        return cls.env["account.payment.term"].search(
            [("company_id", "in", (False, cls.company.id))], limit=1
        )

    @classmethod
    def _drafted(cls, order=None, login="a", complete=True, **values):
        """The contract of a quotation, complete unless told otherwise."""
        order = order or cls._order(login, quantity=10)
        if not order.payment_term_id:
            order.payment_term_id = cls._payment_term()
        contract = (
            cls.env["sales.contract"]
            .with_user(cls.users[login])
            .browse(order.with_user(cls.users[login]).action_create_contract()["res_id"])
        )
        if complete:
            contract.write({"delivery_date": "2030-01-31", **values})
        return contract

    @classmethod
    def _decide(cls, contract, kind, login, verdict="action_approve", **kwargs):
        """Tick everything of this review and decide."""
        approval = cls._pending(contract, kind)
        approval.ensure_one()
        if verdict == "action_approve":
            for item in contract.sudo()._checklist_items(kind)[contract.id]:
                contract.with_user(cls.users[login]).action_tick(item.id)
        getattr(approval.with_user(cls.users[login]), verdict)(**kwargs)
        return approval

    @classmethod
    def _reviewed(cls, contract):
        """Submitted, and approved by manager and legal."""
        contract.action_submit()
        cls._decide(contract, "contract_business", "km")
        cls._decide(contract, "contract_legal", "leg")
        return contract

    @classmethod
    def _signed(cls, contract=None, **values):
        """Through all steps to the signature by scan."""
        contract = contract or cls._drafted(**values)
        cls._reviewed(contract)
        contract.action_mark_sent()
        contract.action_reconfirm({"with": "Ms. Lin, by phone"})
        contract.action_sign({"signer_name": "Lin Hai", "scan": SCAN, "scan_name": "signed.pdf"})
        return contract


class ContractCommon(ContractProfiles, RegulationCommon):
    """A company whose profile demands contracts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._contract_profile()
