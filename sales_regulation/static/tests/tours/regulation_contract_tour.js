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

/** The rep drafts the contract on the quotation; without a delivery time it is not accepted. */
tours.add("regulation_rep_contract", {
    steps: () => [
        ...reg.see(".o_form_view .o_form_sheet"),
        ...reg.press("action_create_contract"),
        ...reg.reached("Draft"),
        ...reg.see(".o_field_widget[name='missing_terms']:contains('Delivery time')"),
        ...reg.press("action_submit"),
        ...reg.refused("Delivery time"),
        ...reg.tab("terms"),
        ...reg.enter("delivery_days", "20"),
        ...reg.save(),
        ...reg.press("action_submit"),
        ...reg.reached("Business review"),
    ],
});

/** The manager ticks on the contract and approves. */
tours.add("regulation_manager_contract", {
    steps: () => [
        ...reg.open("business review"),
        ...reg.see(".o_regulation_contract:contains('960,000.00')"),
        ...reg.press("action_approve"),
        ...reg.refused("sales policy"),
        ...reg.stat("action_open_document"),
        ...reg.tab("review"),
        ...["sales policy", "risks"].flatMap(tick),
        ...reg.back(),
        ...reg.press("action_approve"),
        ...reg.reached("Approved"),
    ],
});

/** Legal returns the contract with an opinion. */
tours.add("regulation_legal_returns", {
    steps: () => [
        ...reg.open("legal review"),
        ...reg.press("action_ask_return"),
        ...reg.enter("opinion", "Say what follows when we deliver late", reg.dialog),
        ...reg.apply("action_confirm"),
        ...reg.reached("Returned"),
    ],
});

/** Legal approves the next version. */
tours.add("regulation_legal_approves", {
    steps: () => [
        ...reg.open("legal review"),
        ...reg.see(".o_regulation_contract:contains('0.05 %')"),
        ...reg.stat("action_open_document"),
        ...reg.tab("review"),
        ...["lawful", "Liability"].flatMap(tick),
        ...reg.back(),
        ...reg.press("action_approve"),
        ...reg.reached("Approved"),
    ],
});

/** The rep sends the contract and goes through its terms with the customer. */
tours.add("regulation_rep_reconfirms", {
    steps: () => [
        ...reg.see(".o_form_view .o_form_sheet"),
        ...reg.press("action_mark_sent"),
        ...reg.reached("Sent"),
        ...reg.press("action_open_reconfirm"),
        ...reg.enter("reconfirmed_with", "Ms. Lin, by phone", reg.dialog),
        ...reg.apply("action_apply"),
        ...reg.reached("Reconfirmed"),
    ],
});

/** The customer reads and signs on the portal. */
tours.add("regulation_customer_signs", {
    steps: () => [
        { trigger: ".o_regulation_contract:contains('Controller chip')" },
        { trigger: "#sign .o_web_sign_name_and_signature input", run: "fill Lin Hai" },
        { trigger: "#sign canvas.o_web_sign_signature", run: "canvasNotEmpty" },
        {
            trigger: "#sign .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_regulation_contract_page .alert-success:contains('Lin Hai')" },
    ],
});
