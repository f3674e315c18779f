# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """What other addons brought, in this update too, is registered at once."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["confidentiality.model"]._register_documents()
