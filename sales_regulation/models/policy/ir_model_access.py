# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models, tools
from odoo.tools import SQL


class IrModelAccess(models.Model):
    """What the group Audit inherits from the group User is reading.

    It implies User, so that whatever users read auditors read too, in this addon and in those
    that build on it. What an auditor writes comes from his other groups alone: so no list
    offers him "New", and no call creates anything.
    """

    _inherit = "ir.model.access"

    @tools.ormcache("self.env.uid", "mode")
    def _get_allowed_models(self, mode="read"):
        allowed = super()._get_allowed_models(mode)
        if mode == "read":
            return allowed
        audit = (
            self.env["res.groups"]
            .sudo()
            .browse(
                self.env["ir.model.data"]._xmlid_to_res_id(
                    "sales_regulation.group_regulation_audit"
                )
            )
        )
        user = self.env.user.sudo()
        if audit.id not in user._get_group_ids():
            return allowed
        own = user.group_ids - audit
        groups = own | own.all_implied_ids | self.env.ref("base.group_user")
        if audit in groups:
            return allowed
        return allowed - self._models_by_audit_only(groups, mode)

    def _models_by_audit_only(self, groups, mode):
        """Documents on which none of these groups may do that; a dialog is none."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT model.model
                  FROM ir_model model
                 WHERE NOT model.transient
                   AND NOT EXISTS (
                           SELECT 1
                             FROM ir_model_access access
                            WHERE access.model_id = model.id AND access.active
                              AND access.%(permission)s
                              AND (access.group_id IS NULL OR access.group_id IN %(groups)s))
                """,
                permission=SQL.identifier(f"perm_{mode}"),
                groups=groups._ids,
            )
        )
        return {model for (model,) in rows}
