/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { registry } from "@web/core/registry";
import { reg } from "./regulation_tour_utils";

const tours = registry.category("web_tour.tours");

const button = (text, label) =>
    [".o_data_row", ".o_kanban_record"]
        .map(
            (row) =>
                `[name='checklist_display_ids'] ${row}:contains('${text}') button[name='action_toggle']:contains('${label}')`
        )
        .join(", ");

const tick = (text) => [
    { trigger: button(text, "Tick"), run: "click" },
    { trigger: button(text, "Take Back") },
];

/** The decision is taken: there is nothing to decide for the reader any more. */
const decided = () =>
    reg.see(
        ".o_form_view:not(:has(button[name='action_approve'])):not(:has(.o_statusbar_buttons .oi-ellipsis-v))"
    );

/** The rep applies for more than the budget has left, then for what it has. */
tours.add("regulation_rep_applies", {
    steps: () => [
        ...reg.see(".o_form_view .o_form_sheet"),
        ...reg.pick("category_id", "Travel"),
        ...reg.enter("amount", "2000"),
        ...reg.enter("purpose", "Three days at Xinghai"),
        ...reg.press("action_submit"),
        ...reg.refused("1,500.00"),
        ...reg.enter("amount", "1500"),
        ...reg.press("action_submit"),
        ...reg.reached("To approve"),
    ],
});

/** His manager reads purpose and amount, and approves. */
tours.add("regulation_manager_application", {
    steps: () => [
        ...reg.open("Expense application"),
        ...reg.see(".o_form_sheet:contains('Three days at Xinghai'):contains('1,500.00')"),
        ...reg.press("action_approve"),
        ...decided(),
    ],
});

/** Finance ticks its three points on the application, and approves. */
tours.add("regulation_finance_application", {
    steps: () => [
        ...reg.open("Expense application"),
        ...reg.press("action_approve"),
        ...reg.refused("lawful"),
        ...reg.stat("action_open_document"),
        ...["lawful", "complies", "true"].flatMap(tick),
        ...reg.back(),
        ...reg.press("action_approve"),
        ...reg.reached("Approved"),
    ],
});

/** The rep claims what he spent: without receipt it is refused. */
tours.add("regulation_rep_claims", {
    steps: () => [
        ...reg.see(".o_form_view .o_form_sheet"),
        ...reg.press("action_claim"),
        ...reg.see(".o_form_view .o_field_widget[name='application_id']"),
        ...reg.enter("total_amount_currency", "1480"),
        ...reg.press("action_submit"),
        ...reg.refused("receipt"),
    ],
});

/** With its receipt it is submitted. */
tours.add("regulation_rep_submits_claim", {
    steps: () => [
        ...reg.see(".o_form_view .o_form_sheet"),
        ...reg.press("action_submit"),
        ...reg.reached("Submitted"),
    ],
});

/** Manager and finance approve the claim. */
tours.add("regulation_approves_claim", {
    steps: () => [
        ...reg.open("Expense claim"),
        ...reg.see(".o_form_sheet:contains('1,480.00')"),
        ...reg.press("action_approve"),
        ...decided(),
    ],
});

/** Finance posts and pays it. */
tours.add("regulation_finance_pays", {
    steps: () => [
        ...reg.see(".o_form_view .o_form_sheet"),
        ...reg.press("action_post"),
        { trigger: `${reg.dialog} button[name='action_post_entry']:enabled`, run: "click" },
        ...reg.see(".o_form_view button[name='action_register_payment'], .o_statusbar_buttons button:has(.oi-ellipsis-v)"),
        ...reg.press("action_register_payment"),
        { trigger: `${reg.dialog} button[name='action_create_payments']:enabled`, run: "click" },
        ...reg.see("body:not(:has(.modal))"),
        ...reg.see(".o_form_view:contains('In Payment'), .o_form_view:contains('Paid')"),
    ],
});

/** Nothing more is claimed: the rest goes back to the budget. */
tours.add("regulation_rep_closes", {
    steps: () => [
        ...reg.see(".o_form_view .o_form_sheet"),
        ...reg.press("action_close"),
        ...reg.reached("Closed"),
    ],
});
