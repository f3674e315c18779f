# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import fields, models

from ...tools import engine


class SalesContractVersion(models.Model):
    """What a contract said when it was submitted, or after an amendment: never changed."""

    _name = "sales.contract.version"
    _description = "Contract Version"
    _inherit = ["regulation.sealed"]
    _order = "contract_id, number desc, id desc"
    _rec_name = "number"
    _append_only = True

    contract_id = fields.Many2one(
        comodel_name="sales.contract", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    number = fields.Integer(string="Version", required=True, readonly=True)
    at = fields.Datetime(string="Written at", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Written by", readonly=True, ondelete="restrict"
    )
    fingerprint = fields.Char(required=True, readonly=True)
    amount_untaxed = fields.Monetary(readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    content = fields.Text(readonly=True, help="The fields of which the fingerprint is made.")
    body = fields.Html(string="Text", readonly=True, sanitize=False)
    amendment_id = fields.Many2one(
        comodel_name="sales.contract",
        string="Made by",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The amendment that made this version.",
    )

    _number_uniq = models.Constraint(
        "UNIQUE(contract_id, number)", "A contract has one version of a number."
    )


class SalesContract(models.Model):
    _inherit = "sales.contract"

    def _store_version(self, amendment=None):
        """Keep the text as it stands, unless it is the version kept last (S4-199)."""
        contracts = self.sudo()
        Fingerprint = self.env["regulation.fingerprint"]
        contents = contracts._contract_content()
        for contract in contracts:
            digest = Fingerprint._digest(contents[contract.id])
            if digest == contract.version_fingerprint:
                continue
            number = max(contract.version_ids.mapped("number"), default=0) + 1
            engine(contract.env["sales.contract.version"]).create(
                {
                    "contract_id": contract.id,
                    "number": number,
                    "at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "fingerprint": digest,
                    "amount_untaxed": contract.amount_untaxed,
                    "currency_id": contract.currency_id.id,
                    "content": json.dumps(
                        Fingerprint._canonical(contents[contract.id]),
                        ensure_ascii=False,
                        sort_keys=True,
                    ),
                    "body": contract._contract_summary(),
                    "amendment_id": amendment.id if amendment else False,
                }
            )
            engine(contract).write({"version": number, "version_fingerprint": digest})
