# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ...tools import engine
from .sales_contract import FIXED, TERM_FIELDS

#: (field of a contract line, action of a change line, its field)
_LINE_CHANGES = (
    ("quantity", "quantity", "quantity"),
    ("price_unit", "price", "price_unit"),
    ("discount", "discount", "discount"),
)


class SalesContract(models.Model):
    """Amendments and terminations: contracts that change or end another one (S0-84, S0-85).

    They say the whole text anew, go the same way, and change the contract and its confirmed
    orders when they are signed, by the change engine of the orders. Two of them at once do
    not overwrite each other: an amendment is one of what the contract said when it was
    written, and has to be taken up again when this has changed.
    """

    _inherit = "sales.contract"

    # === CONSTRAINT METHODS === #

    @api.constrains("parent_id", "type_id", "partner_id", "currency_id", "company_id")
    def _check_parent(self):
        for contract in self:
            changes = contract.category in ("amendment", "termination")
            parent = contract.parent_id.sudo()
            if changes != bool(parent):
                raise ValidationError(
                    self.env._("An amendment or a termination names the contract it belongs to.")
                    if changes
                    else self.env._("Only an amendment or a termination changes another contract.")
                )
            if not parent:
                continue
            if parent.parent_id:
                raise ValidationError(
                    self.env._(
                        "%(amendment)s is an amendment itself: change %(contract)s, which says"
                        " what holds now.",
                        amendment=parent.display_name,
                        contract=parent.parent_id.display_name,
                    )
                )
            if (contract.partner_id, contract.currency_id, contract.company_id) != (
                parent.partner_id,
                parent.currency_id,
                parent.company_id,
            ):
                raise ValidationError(
                    self.env._("An amendment keeps customer, company and currency of its contract.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        for contract in contracts.filtered("parent_id"):
            contract.parent_id.check_access("read")
            contract._check_parent_signed()
            parent = contract.parent_id.sudo()
            engine(contract.sudo()).parent_fingerprint = parent._content_digests()[parent.id]
        return contracts

    # === ACTION METHODS === #

    def action_amend(self):
        """Draft an amendment of this contract, beginning with what it says now."""
        return self._open_change("amendment")

    def action_terminate(self):
        """Draft the termination of this contract."""
        return self._open_change("termination")

    def action_take_up(self):
        """Begin again from what the contract says now; the changes drafted here are lost."""
        self.ensure_one()
        self.check_access("write")
        self._check_content_open()
        if not self.parent_id:
            raise UserError(self.env._("%s changes no other contract.", self.display_name))
        self._check_parent_signed()
        parent = self.parent_id.sudo()
        self.write({name: self._term_value(parent, name) for name in TERM_FIELDS})
        self.sudo().line_ids.unlink()
        self._copy_lines(parent)
        engine(self.sudo()).parent_fingerprint = parent._content_digests()[parent.id]
        self._step_back_if_changed()

    def _open_change(self, category):
        self.ensure_one()
        root = self.parent_id or self
        root.check_access("read")
        contract_type = self.with_context(contract_category=category)._default_type()
        if not contract_type:
            raise UserError(
                self.env._("There is no contract type for it: see Configuration > Contract Types.")
            )
        contract = self.env["sales.contract"].create(
            {
                "type_id": contract_type.id,
                "parent_id": root.id,
                "company_id": root.company_id.id,
                "partner_id": root.partner_id.id,
                "contact_id": root.contact_id.id,
                "currency_id": root.currency_id.id,
                "user_id": root.user_id.id or self.env.uid,
                "team_id": root.team_id.id,
                **{name: self._term_value(root, name) for name in TERM_FIELDS},
            }
        )
        contract._copy_lines(root.sudo())
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": contract.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    @staticmethod
    def _term_value(contract, name):
        value = contract[name]
        return value.id if isinstance(value, models.BaseModel) else value

    def _copy_lines(self, parent):
        """The goods as they stand, each knowing which line it would change."""
        rows = [
            {
                **values,
                "contract_id": self.id,
                "order_line_id": line.order_line_id.id,
                "origin_id": line.id,
            }
            for line, values in zip(parent.line_ids, parent.line_ids.copy_data(), strict=True)
        ]
        engine(self.env["sales.contract.line"].sudo()).create(rows)

    def _check_parent_signed(self):
        for contract in self:
            if contract.parent_id.sudo().state != "signed":
                raise UserError(
                    self.env._(
                        "%s is not signed: there is nothing to change or to end.",
                        contract.parent_id.display_name,
                    )
                )

    def _basis_changed(self):
        """Whether the contract that this one changes says something else by now, or ended."""
        self.ensure_one()
        parent = self.sudo().parent_id
        return bool(parent) and (
            parent.state != "signed"
            or parent._content_digests()[parent.id] != self.sudo().parent_fingerprint
        )

    def _check_basis(self):
        for contract in self.filtered("parent_id"):
            contract._check_parent_signed()
            if contract._basis_changed():
                raise UserError(
                    self.env._(
                        "%(parent)s was changed after %(contract)s was drafted: take it up again.",
                        parent=contract.sudo().parent_id.display_name,
                        contract=contract.display_name,
                    )
                )

    def _after_signature(self):
        super()._after_signature()
        for contract in self.sudo().filtered("parent_id"):
            # Two amendments of one contract are signed one after the other
            contract.parent_id._lock_contract()
            if contract.category == "termination":
                contract._carry_out_termination()
            else:
                contract._carry_out_amendment()

    def _carry_out_amendment(self):
        """Write the amended text into the contract, and its goods and terms into its orders."""
        self.ensure_one()
        parent = self.parent_id
        changes = self._order_changes()
        terms = {
            name: self._term_value(self, name) for name in TERM_FIELDS if self[name] != parent[name]
        }
        kept = self.line_ids.origin_id
        engine(parent.line_ids - kept).unlink()
        for line, values in zip(self.line_ids, self.line_ids.copy_data(), strict=True):
            values.pop("contract_id", None)
            if line.origin_id:
                engine(line.origin_id).write(values)
            else:
                added = engine(parent.env["sales.contract.line"]).create(
                    {**values, "contract_id": parent.id}
                )
                engine(line).write({"origin_id": added.id})
        engine(parent).write(terms)
        parent._store_version(amendment=self)
        parent._record_contract("contract_amended")
        parent.message_post(
            body=self.env._("Amended by %s.", self.display_name), subtype_xmlid="mail.mt_note"
        )
        self._change_orders(changes)

    def _order_changes(self):
        """What the amendment changes in confirmed orders: ``{order: [values of change lines]}``.

        :raise UserError: if it cannot be said on which order a new product goes
        """
        self.ensure_one()
        parent = self.parent_id
        orders = parent.order_ids.filtered(lambda order: order.state == "sale")
        changes = {order: [] for order in orders}
        for line in self.line_ids:
            target = line.origin_id.order_line_id
            if line.origin_id and target.order_id in changes:
                for name, action, field in _LINE_CHANGES:
                    if line[name] != line.origin_id[name]:
                        value = line[name]
                        if name == "quantity":
                            value = line.product_uom_id._compute_quantity(
                                value, target.product_uom_id, round=False
                            )
                        changes[target.order_id].append(
                            {"action": action, "order_line_id": target.id, field: value}
                        )
            elif not line.origin_id and orders:
                if len(orders) > 1:
                    raise UserError(
                        self.env._(
                            "%(contract)s has several confirmed orders: put %(product)s on a new"
                            " order under the contract.",
                            contract=parent.display_name,
                            product=line.product_id._name_in_sentence(),
                        )
                    )
                changes[orders].append(
                    {
                        "action": "add",
                        "product_id": line.product_id.id,
                        "quantity": line.product_uom_id._compute_quantity(
                            line.quantity, line.product_id.uom_id, round=False
                        ),
                        "price_unit": line.price_unit,
                        "discount": line.discount,
                    }
                )
        for line in parent.line_ids - self.line_ids.origin_id:
            if line.order_line_id.order_id in changes:
                changes[line.order_line_id.order_id].append(
                    {"action": "remove", "order_line_id": line.order_line_id.id}
                )
        for order in orders:
            if self.payment_term_id and self.payment_term_id != parent.payment_term_id:
                changes[order].append(
                    {"action": "payment_term", "payment_term_id": self.payment_term_id.id}
                )
            if self.delivery_date and self.delivery_date != parent.delivery_date:
                changes[order].append({"action": "date", "date": self.delivery_date})
        return {order: lines for order, lines in changes.items() if lines}

    def _change_orders(self, changes):
        """Carry the changes out by the change engine: the contract was their approval."""
        for order, lines in changes.items():
            change = engine(self.env["sale.order.change"]).create(
                {
                    "order_id": order.id,
                    "reason": self.env._("Amendment %s", self.display_name),
                    "requirement": self.reason or False,
                    "regulation_contract_id": self.id,
                    "line_ids": [Command.create(line) for line in lines],
                }
            )
            # The token goes no further
            change = self.env["sale.order.change"].browse(change.id)
            engine(change).amount_before = order.amount_untaxed
            change._apply()
            engine(change).amount_after = order.amount_untaxed

    def _carry_out_termination(self):
        """End the contract; what is not delivered of its orders is not delivered any more."""
        self.ensure_one()
        parent = self.parent_id
        parent._end("terminated", "contract_terminated", self.reason or "")
        (parent.amendment_ids - self).filtered(lambda contract: contract.state not in FIXED)._end(
            "cancelled", "contract_cancelled", self.env._("The contract was terminated.")
        )
        changes = {}
        for order in parent.order_ids.filtered(lambda order: order.state != "cancel"):
            lines = order.order_line.filtered(lambda line: not line.display_type)
            if order.state != "sale" or not any(lines.mapped("qty_delivered")):
                order._action_cancel()
                continue
            open_lines = lines.filtered(
                lambda line: line.qty_delivered < line.product_uom_qty and not line.is_downpayment
            )
            changes[order] = [
                {
                    "action": "quantity",
                    "order_line_id": line.id,
                    "quantity": line.qty_delivered,
                }
                for line in open_lines
            ]
        self._change_orders({order: lines for order, lines in changes.items() if lines})
