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

/** The manager ticks on the order. With three of four his approval is refused. */
tours.add("regulation_manager_review", {
    steps: () => [
        ...reg.open("Order review"),
        ...reg.stat("action_open_document"),
        ...reg.tab("regulation_review"),
        ...["lawful", "valid", "fulfilled"].flatMap(tick),
        ...reg.see(button("within policy", "Tick")),
        ...reg.back(),
        ...reg.press("action_approve"),
        ...reg.refused("Price and terms are within policy"),
        ...reg.reached("To decide"),
        ...reg.stat("action_open_document"),
        ...reg.tab("regulation_review"),
        ...tick("within policy"),
        ...reg.back(),
        ...reg.press("action_approve"),
        ...reg.reached("Approved"),
    ],
});

/** The rep confirms what has been reviewed. */
tours.add("regulation_rep_confirm", {
    steps: () => [
        ...reg.see(".o_form_view .o_form_sheet"),
        ...reg.press("action_confirm"),
        ...reg.reached("Sales Order"),
    ],
});

/** Beyond the customer's credit the order is not confirmed, and the rep sees by how much. */
tours.add("regulation_rep_credit", {
    steps: () => [
        ...reg.see(".o_regulation_notice:contains('10,000.00')"),
        ...reg.press("action_confirm"),
        ...reg.refused("10,000.00", "200,000.00", "150,000.00"),
        ...reg.reached("Quotation"),
    ],
});
