# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models, tools
from odoo.exceptions import AccessError

from ...tools import is_engine

#: what a file is, and where it belongs; its description or access token may change
_FIXED_FIELDS = frozenset(
    {
        "name",
        "raw",
        "datas",
        "db_datas",
        "store_fname",
        "checksum",
        "file_size",
        "mimetype",
        "type",
        "url",
        "res_model",
        "res_id",
        "res_field",
        "company_id",
        "regulation_fixed",
    }
)
#: of these the file's own fields are read by Odoo itself: looking at one more costs nothing
_CONTENT_FIELDS = frozenset({"raw", "datas", "db_datas"})
_CONTRACT = "sales.contract"


class IrAttachment(models.Model):
    """Files of signed contracts, and those of evidence, are never replaced or deleted.

    The guard holds for the superuser too: it asks no right but what the file belongs to. A
    further version is attached beside (S0-81, S4-221).
    """

    _inherit = "ir.attachment"

    regulation_fixed = fields.Boolean(
        string="Kept as Evidence",
        readonly=True,
        copy=False,
        help="Belongs to a signed contract or to a record of evidence: it is never changed.",
    )

    _regulation_fixed_idx = models.Index("(id) WHERE regulation_fixed")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("regulation_fixed") and not is_engine(self.env):
                self._refuse_fixed(vals.get("name"))
            if vals.get("res_field") and self._is_evidence(vals.get("res_model")):
                if not is_engine(self.env):
                    # A second file under the same field would be shown in place of the first
                    self._refuse_fixed(vals.get("name"))
                vals["regulation_fixed"] = True
        attachments = super().create(vals_list)
        model = self.env.context.get("default_res_model")
        if any(vals.get("res_model", model) == _CONTRACT for vals in vals_list):
            attachments._fix_those_of_contracts()
        if any(vals.get("regulation_fixed") for vals in vals_list):
            attachments._note_fixed()
        return attachments

    def write(self, vals):
        if vals.get("regulation_fixed"):
            self._refuse_fixed(self[:1].name)
        if _CONTENT_FIELDS.intersection(vals) or (
            _FIXED_FIELDS.intersection(vals) and self._any_fixed()
        ):
            self._check_fixed()
        result = super().write(vals)
        if vals.get("res_model") == _CONTRACT or ("res_id" in vals and "res_model" not in vals):
            self._fix_those_of_contracts()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fixed(self):
        self._check_fixed()

    # === BUSINESS METHODS === #

    @api.model
    def _is_evidence(self, model):
        return bool(model in self.env and getattr(self.env[model], "_append_only", False))

    @api.model
    @tools.ormcache(cache="stable")
    def _any_fixed(self):
        """Whether there is such a file at all: without one the guard asks nothing."""
        return bool(
            self.env.execute_query(
                tools.SQL("SELECT 1 FROM ir_attachment WHERE regulation_fixed LIMIT 1")
            )
        )

    def _check_fixed(self):
        """Raise AccessError if one of these files is evidence."""
        for attachment in self.sudo():
            if attachment.regulation_fixed:
                self._refuse_fixed(attachment.name)

    @api.model
    def _refuse_fixed(self, name):
        raise AccessError(
            self.env._(
                "%s is kept as evidence: it is neither changed nor deleted. Add a further version"
                " beside it.",
                name or "",
            )
        )

    def _note_fixed(self):
        if not self._any_fixed():
            self.env.registry.clear_cache("stable")

    def _fix_those_of_contracts(self):
        """What is attached to a signed contract stays, from that moment on."""
        # A signed contract has a signature, and that is such a file
        if not self._any_fixed():
            return
        mine = self.sudo().filtered(
            lambda row: row.res_model == _CONTRACT and row.res_id and not row.regulation_fixed
        )
        if not mine:
            return
        signed = self.env[_CONTRACT].sudo().browse(mine.mapped("res_id")).exists()
        signed = set(signed.filtered("signed_at").ids)
        mine.filtered(lambda row: row.res_id in signed)._fix()

    def _fix(self):
        """These files are evidence from now on."""
        if self:
            super().write({"regulation_fixed": True})
            self._note_fixed()


class SalesContract(models.Model):
    _inherit = "sales.contract"

    def _after_signature(self):
        super()._after_signature()
        self.env["ir.attachment"].sudo().search(
            [("res_model", "=", _CONTRACT), ("res_id", "in", self.ids)]
        )._fix()
