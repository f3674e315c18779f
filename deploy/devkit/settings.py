"""What is set up, and the names of things."""

from __future__ import annotations

from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
ADDONS = ("sales_regulation", "sales_kpi", "sales_confidentiality")
TEST_ADDON = "regulation_testing"
# Worked examples of the documentation, installed where the tests run and nowhere else.
EXAMPLE_ADDONS = ("sales_regulation_example",)
# Everything that our addons and Odoo's own suites need, so that a test database is a copy
# away. Point of sale is here because its deliveries must stay free of the gates.
STOCK_MODULES = (
    "calendar",
    "gamification",
    "hr_expense",
    "mail",
    "point_of_sale",
    "rating",
    "resource",
    "rpc",
    "sale_crm",
    "sale_loyalty",
    "sale_management",
    "sale_margin",
    "sale_stock",
    "stock_delivery",
    "stock_dropshipping",
    "stock_picking_batch",
    "survey",
)
TEMPLATE = "reg_stock"
# Raise it when the way a template is made changes without any of its inputs changing.
TEMPLATE_SCHEME = 1
SLOTS = 2  # heavy jobs that may run at a time on one machine
DB_USER = "odoo"  # Odoo refuses to work as "postgres"
# Debian ships the complete Community edition as one package. It links into siblings; two of
# them come from the stable release, because their files are named differently in sid.
ODOO_DEBS = {
    "sid": (
        "odoo-19",
        "libjs-jquery",
        "libjs-jquery-form",
        "libjs-underscore",
        "fonts-glyphicons-halflings",
        "fonts-montserrat",
        "fonts-ocr-b",
        "fonts-roboto-unhinted",
    ),
    "trixie": ("fonts-font-awesome", "fonts-inconsolata"),
}
MINORS = range(10, 14)  # of Python 3: those that Odoo 19 with its pinned packages runs with
LANGUAGES = ("zh_CN", "zh_TW")
