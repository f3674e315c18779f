# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import engine, given_number
from . import dispatch_notice_copy
from .dispatch_notice import SHIPPED
from .dispatch_receipt_line import CAUSES


class DispatchNotice(models.Model):
    """What the customer says to the goods: accepted, in part, refused, and his objections.

    From it follows whether the delivery was on time and as ordered (S4-322, S3-55).
    """

    _inherit = "dispatch.notice"

    # On top of the fields sealed by the file before
    _sealed_fields = dispatch_notice_copy.DispatchNotice._sealed_fields | {
        "objection_ids",
        "arrived_on_time",
        "accurate",
    }

    acceptance = fields.Selection(
        selection_add=[("refused", "Refused")], ondelete={"refused": "set null"}
    )
    objection_ids = fields.One2many(
        comodel_name="dispatch.objection",
        inverse_name="notice_id",
        string="Objections",
        readonly=True,
    )
    objection_count = fields.Integer(compute="_compute_objection_count", string="Open Objections")
    arrived_on_time = fields.Float(
        string="Arrived on Time",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="1 if the goods were with the customer on the day asked for or before, 0 if later.",
    )
    accurate = fields.Float(
        string="As Ordered",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="1 if product, quantity and address were as requested and the customer had no"
        " justified objection, else 0 (發貨準確率).",
    )

    # === COMPUTE METHODS === #

    @api.depends("objection_ids.state")
    def _compute_objection_count(self):
        counts = dict(
            self.env["dispatch.objection"]
            .sudo()
            ._read_group(
                [("notice_id", "in", self.ids), ("state", "=", "open")], ["notice_id"], ["__count"]
            )
        )
        for notice in self:
            notice.objection_count = counts.get(notice._origin, 0)

    # === ACTION METHODS === #

    def action_object(self, values):
        """Record an objection that the customer makes after the receipt.

        :param dict values: ``cause``, ``description``, ``date``
        """
        self.ensure_one()
        values = dict(values) if isinstance(values, dict) else {}
        if values.get("cause") not in dict(CAUSES):
            raise UserError(self.env._("Say what the customer objects to."))
        if not str(values.get("description") or "").strip():
            raise UserError(self.env._("Say what is wrong with the delivery."))
        date = self._check_receipt_values({"date": values.get("date")})["date"]
        today = self.company_id._regulation_today()
        date = date or today
        self._check_step("received", *SHIPPED)
        if not self.signed_on:
            raise UserError(self.env._("Record the signed receipt first."))
        if date > today or date < self.signed_on:
            raise UserError(
                self.env._("The customer objects between the receipt of the goods and today.")
            )
        objection = self.env["dispatch.objection"]._open(
            self.sudo(),
            {
                "cause": values["cause"],
                "description": str(values["description"]).strip(),
                "raised_on": date,
            },
        )
        self.sudo()._judge_delivery()
        return objection.id

    def action_track(self):
        """Follow the goods on the carrier's page (S0-38)."""
        self.ensure_one()
        self.check_access("read")
        # Not everybody who follows the goods may read the transfer
        return self.sudo().picking_id.open_website_url()

    def action_open_objections(self):
        """Open the objections to this delivery."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_regulation.dispatch_objection_action"
        )
        action["domain"] = [("notice_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_open_object(self):
        """Ask what the customer objects to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Objection"),
            "res_model": "dispatch.objection.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_notice_id": self.id},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _check_receipt_values(self, values):
        values = dict(values) if isinstance(values, dict) else {}
        lines = values.pop("lines", None) or []
        values = super()._check_receipt_values(values)
        checked = []
        for line in lines if isinstance(lines, list) else [None]:
            try:
                row = {
                    "line_id": int(line["line_id"]),
                    "refused": given_number(self.env, line.get("refused") or 0.0, "refused"),
                    "missing": given_number(self.env, line.get("missing") or 0.0, "missing"),
                    "cause": line.get("cause") or False,
                    "note": str(line.get("note") or ""),
                }
            except (
                TypeError,
                ValueError,
                KeyError,
                AttributeError,
                OverflowError,
                ValidationError,
            ) as error:
                raise UserError(
                    self.env._(
                        "A line of a receipt names the line of the notice, what was refused and"
                        " what is missing."
                    )
                ) from error
            if row["cause"] and row["cause"] not in dict(CAUSES):
                raise UserError(
                    self.env._(
                        "%(value)s is no %(field)s of a receipt.",
                        value=row["cause"],
                        field=self.env._("cause"),
                    )
                )
            checked.append(row)
        values["lines"] = checked
        return values

    def _record_receipt(self, kind, step, values):
        if kind != "receipt":
            return super()._record_receipt(kind, step, values)
        notice = self.sudo()
        rows = notice._receipt_rows(values)
        values = {**values, "acceptance": notice._acceptance_of(values.get("acceptance"), rows)}
        corrected = notice.receipt_ids.browse(values.get("corrects_id") or [])
        receipt = super()._record_receipt(kind, step, values)
        engine(self.env["dispatch.receipt.line"].sudo()).create(
            [{"receipt_id": receipt.id, **row} for row in rows]
        )
        if corrected:
            # What was said by mistake needs no answer
            notice.objection_ids.filtered(
                lambda objection: objection.receipt_id == corrected and objection.state == "open"
            )._close(state="void")
        if notice.acceptance in ("objection", "refused"):
            self.env["dispatch.objection"]._open(
                notice,
                {
                    "receipt_id": receipt.id,
                    "cause": notice._cause_of(rows),
                    "description": values.get("note") or False,
                    "raised_on": notice.signed_on,
                },
            )
        notice._judge_delivery()
        return receipt

    def _tell_objection(self):
        """Told by the objection itself, which makes the tasks and takes them away again."""

    def _receipt_rows(self, values):
        """What was not accepted of each line, checked against what left."""
        self.ensure_one()
        given = {row["line_id"]: row for row in values.get("lines") or ()}
        if set(given) - set(self.line_ids.ids):
            raise UserError(self.env._("A receipt names lines of its own notice only."))
        rows = []
        for line in self.line_ids:
            row = given.get(line.id, {})
            refused, missing = row.get("refused", 0.0), row.get("missing", 0.0)
            uom = line.product_uom_id
            if values.get("acceptance") == "refused" and not given:
                refused = line.shipped_qty
            if refused < 0 or missing < 0 or uom.compare(refused + missing, line.shipped_qty) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s: %(shipped)s were shipped, no more can be refused or missing.",
                        product=line.product_id._name_in_sentence(),
                        shipped=f"{line.shipped_qty:g}",
                    )
                )
            if uom.is_zero(refused) and uom.is_zero(missing):
                continue
            rows.append(
                {
                    "notice_id": self.id,
                    "company_id": self.company_id.id,
                    "notice_line_id": line.id,
                    "product_id": line.product_id.id,
                    "product_uom_id": uom.id,
                    "shipped_qty": line.shipped_qty,
                    "accepted_qty": line.shipped_qty - refused - missing,
                    "refused_qty": refused,
                    "missing_qty": missing,
                    "cause": row.get("cause") or ("short" if missing and not refused else "other"),
                    "note": row.get("note") or False,
                }
            )
        return rows

    def _acceptance_of(self, said, rows):
        """The result that the quantities allow: nobody accepts what he refuses."""
        if not rows:
            return said or "accepted"
        untouched = self.line_ids - self.line_ids.browse(row["notice_line_id"] for row in rows)
        accepted = any(untouched.mapped("shipped_qty")) or any(row["accepted_qty"] for row in rows)
        return "objection" if accepted else "refused"

    def _cause_of(self, rows):
        causes = [row["cause"] for row in rows if row["cause"] != "other"]
        return causes[0] if causes else "other"

    def _judge_delivery(self):
        """Whether these deliveries were on time and as ordered, as it is known now."""
        for notice in self.sudo().filtered("signed_on"):
            asked = notice.requested_arrival_at
            on_time = (
                not asked or notice.signed_on <= notice.company_id._regulation_local(asked).date()
            )
            engine(notice).write(
                {
                    "arrived_on_time": 1.0 if on_time else 0.0,
                    "accurate": 1.0 if notice._as_ordered() else 0.0,
                }
            )

    def _as_ordered(self):
        self.ensure_one()
        objections = self.objection_ids.filtered(lambda row: row.state != "void")
        if objections.filtered(lambda row: row.result != "unjustified"):
            return False
        if self.acceptance in ("objection", "refused") and not objections:
            return False
        address = self.picking_id.partner_id
        if address and self.partner_shipping_id and address != self.partner_shipping_id:
            return False
        return all(
            line.product_uom_id.compare(line.shipped_qty, line.quantity) == 0
            for line in self.line_ids
        )
