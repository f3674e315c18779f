# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sequences around contracts: reviews, signatures, amendments, the orders under them."""

import random

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from odoo import Command

from .machine import INDEX, Regulation, deed

GATES = (
    "order_change",
    "contract_terms",
    "contract_review",
    "contract_reconfirm",
    "contract_signed",
)
PEOPLE = ["a", "b", "km", "leg", "gm", "fin", "adm"]
SCAN = "JVBERi0xLjQgc2lnbmVk"
SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
#: what a contract says, as the test reads it
TERMS = (
    "type_id, parent_id, partner_id, company_id, currency_id, payment_term_id, delivery_date,"
    " delivery_days, delivery_terms, date_start, date_end, quality_terms, liability_terms,"
    " reason_kind, reason, customer_consent"
)
ON_ITS_WAY = ("approved", "sent", "reconfirmed")


class Contracts(Regulation):
    """People draft, review, change, send, sign, amend and terminate whatever they may call."""

    def __init__(self):
        super().__init__()
        for table in ("sales_contract", "sales_contract_signature", "sales_contract_version"):
            self.base[table] = self.case.rows(f"SELECT COALESCE(MAX(id), 0) FROM {table}")[0][0]
        self.submitted = {}
        self.agreed = {}
        self.signed_rows = {}
        self.reconfirmed = {}

    def contract(self, index):
        contracts = self.ids("sales_contract")
        return contracts[index % len(contracts)] if contracts else 0

    @initialize(seed=st.lists(st.integers(0, 255), min_size=8, max_size=8))
    def first_order(self, seed):
        self.rng = random.Random(bytes(seed))
        self.quote("a", "xinghai", 10, None, {})
        # What happens to a contract that has come far is the more interesting part
        if steps := self.rng.choice([0, 1, 2, 3, 4, 5, 5]):
            self.properly_signed(0, steps, False)
            self.quote("a", "dongfang", 7, None, {})

    # === DEEDS === #

    def draft(self, who, index, complete):
        action = self.call(who, "sale.order", "action_create_contract", [self.order(index)])
        if action and complete:
            self.call(
                who, "sales.contract", "write", [action["res_id"]], {"delivery_date": "2036-01-31"}
            )

    do_draft = deed(draft, who=["a", "a", "b", "km"], index=INDEX, complete=(True, True, False))

    def change(self, who, index, what):
        contract = self.contract(index)
        lines = self.ids("sales_contract_line", f"contract_id = {int(contract)}")
        values = [
            {"delivery_date": "2036-02-28"},
            {"delivery_date": False},
            {"liability_terms": "none"},
            {"partner_id": self.case.customers["nanfeng"].id},
            {"line_ids": [Command.update(line, {"quantity": 7}) for line in lines[:1]]},
            {"line_ids": [Command.update(line, {"price_unit": 1.0}) for line in lines[:1]]},
            {"line_ids": [Command.clear()]},
            {"state": "signed"},
            {"signed_fingerprint": "x", "version_fingerprint": "x"},
            {"reconfirmed_fingerprint": "x"},
            {"parent_id": self.contract(index + 1)},
            {"type_id": self.case.env.ref("sales_regulation.contract_type_channel").id},
            {"order_ids": [Command.link(self.order(index + 1))]},
            {"user_id": self.case.users["b"].id},
        ][what]
        if contract:
            self.call(who, "sales.contract", "write", [contract], values)

    do_change = deed(change, who=PEOPLE, index=INDEX, what=range(14))

    def change_line(self, who, index, what):
        contract = self.contract(index)
        lines = self.ids("sales_contract_line", f"contract_id = {int(contract)}")
        if what == 5:
            self.call(who, "sales.contract.line", "unlink", lines[:1])
            return
        if what == 6:
            values = {"contract_id": contract, "product_id": self.case.gift.id, "quantity": 5}
            self.call(who, "sales.contract.line", "create", [values])
            return
        values = [
            {"quantity": 3},
            {"price_unit": 60.0},
            {"discount": 50.0},
            {"contract_id": self.contract(index + 1)},
            {"origin_id": False, "product_id": self.case.gift.id},
        ][what]
        self.call(who, "sales.contract.line", "write", lines[:1], values)

    do_change_line = deed(change_line, who=PEOPLE, index=INDEX, what=range(7))

    def press_contract(self, who, index, method):
        self.call(who, "sales.contract", method, [self.contract(index)])

    do_press_contract = deed(
        press_contract,
        who=["a", "a", "b", "km", "leg"],
        index=INDEX,
        method=[
            "action_submit",
            "action_submit",
            "action_mark_sent",
            "action_revise",
            "action_load_orders",
            "action_amend",
            "action_terminate",
            "action_take_up",
            "action_accept_signature",
            "action_close",
            "unlink",
        ],
    )

    def hurry(self, who, index, method):
        """A contract that nobody has reviewed yet is sent, agreed or signed."""
        self.draft("a", index, True)
        drafts = self.ids("sales_contract", "state = 'draft'")
        if drafts:
            arguments = {
                "action_mark_sent": [],
                "action_reconfirm": [{"with": "Ms. Lin"}],
                "action_sign": [{"signer_name": "Lin Hai", "scan": SCAN}],
            }[method]
            self.call(who, "sales.contract", method, [drafts[-1]], *arguments)

    do_hurry = deed(
        hurry,
        who=["a", "b", "km", "leg"],
        index=INDEX,
        method=["action_mark_sent", "action_reconfirm", "action_sign"],
    )

    def amend(self, who, index, method):
        """Somebody drafts the change or the end of a signed contract."""
        signed = self.ids("sales_contract", "state = 'signed'")
        if signed:
            self.call(who, "sales.contract", method, [signed[index % len(signed)]])

    do_amend = deed(
        amend,
        who=["a", "a", "b", "leg"],
        index=INDEX,
        method=["action_amend", "action_amend", "action_terminate"],
    )

    def ask_review(self, who, index, kind):
        self.call(who, "sales.contract", "action_request_approval", [self.contract(index)], kind)

    do_ask_review = deed(
        ask_review, who=["a", "km"], index=INDEX, kind=["contract_business", "contract_legal"]
    )

    def review(self, who, index, verdict, ticks):
        contract = self.contract(index)
        if ticks:
            self.tick_contract(who, contract)
        for approval in self.pending(contract):
            arguments = [] if verdict == "action_approve" else ["Not like this"]
            self.call(who, "regulation.approval", verdict, [approval], *arguments)

    do_review = deed(
        review,
        who=["km", "leg", "gm", "a"],
        index=INDEX,
        verdict=["action_approve", "action_approve", "action_return", "action_refuse"],
        ticks=(True, True, False),
    )

    def pending(self, contract):
        return self.ids(
            "regulation_approval",
            f"state = 'pending' AND res_model = 'sales.contract' AND res_id = {int(contract)}",
        )

    def tick_contract(self, who, contract):
        for item in self.case.profile.checklist_item_ids.filtered(
            lambda item: item.kind.startswith("contract_")
        ).ids:
            self.call(who, "sales.contract", "action_tick", [contract], item)

    def agree(self, who, index, step):
        contract = [self.contract(index)]
        if step == "reconfirm":
            self.call(who, "sales.contract", "action_reconfirm", contract, {"with": "Ms. Lin"})
        else:
            values = {"signer_name": "Lin Hai", "scan": SCAN}
            self.call(who, "sales.contract", "action_sign", contract, values)

    do_agree = deed(agree, who=["a", "a", "b", "leg"], index=INDEX, step=["reconfirm", "sign"])

    def sign_on_portal(self, index):
        """The customer has the page open, whatever happened since."""
        contract = self.contract(index)
        if contract:
            self.case.visit(contract, SIGNATURE)
            self.what_must_hold()

    do_sign_on_portal = deed(sign_on_portal, index=INDEX)

    def confirm(self, who, index, how):
        order = self.order(index)
        if how:
            self.call(who, "sale.order", "action_confirm", [order])
        else:
            self.call(who, "sale.order", "write", [order], {"state": "sale"})

    do_confirm = deed(confirm, who=["a", "km", "gm"], index=INDEX, how=(True, False))

    def bend_order(self, who, index, what):
        order = self.order(index)
        lines = self.ids("sale_order_line", f"order_id = {int(order)}")
        values = [
            {"regulation_contract_id": self.contract(index + 1)},
            {"regulation_contract_id": False},
            {"order_line": [Command.update(line, {"product_uom_qty": 3}) for line in lines[:1]]},
            {"order_line": [Command.update(line, {"price_unit": 60.0}) for line in lines[:1]]},
            {"order_line": [Command.create({"product_id": self.case.gift.id})]},
            {"partner_id": self.case.customers["dongfang"].id},
        ][what]
        self.call(who, "sale.order", "write", [order], values)

    do_bend_order = deed(bend_order, who=["a", "b", "km"], index=INDEX, what=range(6))

    def change_request(self, index):
        """A change request past the contract, approved by the manager."""
        sold = self.ids("sale_order", "state = 'sale'")
        if not sold:
            return
        order = sold[index % len(sold)]
        lines = self.ids("sale_order_line", f"order_id = {int(order)}")
        if not lines:
            return
        change = self.call(
            "a",
            "sale.order.change",
            "create",
            [
                {
                    "order_id": order,
                    "reason": "More",
                    "line_ids": [
                        Command.create(
                            {"action": "quantity", "order_line_id": lines[0], "quantity": 99}
                        )
                    ],
                }
            ],
        )
        if change:
            self.call("a", "sale.order.change", "action_submit", change)
            for approval in self.ids("regulation_approval", "state = 'pending'"):
                self.call("km", "regulation.approval", "action_approve", [approval])

    do_change_request = deed(change_request, index=INDEX)

    def properly_signed(self, index, steps, amend):
        """A contract goes the proper way, up to some step."""
        order = self.order(index)
        if not amend:
            self.draft("a", index, True)
        contracts = self.ids("sales_contract", "state NOT IN ('signed', 'terminated', 'cancelled')")
        if not contracts:
            return
        contract = contracts[index % len(contracts)]
        if amend:
            reason = {"reason_kind": "market", "reason": "x", "customer_consent": "Ms. Lin"}
            self.call("a", "sales.contract", "write", [contract], reason)
        self.call("a", "sales.contract", "action_submit", [contract])
        for login in ("km", "leg"):
            self.tick_contract(login, contract)
            for approval in self.pending(contract):
                self.call(login, "regulation.approval", "action_approve", [approval])
        if steps > 1:
            self.call("a", "sales.contract", "action_mark_sent", [contract])
        if steps > 2:
            self.call("a", "sales.contract", "action_reconfirm", [contract], {"with": "Ms. Lin"})
        if steps > 3:
            values = {"signer_name": "Lin Hai", "scan": SCAN}
            self.call("a", "sales.contract", "action_sign", [contract], values)
        if steps > 4:
            self.call("a", "sale.order", "action_confirm", [order])

    do_properly_signed = deed(
        properly_signed, index=INDEX, steps=range(1, 6), amend=(False, False, True)
    )

    # === WHAT MUST HOLD === #

    def what_must_hold(self):
        self.note_reviews()
        self.contracts_are_what_was_reviewed()
        self.orders_are_what_was_signed()
        self.evidence_of_contracts_is_only_added()
        self.nobody_approves_his_own()

    def said(self, contract):
        """What a contract says now."""
        terms = self.case.rows(f"SELECT {TERMS} FROM sales_contract WHERE id = %s", contract)
        lines = self.case.rows(
            """
            SELECT product_id, name, product_uom_id, quantity, price_unit, discount
              FROM sales_contract_line WHERE contract_id = %s ORDER BY 1, 2, 4, 5, 6
            """,
            contract,
        )
        return repr((terms, lines))

    def note_reviews(self):
        """What each approval of a contract was submitted for, when it appears."""
        for approval, contract in self.case.rows(
            """
            SELECT id, res_id FROM regulation_approval
             WHERE id > %s AND res_model = 'sales.contract' ORDER BY id
            """,
            self.base["regulation_approval"],
        ):
            if approval not in self.submitted:
                self.submitted[approval] = self.said(contract)

    def reviewed(self, contract, kind, content):
        return any(
            self.submitted.get(approval) == content
            for (approval,) in self.case.rows(
                """
                SELECT approval.id FROM regulation_approval approval
                  JOIN regulation_approval_kind kind ON kind.id = approval.kind_id
                 WHERE res_model = 'sales.contract' AND res_id = %s AND kind.code = %s
                   AND approval.state = 'approved'
                """,
                contract,
                kind,
            )
        )

    def contracts_are_what_was_reviewed(self):
        """Invariant 3: approved, sent or signed is the text that manager and legal saw."""
        for contract, state, parent in self.case.rows(
            "SELECT id, state, parent_id FROM sales_contract WHERE id > %s",
            self.base["sales_contract"],
        ):
            content = self.said(contract)
            if state in ON_ITS_WAY or (state == "signed" and contract not in self.agreed):
                for kind in ("contract_business", "contract_legal"):
                    assert self.reviewed(contract, kind, content), (
                        f"contract {contract} is {state} without {kind} of what it says"
                    )
            if state == "reconfirmed":
                self.reconfirmed.setdefault(contract, set()).add(content)
            if state != "signed":
                continue
            amended = self.amendments(contract)
            if contract not in self.agreed:
                assert content in self.reconfirmed.get(contract, ()), (
                    f"contract {contract} signed, but not reconfirmed as it stands"
                )
                assert self.case.rows(
                    "SELECT 1 FROM sales_contract_signature WHERE contract_id = %s", contract
                ), f"contract {contract} signed by nobody"
            elif self.agreed[contract][1] == amended:
                assert content == self.agreed[contract][0], (
                    f"signed contract {contract} changed without an amendment"
                )
            self.agreed[contract] = (content, amended)
            assert not parent or self.case.rows(
                "SELECT 1 FROM sales_contract WHERE id = %s AND parent_id IS NULL", parent
            ), f"contract {contract} amends an amendment"

    def amendments(self, contract):
        return self.case.rows(
            "SELECT COUNT(*) FROM sales_contract WHERE parent_id = %s AND state = 'signed'",
            contract,
        )[0][0]

    def orders_are_what_was_signed(self):
        """Invariant 1: a confirmed order is one of a contract that was signed, and says it."""
        for order, contract in self.case.rows(
            "SELECT id, regulation_contract_id FROM sale_order WHERE id > %s AND state = 'sale'",
            self.base["sale_order"],
        ):
            assert contract in self.agreed, f"order {order} confirmed without a signed contract"
            [(state, rule)] = self.case.rows(
                """
                SELECT contract.state, type.quantity_rule FROM sales_contract contract
                  JOIN sales_contract_type type ON type.id = contract.type_id
                 WHERE contract.id = %s
                """,
                contract,
            )
            if state != "signed":
                continue
            ordered = self.case.rows(
                """
                SELECT line.product_id,
                       round((line.price_unit * (1 - line.discount / 100))::numeric, 4),
                       sum(line.product_uom_qty)::float
                  FROM sale_order_line line JOIN sale_order o ON o.id = line.order_id
                 WHERE o.regulation_contract_id = %s AND o.state <> 'cancel'
                   AND line.product_uom_qty <> 0 AND line.display_type IS NULL
                 GROUP BY 1, 2 ORDER BY 1, 2
                """,
                contract,
            )
            agreed = self.case.rows(
                """
                SELECT product_id,
                       round((price_unit * (1 - coalesce(discount, 0) / 100))::numeric, 4),
                       sum(quantity)::float
                  FROM sales_contract_line WHERE contract_id = %s AND quantity <> 0
                 GROUP BY 1, 2 ORDER BY 1, 2
                """,
                contract,
            )
            mine = self.case.rows(
                """
                SELECT product_id, round((price_unit * (1 - discount / 100))::numeric, 4)
                  FROM sale_order_line
                 WHERE order_id = %s AND product_uom_qty <> 0 AND display_type IS NULL
                """,
                order,
            )
            prices = {(product, price) for product, price, _quantity in agreed}
            assert set(mine) <= prices, f"order {order}: {mine} is not in its contract: {agreed}"
            if (
                rule == "exact"
                and len(self.ids("sale_order", f"regulation_contract_id = {int(contract)}")) == 1
            ):
                assert ordered == agreed, f"order {order}: {ordered}, contract: {agreed}"

    def evidence_of_contracts_is_only_added(self):
        """Invariant 4: signatures and versions stay as they were written."""
        for table, columns in (
            ("sales_contract_signature", "contract_id, signer_name, fingerprint, scan_hash, at"),
            ("sales_contract_version", "contract_id, number, fingerprint, content"),
        ):
            now = {
                row[0]: row[1:]
                for row in self.case.rows(
                    f"SELECT id, {columns} FROM {table} WHERE id > %s", self.base[table]
                )
            }
            for key, old in self.signed_rows.get(table, {}).items():
                assert now.get(key) == old, f"{table} {key} was changed: {old} -> {now.get(key)}"
            self.signed_rows[table] = now


# Of what the other machine does only quotations and the plain buttons: the rest is its own matter
for _name in dir(Regulation):
    if _name.startswith("do_") and _name not in ("do_quote", "do_press", *vars(Contracts)):
        setattr(Contracts, _name, None)
