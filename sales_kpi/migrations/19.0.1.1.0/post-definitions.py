# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.tools import file_open

FILES = ("data/kpi_indicator_data.xml", "data/board/kpi_improvement_data.xml")
#: {indicator: definition as it shipped}
FORMERLY = {
    "indicator_sales_amount": (
        "Untaxed amount of posted customer invoices less credit notes, by invoice date, in "
        "company currency; down payments count with the invoice of the goods. It counts for "
        "the person to whom the order was credited when it was confirmed."
    ),
    "indicator_sales_collected": (
        "Untaxed part of the money that finance has confirmed for orders, by the day it was "
        "received; what was paid back or bounced does not count."
    ),
    "indicator_sales_external": (
        "As the sales amount, of customers whose country differs from that of the company; "
        "the country is that of the day the order was confirmed."
    ),
    "indicator_profit": (
        "Untaxed invoiced amount less the cost of the product on the day the order was "
        "confirmed, in company currency."
    ),
    "indicator_growth": (
        "Invoiced untaxed sales beyond those of the same period a year before, in percent of "
        "these. Without sales a year before there is no figure."
    ),
    "indicator_collection_rate": (
        "Untaxed money confirmed by finance in the period, in percent of what was invoiced in"
        " the period."
    ),
    "indicator_sales_per_day": (
        "Invoiced untaxed sales by working days: the efficiency of representatives in "
        "revenue."
    ),
}


def migrate(cr, version):
    """Definitions say at which rate amounts are counted; what a company has worded itself stays.

    The sheets that are computed already keep the definition of their day.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    now = {}
    for path in FILES:
        with file_open(f"sales_kpi/{path}", "rb") as data:
            for record in etree.parse(data).iter("record"):
                if record.get("id") in FORMERLY:
                    now[record.get("id")] = record.findtext("field[@name='definition']")
    for name, formerly in FORMERLY.items():
        indicator = env.ref(f"sales_kpi.{name}", raise_if_not_found=False)
        if indicator and indicator.with_context(lang=None).definition == formerly:
            # Without its translations, which are those of the former text: they are loaded next
            cr.execute(
                "UPDATE kpi_indicator SET definition = jsonb_build_object('en_US', %s::text)"
                " WHERE id = %s",
                [now[name], indicator.id],
            )
    env.invalidate_all()
