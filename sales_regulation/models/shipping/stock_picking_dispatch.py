# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import Refusal, RegulatedOne2many, fetch_lines, reading_frame
from .dispatch_notice import CLOSED, RELEASED, SHIPPED

#: what judging and shipping ask of a notice, read at once
_READ_FOR_SHIPMENT = (
    "applicant_id",
    "company_id",
    "create_uid",
    "last_step_at",
    "name",
    "order_id",
    "picking_id",
    "planned_ship_at",
    "requested_ship_at",
    "state",
)


class StockPicking(models.Model):
    """Deliveries need a released dispatch notice, a carrier and a tracking number."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "regulation.gated"]

    dispatch_notice_ids = RegulatedOne2many(
        comodel_name="dispatch.notice",
        inverse_name="picking_id",
        string="Dispatch Notices",
        readonly=True,
        groups="stock.group_stock_user,sales_regulation.group_regulation_user",
    )
    dispatch_notice_id = fields.Many2one(
        comodel_name="dispatch.notice",
        compute="_compute_dispatch_notice_id",
        compute_sudo=True,
        string="Dispatch Notice",
        help="The notice under which the goods leave: named by the clerk, or the released one"
        " of the order.",
    )

    @api.depends("state")
    def _compute_dispatch_notice_id(self):
        self.dispatch_notice_id = False
        for picking, notices in self._dispatch_regulated()._dispatch_match().items():
            picking.dispatch_notice_id = notices[:1]

    # === GATES === #

    def _gate_dispatch_notice(self, policies, leaving=None, notices_of=None, **facts):
        """Goods leave under a released notice, and no more than it names (S4-401).

        :param dict leaving: ``{transfer id: rows}`` of goods that leave now; None: as planned
        :param dict notices_of: ``_dispatch_match`` of them, if it is known
        """
        _ = self.env._
        refusals = {}
        outsiders = {}
        orders = self._dispatch_orders_of(leaving)
        matches = self._dispatch_match(leaving, orders) if notices_of is None else notices_of
        for picking in self:
            policy = policies[picking.id]
            notices = matches.get(picking, self.env["dispatch.notice"])
            if not orders[picking] and not notices:
                if not policy.get("dispatch_without_order"):
                    refusals[picking.id] = Refusal(
                        reason=_("goods without a sales order have no dispatch notice")
                    )
                continue
            missing = [
                _("%s has no dispatch notice for this transfer.", order.name)
                for order in orders[picking] - notices.order_id
            ]
            missing += [
                _(
                    "%(notice)s is not released to the warehouse yet: %(state)s.",
                    notice=notice.display_name,
                    state=notice._state_label(),
                )
                for notice in notices
                if notice.state not in RELEASED
            ]
            missing = missing or picking._dispatch_excess(notices, leaving)
            if missing:
                refusals[picking.id] = Refusal(
                    reason=_("the goods have no released dispatch notice that covers them"),
                    missing=tuple(missing),
                )
                continue
            key = (picking.company_id, policy.get("dispatch_ship_role_ids") or ())
            if key not in outsiders:
                outsiders[key] = self._dispatch_wrong_person(*key)
            if outsiders[key]:
                refusals[picking.id] = outsiders[key]
        return refusals

    def _gate_tracking(self, policies, **facts):
        """A delivery names its carrier and tracking number (S4-341), own delivery apart."""
        _ = self.env._
        refusals = {}
        for picking in self:
            carrier = picking.carrier_id
            if carrier and carrier.id in (
                policies[picking.id].get("dispatch_own_carrier_ids") or ()
            ):
                continue
            missing = []
            if not carrier:
                missing.append(_("The carrier is missing."))
            if not (picking.carrier_tracking_ref or "").strip() and not picking._tracking_follows():
                missing.append(_("The tracking number is missing."))
            if missing:
                refusals[picking.id] = Refusal(
                    reason=_("carrier and tracking number are not recorded"), missing=tuple(missing)
                )
        return refusals

    def _gate_packaging(self, policies, leaving=None, notices_of=None, **facts):
        """The packing was checked, item by item, on the notice (S4-354)."""
        refusals = {}
        matches = self._dispatch_match(leaving) if notices_of is None else notices_of
        matches = {picking: matches[picking] for picking in self if picking in matches}
        notices = self.env["dispatch.notice"].sudo().union(*matches.values())
        lists = notices._checklist_missing("packaging") if notices else {}
        for picking, mine in matches.items():
            missing = [name for notice in mine for name in lists[notice.id]]
            if missing:
                refusals[picking.id] = Refusal(
                    reason=self.env._("the packing is not checked"), missing=tuple(missing)
                )
        return refusals

    def _tracking_follows(self):
        """Whether the carrier's own system gives the number during the validation."""
        self.ensure_one()
        carrier = self.carrier_id
        return (
            carrier.delivery_type not in (False, "fixed", "base_on_rule")
            and carrier.integration_level == "rate_and_ship"
            and self.picking_type_id.print_label
        )

    def _gate_refusals(self, stage, policies=None, **facts):
        """A release that let the notice be issued lets its goods leave too, once."""
        refusals = super()._gate_refusals(stage, policies=policies, **facts)
        if stage == "ship":
            return self._dispatch_carry_over(
                refusals, facts.get("leaving"), facts.get("notices_of")
            )
        return refusals

    def _dispatch_carry_over(self, refusals, leaving=None, notices_of=None):
        """Name the release of the notice in the refusals that it covers.

        It holds until the notice is used up by its one shipment, for what the notice names:
        neither for more of it nor for goods of another order on the same transfer.
        """
        if not any(refusal.mode == "enforce" and not refusal.release_id for refusal in refusals):
            return refusals
        if notices_of is None:
            notices_of = self._dispatch_match(leaving)
        notices = {
            picking.id: found.filtered(lambda notice: notice.state == "released")
            for picking, found in notices_of.items()
        }
        ids = [notice.id for found in notices.values() for notice in found]
        if not ids:
            return refusals
        now = fields.Datetime.now()
        releases = (
            self.env["regulation.release"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "dispatch.notice"),
                    ("res_id", "in", ids),
                    "|",
                    ("state", "=", "used"),
                    "&",
                    ("state", "=", "granted"),
                    "|",
                    ("expires_at", "=", False),
                    ("expires_at", ">=", now),
                ],
                order="id",
            )
        )
        orders = self._dispatch_orders_of(leaving) if releases else {}
        Notice = self.env["dispatch.notice"].sudo()
        result = []
        for refusal in refusals:
            if releases and refusal.mode == "enforce" and not refusal.release_id:
                mine = notices.get(refusal.record.id, Notice)
                covering = releases.filtered(
                    lambda release, mine=mine, refusal=refusal: (
                        release.res_id in mine.ids
                        and release.gate_id.code == refusal.gate
                        and release._covers_amount(refusal)
                        and release._for_content_of(Notice.browse(release.res_id))
                    )
                )
                released = Notice.browse(covering.mapped("res_id"))
                picking = refusal.record.sudo()
                if orders.get(picking, released.order_id) - released.order_id or (
                    picking._dispatch_excess(released, leaving)
                ):
                    covering = releases.browse()
                refusal = replace(refusal, release_id=covering[:1].id or 0)
            result.append(refusal)
        return result

    def _gate_pass(self, stage, **facts):
        """What may leave, leaves under its notice: the notice is used up with the step."""
        if stage != "ship":
            return super()._gate_pass(stage, **facts)
        notices_of = self._dispatch_regulated()._dispatch_match(facts.get("leaving"))
        result = super()._gate_pass(stage, notices_of=notices_of, **facts)
        self._dispatch_use(notices_of)
        return result

    # === CRUD METHODS === #

    def write(self, vals):
        for name in ("carrier_tracking_ref", "carrier_id"):
            if name in vals and not vals[name]:
                self._check_tracking_kept()
        return super().write(vals)

    def _check_tracking_kept(self):
        done = self._dispatch_regulated().filtered(
            lambda picking: (
                picking.state == "done"
                and picking.picking_type_code == "outgoing"
                and (picking.carrier_id or picking.carrier_tracking_ref)
            )
        )
        policies = done._regulation_policies()
        if any(policies[picking.id].mode("tracking") == "enforce" for picking in done):
            raise UserError(
                self.env._(
                    "Carrier and tracking number of a shipped delivery can be corrected,"
                    " not removed."
                )
            )

    # === ACTION METHODS === #

    def action_view_dispatch_notice(self):
        """Open the notice of the transfer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "dispatch.notice",
            "res_id": self.dispatch_notice_id.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    def _dispatch_regulated(self):
        """Those of a company under regulation; reads nothing where there is none."""
        companies = self.env["regulation.profile"]._regulated_companies()
        if not companies:
            return self.browse()
        return self.filtered(lambda picking: picking.company_id.id in companies)

    def _dispatch_orders(self):
        """Orders whose goods this transfer carries."""
        return self.move_ids.sale_line_id.order_id | self.sale_id | self.reference_ids.sale_ids

    def _dispatch_orders_of(self, leaving=None):
        """``{transfer: orders}``: of the goods that leave now, else of what is planned."""
        if leaving is None:
            return {picking: picking._dispatch_orders() for picking in self.sudo()}
        Order = self.env["sale.order"].sudo()
        return {
            picking: Order.union(*(row.order for row in leaving.get(picking.id, ())))
            for picking in self.sudo()
        }

    def _dispatch_match(self, leaving=None, orders=None):
        """The notices under which each transfer goes: ``{transfer: notices}``; one search.

        Those named for it; where none is, the oldest released notice of the order that
        covers the goods, else the one that is furthest. Two transfers never share one.
        """
        if not self:
            return {}
        frame = reading_frame(self.env) if leaving is None else None
        if not frame:
            return self._dispatch_read_match(leaving, orders)

        def read(ids):
            found = self.browse(ids)._dispatch_read_match(orders=orders)
            return {id_: found.get(self.browse(id_)) for id_ in ids}

        found = frame.once("dispatch_match", self._ids, read)
        return {self.sudo().browse(id_): notices for id_, notices in found.items() if notices}

    def _dispatch_read_match(self, leaving=None, orders=None):
        pickings = self.sudo()
        if orders is None:
            orders = pickings._dispatch_orders_of(leaving)
        Notice = self.env["dispatch.notice"].sudo()
        names = set(_READ_FOR_SHIPMENT)
        if leaving is not None:
            # What is written when they have left is tracked: read it with the rest
            names |= Notice._track_get_fields()
        notices = Notice.search_fetch(
            [
                ("state", "not in", CLOSED),
                "|",
                ("picking_id", "in", pickings.ids),
                "&",
                ("order_id", "in", self.env["sale.order"].union(*orders.values()).ids),
                "|",
                ("picking_id", "=", False),
                # the transfer it was named for may have been cancelled
                ("state", "not in", SHIPPED),
            ],
            sorted(names),
            order="id",
        )
        if leaving is not None:
            fetch_lines(notices, "line_ids", ("product_id", "product_uom_id", "quantity"))
        by_picking = notices.grouped("picking_id")
        free = notices.filtered(
            lambda notice: not notice.picking_id or notice.picking_id.state == "cancel"
        ).grouped("order_id")
        result = {}
        for picking in pickings:
            named = by_picking.get(picking, notices.browse()) if picking.ids else notices.browse()
            # Goods that have left need their notice too, once more leave
            if picking.ids and (leaving is not None or picking.state not in ("done", "cancel")):
                for order in orders[picking] - named.order_id:
                    notice = picking._dispatch_best(free.get(order, notices.browse()), leaving)
                    if notice:
                        named |= notice
                        free[order] -= notice
            if named:
                result[picking] = named
        return result

    def _dispatch_best(self, notices, leaving=None):
        released = notices.filtered(lambda notice: notice.state == "released")
        for notice in released:
            if not self._dispatch_excess(notice, leaving):
                return notice
        states = list(notices._fields["state"].get_values(self.env))
        return (
            released[:1]
            or notices.sorted(lambda notice: (-states.index(notice.state), notice.id))[:1]
        )

    def _dispatch_quantities(self, leaving=None):
        """``{product: quantity in its unit}`` that this transfer takes outside.

        With ``leaving``, what has left with it so far, these goods included; without, what
        is picked, or all that is reserved.
        """
        self.ensure_one()
        lines = self.move_ids.move_line_ids.filtered(
            lambda line: (
                line._regulation_outside(line.location_dest_id)
                and not line._regulation_outside(line.location_id)
            )
        )
        if leaving is not None:
            lines = lines.filtered(lambda line: line.state == "done")
        else:
            lines = lines.filtered(lambda line: line.state not in ("done", "cancel"))
            lines = lines.filtered("picked") or lines
        quantities = {}
        for line in lines:
            quantities[line.product_id] = (
                quantities.get(line.product_id, 0.0) + line.quantity_product_uom
            )
        return quantities

    def _dispatch_excess(self, notices, leaving=None):
        """Sentences on what leaves beyond what the notices name."""
        named = {}
        for line in notices.line_ids:
            named[line.product_id] = named.get(line.product_id, 0.0) + line._product_qty()
        return [
            self.env._(
                "%(product)s: %(quantity)s leave, the notice names %(named)s.",
                product=product._name_in_sentence(),
                quantity=f"{quantity:g}",
                named=f"{named.get(product, 0.0):g}",
            )
            for product, quantity in self._dispatch_quantities(leaving).items()
            if product.uom_id.compare(quantity, named.get(product, 0.0)) > 0
        ]

    @api.model
    def _dispatch_wrong_person(self, company, role_ids):
        """A refusal if the profile names who ships and it is not this user."""
        if not role_ids or self.env.uid == api.SUPERUSER_ID:
            return None
        roles = self.env["regulation.role"].sudo().browse(role_ids)
        holders = roles._holders(company)
        if self.env.user in holders:
            return None
        return Refusal(
            reason=self.env._("goods are shipped by %s", ", ".join(roles.mapped("name"))),
            helper_ids=tuple(holders.ids),
        )

    @api.model
    def _dispatch_use(self, notices_of):
        """Bind the notices to the transfers whose goods leave, and mark them shipped."""
        pickings = {
            notice.id: picking
            for picking, notices in notices_of.items()
            if picking.ids
            for notice in notices
            if notice.state == "released"
        }
        if pickings:
            self.env["dispatch.notice"].sudo().browse(pickings)._ship(pickings)
