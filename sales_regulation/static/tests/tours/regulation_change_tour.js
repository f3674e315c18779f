/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { registry } from "@web/core/registry";
import { reg } from "./regulation_tour_utils";

const tours = registry.category("web_tour.tours");

/** The rep asks for 10,500 instead of 10,000 on a confirmed order. */
tours.add("regulation_rep_change", {
    steps: () => [
        ...reg.see(".o_form_view .o_form_sheet"),
        ...reg.press("action_request_change"),
        ...reg.enter("reason", "The customer needs 500 more"),
        ...reg.only("desktop", [
            { trigger: "[name='line_ids'] .o_field_x2many_list_row_add a", run: "click" },
        ]),
        ...reg.only("mobile", [
            { trigger: "[name='line_ids'] .o-kanban-button-new", run: "click" },
        ]),
        ...reg.pickCard("order_line_id", "Controller chip", ".modal"),
        ...reg.enter("quantity", "10500", ".modal"),
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        ...reg.save(),
        ...reg.see("[name='line_ids']:contains('10,000'):contains('10,500')"),
        ...reg.press("action_submit"),
        ...reg.reached("Submitted"),
    ],
});

/** The manager refuses, and says why. */
tours.add("regulation_manager_change", {
    steps: () => [
        ...reg.open("Order change"),
        ...reg.see(".o_field_widget[name='amount']:contains('1,008,000.00')"),
        ...reg.see(".o_regulation_order_change:contains('10,500')"),
        ...reg.press("action_ask_refuse"),
        ...reg.enter("opinion", "The stock is promised to others", reg.dialog),
        ...reg.apply("action_confirm"),
        ...reg.reached("Refused"),
    ],
});

/** Who is covered by the regulation says that he has read it. */
tours.add("regulation_rep_acknowledges", {
    steps: () => [
        ...reg.only("desktop", [
            ...reg.open("Acknowledgement"),
            ...reg.press("action_approve"),
            // His own step is done, the request goes on for the others
            ...reg.see(".o_form_statusbar:not(:has(button[name='action_approve']))"),
        ]),
        ...reg.only("mobile", [
            {
                trigger:
                    ".o_kanban_record:contains('Acknowledgement') button[name='action_approve']:contains('I Have Read It')",
                run: "click",
            },
            { trigger: ".o_kanban_view:not(:has(.o_kanban_record:contains('Acknowledgement')))" },
        ]),
    ],
});
