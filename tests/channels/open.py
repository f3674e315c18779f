# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What stays open, and why: the table of docs/confidentiality.md, which the tests compare.

A model stands here that names a protected record and is not protected itself. A row without a
model is a channel that no walk over the registry can find.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Open:
    """A row of the table: what stays open, why, and the models that it excuses."""

    what: str
    why: str
    models: tuple = ()
    #: the text of the secret itself may stand in these models' rows
    tells: bool = False
    #: fields that say it, of a model that is closed otherwise
    fields: tuple = field(default=())
    #: the models name products and price lists only, which a company decides to protect
    products: bool = False


OPEN = (
    Open(
        "transfers, moves, packages, stock: customer's number, product, quantity, address",
        "capped at internal: the warehouse ships. The name of a hidden customer or order reads"
        " \"Confidential\"; origin and description are texts of the transfer",
        (
            "stock.picking",
            "stock.picking.batch",
            "stock.move",
            "stock.move.line",
            "stock.quant",
            "stock.reference",
            "stock.scrap",
            "stock.rule",
            "stock.warehouse",
        ),
        tells=True,
    ),
    Open(
        "dispatch notices, their steps and receipts",
        "capped at internal; the address snapshot is what the keeper works with",
        ("dispatch.notice.step", "dispatch.receipt", "dispatch.receipt.line"),
        tells=True,
    ),
    Open(
        "tickets and their steps: what is wrong, for those who work on them",
        "capped at internal: technicians have no examination; who is assigned, coordinates or leads"
        " sees them by the regulation's own rules. The customer's name reads \"Confidential\"",
    ),
    Open(
        "approvals, tasks, hand-overs, deadlines, ticks, releases, duties, measures and the register"
        " of the regulation: that there is a document, its number, its clock",
        "who has to decide or to act must find his task; the document itself stays shut",
        (
            "regulation.approval",
            "regulation.checklist.tick",
            "regulation.clause.report",
            "regulation.deadline",
            "regulation.duty.instance",
            "regulation.handover",
            "regulation.measure",
            "regulation.qualification",
            "regulation.register",
            "regulation.release",
            "confidentiality.change",
        ),
        tells=True,
    ),
    Open(
        "activities: title and note, for the person to whom they are assigned; messages already in"
        " an inbox; notifications",
        "assigned or sent by somebody who may see the document; everybody else needs the document",
        (
            "mail.activity",
            "mail.message",
            "mail.mail",
            "mail.notification",
            "mail.scheduled.message",
            "mail.message.reaction",
        ),
    ),
    Open(
        "registration of a customer, request for an owner",
        "who registers must learn that the customer is protected; the name is what he typed himself",
        ("customer.registration", "customer.owner.request"),
    ),
    Open(
        "expense claims and applications: customer, opportunity, order by number",
        "one's own money; budget owners decide on them. Names of hidden records read"
        " \"Confidential\"",
        ("expense.application", "hr.expense"),
    ),
    Open(
        "analytic lines, journals, rules of reconciliation",
        "Odoo's own groups for accounting: they balance the ledgers that one may read",
        (
            "account.analytic.account",
            "account.analytic.distribution.model",
            "account.analytic.line",
            "account.journal",
            "account.reconcile.model",
            "account.reconcile.model.line",
        ),
    ),
    Open(
        "purchases, vendor prices, point of sale, postal letters, text messages: partner by number",
        "not sales to a confidential customer; register them where they are. Names of hidden"
        " partners read \"Confidential\"",
        (
            "purchase.order",
            "purchase.order.line",
            "purchase.report",
            "purchase.bill.line.match",
            "purchase.bill.union",
            "vendor.delay.report",
            "product.supplierinfo",
            "pos.order",
            "pos.order.line",
            "pos.payment",
            "pos.session",
            "report.pos.order",
            "sms.sms",
            "snailmail.letter",
            "loyalty.history",
        ),
    ),
    Open(
        "people, companies, channels, calendars, devices, logins (`res.users` of a hidden"
        " customer's contacts are hidden with them)",
        "colleagues and one's own companies are no secret",
        (
            "calendar.filters",
            "discuss.channel.member",
            "discuss.channel.rtc.session",
            "gamification.karma.tracking",
            "hr.employee",
            "hr.employee.public",
            "hr.version",
            "hr.work.location",
            "mail.push.device",
            "res.company",
            "res.partner.category",
            "res.users.settings.volumes",
        ),
    ),
    Open(
        "settings of the system that point at records: server actions, menus, external ids,"
        " files",
        "administrators; files follow the rights of their record",
        (
            "ir.actions.server",
            "ir.attachment",
            "ir.model.data",
            "ir.ui.menu",
        ),
    ),
    Open(
        "customers' letters: list of recipients; requests of ratings to customers; lines of a"
        " change: number of the order line",
        "their lines are closed",
        ("sales.customer.letter", "kpi.rating.request", "kpi.target"),
    ),
    Open(
        "documents on a case, disclosures, links, agreements, examination results, access log:"
        " record or partner by number",
        "read by the people on the case, who asks or decides, the officer. Names of hidden records"
        " read \"Confidential\"",
        (
            "confidentiality.case.item",
            "confidentiality.disclosure",
            "confidentiality.exam.result",
            "confidentiality.link",
            "confidentiality.log",
            "confidentiality.nda",
        ),
    ),
    Open(
        "positions in a ranking, monthly analysis: number of the score sheet",
        "the regulation publishes the one; the other has neither documents nor customers",
        ("kpi.ranking.line", "kpi.sales.report"),
    ),
    Open(
        "a second record that a row names by number: the delivery address of an order, the payment"
        " of an invoice (`MORE_PATHS`)",
        "the row is hidden with its own label, or with the record whose facts it repeats; the name"
        " of the second reads \"Confidential\"",
    ),
    Open(
        "what was printed, downloaded or sent before",
        "gone. Export, print, download, mail and links: [out of the system](transmission.md)",
    ),
    Open(
        "masked values inside a printed document that one may read",
        "the document is what the label protects",
    ),
    Open("formulas that follow from open figures (price less known margin)", "no addon can"),
    Open(
        "order of a list by the name of a hidden record",
        "the database sorts by it; the place tells no more than a letter's range",
    ),
    Open(
        "a page of messages or activities may have fewer rows than asked for",
        "Odoo filters it after it has been cut; what is left out is not told",
    ),
    Open(
        "live updates of a chat: names in a message as its sender may read them",
        "Odoo sends one answer to all members of a channel; opened again, it reads as each may",
    ),
    Open(
        "value of stock, journal entries of cost",
        "Odoo's own groups for stock and accounting",
    ),
    Open(
        "dashboard of a journal: sums of what is open",
        "totals of ledgers one may read are a listed exception in `decisions`",
        fields=("account.journal.kanban_dashboard",),
    ),
    Open(
        "ids, gaps in numbers, errors of uniqueness, stock on hand, totals of ledgers one may read,"
        " time needed",
        "`decisions`: listed exceptions",
    ),
    Open(
        "products and price lists (C50), where a company protects them: how many lines, transfers"
        " and counts there are of a hidden product, its stock, category, weight and unit, and the"
        " texts of a document: the description of a line that a cleared colleague wrote, the name"
        " that Odoo puts before it on the invoice, the words of a change that was asked for, of a"
        " receipt, of a promotion and of the product that Odoo makes for it",
        'the name of the product itself reads "Confidential", and a gate tells neither its name nor'
        " its price; texts are of their document: label an order of unreleased products too. Who"
        " sells, ships or counts one needs a grant, and without it is stopped; so is who quotes at"
        " a hidden price list. Cost is closed by right",
    ),
    Open(
        "the same: reports of quantities, rules of putaway and of capacity",
        "stock, as above: number of the product and quantity",
        (
            "report.stock.quantity",
            "stock.putaway.rule",
            "stock.storage.category.capacity",
        ),
        products=True,
    ),
    Open(
        "the same: settings that name a product or a price list by number (carriers, promotions,"
        " tills, routes, budgets, groups of countries, tags), and the names of attributes, of their"
        " values and of tags",
        'settings of the company. Names of hidden products and price lists read "Confidential",'
        " lists of them leave the hidden ones out; an attribute is a word that many products share",
        (
            "delivery.carrier",
            "loyalty.program",
            "loyalty.rule",
            "pos.config",
            "pos.preset",
            "product.attribute",
            "product.attribute.value",
            "product.tag",
            "res.country.group",
            "sale.pdf.form.field",
            "sales.budget.category",
            "stock.route",
        ),
        products=True,
    ),
    Open(
        "screens, memory, database administrators, who may write server actions",
        "outside of what an addon can hold",
    ),
)

#: {registered model: fields that name a protected record and do not hide the row}: the row
#: says nothing of it but the number, whose name is concealed
MORE_PATHS = {
    "account.invoice.report": ("commercial_partner_id", "move_id", "partner_id"),
    "account.move": (
        "adjusting_entries_move_ids",
        "adjusting_entry_origin_move_ids",
        "auto_post_origin_id",
        "commercial_partner_id",
        "matched_payment_ids",
        "origin_payment_id",
        "partner_bank_id",
        "partner_shipping_id",
        "pos_refunded_invoice_ids",
        "reversed_entry_id",
        "statement_id",
        "statement_line_id",
        "tax_cash_basis_origin_move_id",
        "tax_cash_basis_rec_id",
        "transaction_ids",
    ),
    "account.move.line": ("cogs_origin_id", "partner_id", "sale_line_ids"),
    "account.partial.reconcile": ("exchange_move_id",),
    "account.payment": (
        "expense_ids",
        "invoice_ids",
        "move_id",
        "need_cancel_request",
        "paired_internal_transfer_payment_id",
        "partner_bank_id",
        "payment_token_id",
        "payment_transaction_id",
        "source_payment_id",
    ),
    "calendar.event": ("current_status", "recurrence_id"),
    "crm.activity.report": ("author_id", "partner_id"),
    "customer.dossier.change": ("entity_id",),
    "dispatch.ledger": ("notice_id",),
    "dispatch.notice": ("partner_shipping_id",),
    "dispatch.notice.line": ("order_line_id",),
    "kpi.appeal": ("sheet_id",),
    "kpi.bonus.line": (
        "commission_id",
        "date_from",
        "origin_id",
        "score_sheet_id",
        "sheet_id",
        "state",
    ),
    "kpi.commission": ("order_id",),
    "kpi.development.plan": ("sheet_id",),
    "kpi.quota.day": ("is_latest", "sheet_id"),
    "kpi.sheet.criterion": ("sheet_id",),
    "kpi.sheet.line": ("date_from", "frequency", "is_latest", "sheet_id"),
    "kpi.sheet.member": ("sheet_id",),
    "kpi.sheet.rating": ("sheet_id",),
    "loyalty.card": ("order_id", "order_id_partner_id"),
    "payment.transaction": (
        "invoice_ids",
        "payment_id",
        "sale_order_ids",
        "source_transaction_id",
        "token_id",
    ),
    "rating.rating": ("publisher_id", "rated_partner_id", "rated_partner_name"),
    "res.partner": ("commercial_partner_id", "duplicate_bank_partner_ids", "meeting_ids"),
    "sale.order": (
        "applied_coupon_ids",
        "opportunity_id",
        "partner_invoice_id",
        "partner_shipping_id",
        "transaction_ids",
    ),
    "sale.order.change": ("regulation_contract_id",),
    "sale.order.change.line": ("order_line_id", "partner_id"),
    "sale.order.coupon.points": ("coupon_id",),
    "sale.order.line": ("coupon_id", "invoice_lines", "linked_line_id"),
    "sale.payment.allocation": ("counters_id", "payment_id", "receipt_id", "statement_line_id"),
    "sale.receipt": ("payment_id",),
    "sale.receivable.report": ("partner_id",),
    "sale.report": ("commercial_partner_id", "order_reference", "partner_id"),
    "sales.contact": ("commercial_partner_id", "corrects_id", "event_id", "report_id"),
    "sales.contract": ("contact_id", "parent_id"),
    "sales.contract.ledger": ("parent_id", "partner_id"),
    "sales.contract.line": ("order_line_id", "origin_id"),
    "sales.contract.version": ("amendment_id",),
    "sales.contract.watch": ("partner_id",),
    "sales.plan": ("chain_id", "parent_id", "previous_id"),
    "sales.quality.card": ("notice_id", "order_id", "ticket_id"),
    "sales.satisfaction": ("notice_id", "rating_id", "ticket_id"),
    "sales.satisfaction.request": ("res_id",),
    "sales.ticket": ("contact_id", "notice_id", "order_id"),
    "sales.ticket.step": ("partner_id",),
    "solution.proposal": ("lead_id", "previous_id"),
    "visit.plan.line": ("event_id", "visit_state"),
}
#: the same of products and price lists, where they are protected: {model: fields}
PRODUCT_PATHS = {
    "account.invoice.report": ("product_id",),
    "account.move.line": ("product_category_id", "product_id"),
    "dispatch.ledger": ("product_id",),
    "dispatch.notice.line": ("product_id",),
    "loyalty.reward": ("discount_line_product_id",),
    "price.change.request.line": ("item_id",),
    "product.attribute.custom.value": ("custom_product_template_attribute_value_id",),
    "product.pricelist.item": ("base_pricelist_id",),
    "product.supplierinfo": ("partner_id",),
    "product.template": ("optional_product_ids", "pos_optional_product_ids"),
    "product.template.attribute.exclusion": ("product_template_attribute_value_id", "value_ids"),
    "product.template.attribute.value": (
        "attribute_line_id",
        "currency_id",
        "ptav_product_variant_ids",
    ),
    "product.value": ("lot_id",),
    "res.partner": ("specific_property_product_pricelist",),
    "sale.order": ("pricelist_id",),
    "sale.order.change.line": ("product_id",),
    "sale.order.line": (
        "categ_id",
        "combo_item_id",
        "is_configurable_product",
        "is_storable",
        "product_document_ids",
        "product_id",
        "product_no_variant_attribute_value_ids",
        "product_template_attribute_value_ids",
        "product_type",
        "reward_id",
        "service_tracking",
    ),
    "sale.report": ("pricelist_id", "product_id", "product_tmpl_id"),
    "sales.contract.line": ("product_id",),
    "sales.quality.card": ("product_id",),
    "sales.ticket": ("product_id",),
    "stock.warehouse.orderpoint": ("supplier_id",),
}
#: fields of visible records that say something of what is hidden, "model.field"
FIELDS = frozenset(name for row in OPEN for name in row.fields)
#: {model: row}
BY_MODEL = {model: row for row in OPEN for model in row.models}


def table():
    """The rows of the table in docs/confidentiality.md."""
    rows = []
    for row in OPEN:
        models = f" ({', '.join(f'`{model}`' for model in row.models)})" if row.models else ""
        rows.append(f"| {row.what}{models} | {row.why} |")
    return rows
