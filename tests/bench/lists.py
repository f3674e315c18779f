"""What a rep looks at all day: lists, kanbans and forms with our fields, next to plain Odoo."""

import statistics

from odoo.addons.sales_regulation.tests.screens import show, specification

from tests.bench.clock import Clock, Cost

ROWS = 80
#: what is shown, and the menu by which a rep comes to it
SCREENS = {
    "partners": "base.action_partner_form",
    "leads": "crm.crm_lead_action_pipeline",
    "orders": "sale.action_orders",
    "pickings": "stock.action_picking_tree_all",
    "expenses": "hr_expense.hr_expense_actions_my_all",
}
#: documents that plain Odoo has not: they are measured by themselves
OWN_SCREENS = {
    "contracts": "sales_regulation.sales_contract_action",
    "notices": "sales_regulation.dispatch_notice_action",
}
VIEWS = ("list", "kanban", "form")
#: shown to a salesperson by Odoo, who gets an error: he may not read lots
REFUSED = frozenset({"lot_ids"})


def documents(side):
    """80 of each, the same on every side; half of the orders are confirmed.

    The customers take turns, and each order has a contract of its own.
    """
    env, rep = side.env, side.rep
    orders = env["sale.order"].union(*(side.quotations(1) for _row in range(ROWS + ROWS // 2)))
    confirmed, quotations = orders[:ROWS], orders[ROWS:]
    confirmed.action_confirm()
    employee = rep.employee_ids or env["hr.employee"].create(
        {"name": rep.name, "user_id": rep.id, "company_id": side.company.id}
    )
    number = range(ROWS)
    source = env["utm.source"].create({"name": "Fair"})
    records = {
        "partners": env["res.partner"].create(
            [
                {
                    "name": f"Customer {row}",
                    "is_company": True,
                    "user_id": rep.id,
                    "street": "1 Road",
                    "city": "Shenzhen",
                    "country_id": env.ref("base.cn").id,
                    "phone": "+86 755 5550 0199",
                    "company_id": side.company.id,
                }
                for row in number
            ]
        ),
        "leads": env["crm.lead"].create(
            [
                {
                    "name": f"Lead {row}",
                    "type": "opportunity",
                    "user_id": rep.id,
                    "partner_id": side.partner.id,
                    "expected_revenue": 1000 + row,
                    "source_id": source.id,
                    "company_id": side.company.id,
                }
                for row in number
            ]
        ),
        "orders": quotations | confirmed[: ROWS - len(quotations)],
        "pickings": confirmed.sudo().picking_ids,
        "expenses": env["hr.expense"].create(
            [
                {
                    "name": f"Taxi {row}",
                    "employee_id": employee[:1].id,
                    "total_amount_currency": 50 + row,
                    "product_id": env["product.product"]
                    .search([("can_be_expensed", "=", True)], limit=1)
                    .id,
                    "company_id": side.company.id,
                }
                for row in number
            ]
        ),
    }
    if side.name == "ours":
        records |= {
            "contracts": orders.sudo().regulation_contract_id[:ROWS],
            "notices": env["dispatch.notice"].union(*map(side.demo._request, confirmed)),
        }
    side.flush()
    return {name: rows.with_user(rep) for name, rows in records.items()}


def screen(model, action, view_type):
    """What the client asks for when it shows a view of the action."""
    view_id = next((view for view, mode in action.views if mode == view_type and view), False)
    return _allowed(specification(model, view_type, view_id))


def _allowed(spec):
    return {
        name: {**part, "fields": _allowed(part["fields"])} if "fields" in part else part
        for name, part in spec.items()
        if name not in REFUSED
    }


def measure_lists(sides, rounds):
    """``{entry: {side: [(cost of 80 rows, cost of one row), ...]}}``."""
    taken = {}
    asked = {}
    for side in sides:
        side.shown = documents(side)
        for name, rows in side.shown.items():
            action = side.env.ref((SCREENS | OWN_SCREENS)[name])
            for view_type in VIEWS:
                asked[side.name, name, view_type] = screen(rows.browse(), action, view_type)
    for number in range(rounds + 1):
        for name in SCREENS | OWN_SCREENS:
            for view_type in VIEWS:
                for side in sides if number % 2 else sides[::-1]:
                    if name not in side.shown:
                        continue
                    rows = side.shown[name]
                    spec = asked[side.name, name, view_type]
                    all_rows = read(side, view_type, spec, rows)
                    one_row = read(side, view_type, spec, rows[:1])
                    if number:
                        taken.setdefault(f"lists_{name}_{view_type}", {}).setdefault(
                            side.name, []
                        ).append((all_rows, one_row))
    return taken


def read(side, view_type, spec, rows):
    """What one request costs."""
    with side.request(rows) as found:
        clock = Clock(side.cr)
        show(found.browse(), view_type, spec, found)
        return clock.cost()


def entries(taken, entry):
    """One entry per screen, and ``lists``: all of them together that plain Odoo has too."""
    results = {}
    together = {}
    for name, sides in taken.items():
        if "stock" not in sides:
            results[name] = by_itself(sides["ours"])
            continue
        results[name] = compared(sides, entry)
        for side, rounds in sides.items():
            sums = together.setdefault(side, [(Cost(), Cost())] * len(rounds))
            together[side] = [
                (all_rows + more_rows, one_row + more_row)
                for (all_rows, one_row), (more_rows, more_row) in zip(sums, rounds, strict=True)
            ]
    return {"lists": compared(together, entry), **results}


def compared(sides, entry):
    """80 rows next to plain Odoo, and what one row asks instead of 80: the same, or something
    is asked per row."""
    both = {side: [all_rows for all_rows, _one in rounds] for side, rounds in sides.items()}
    ours, stock = (
        statistics.median_low(one_row.queries for _all, one_row in sides[side])
        for side in ("ours", "stock")
    )
    return entry(both, "ours", "stock") | {
        "queries_of_1": ours,
        "extra_queries_of_1": ours - stock,
    }


def by_itself(taken):
    """A screen without counterpart: ``extra_queries`` are those of 80 rows beyond one row."""
    queries, queries_of_1 = (
        statistics.median_low(pair[at].queries for pair in taken) for at in (0, 1)
    )
    return {
        "ours_s": round(statistics.median(all_rows.processor for all_rows, _one in taken), 4),
        "queries": queries,
        "queries_of_1": queries_of_1,
        "extra_queries": queries - queries_of_1,
    }
