# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
def post_init_hook(env):
    """What was confirmed before this addon came is stamped from what is known of it."""
    env["sale.order.line"]._stamp_credit_history()
