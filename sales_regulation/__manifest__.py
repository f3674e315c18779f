# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Sales Regulation",
    "summary": "Carry out the company's written sales regulations inside Sales, Inventory and Invoicing",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Regulation maintainers",
    "website": "https://sales-regulation.example.org",
    "license": "LGPL-3",
    "application": True,
    "depends": [
        "sale_management",
        "sale_stock",
        "stock_delivery",
        "sale_crm",
        "sale_margin",
        "hr_expense",
        "calendar",
        "resource",
        "mail",
        "base_import",
    ],
    "data": [
        # Groups first, then the access lists of each domain, then rules
        "security/res_groups.xml",
        "security/policy/ir.model.access.csv",
        "security/policy/ir_rules.xml",
        "security/engine/ir.model.access.csv",
        "security/order/ir.model.access.csv",
        # Reference data
        "data/policy/regulation_role_data.xml",
        "data/customer/regulation_gate_data.xml",
        "data/order/regulation_gate_data.xml",
        # Views: the root menu first, then one folder per domain
        "views/menus.xml",
        "views/engine/gate_templates.xml",
        "views/policy/regulation_profile_views.xml",
        "views/policy/regulation_role_views.xml",
        "views/policy/regulation_gate_views.xml",
        "views/policy/regulation_release_views.xml",
        "views/policy/regulation_register_views.xml",
        "views/order/regulation_profile_views.xml",
        "views/order/sale_order_views.xml",
        "views/order/portal_templates.xml",
    ],
    "demo": ["demo/regulation_demo.xml"],
    "uninstall_hook": "uninstall_hook",
}
