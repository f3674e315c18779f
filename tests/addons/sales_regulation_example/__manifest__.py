# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Sales Regulation: example",
    "summary": "Puts the engines on a model of its own: the worked example of the documentation.",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "license": "LGPL-3",
    "author": "Sales Regulation maintainers",
    "depends": ["sales_regulation"],
    "data": [
        "security/ir.model.access.csv",
        "data/example_data.xml",
        "views/regulation_profile_views.xml",
        "views/sample_request_views.xml",
    ],
}
