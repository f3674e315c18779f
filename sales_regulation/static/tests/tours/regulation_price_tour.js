/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { registry } from "@web/core/registry";
import { reg } from "./regulation_tour_utils";

const tours = registry.category("web_tour.tours");

/** The rep makes a quotation below the list price, sees why it is stopped, and asks. */
tours.add("regulation_rep_quotation", {
    steps: () => [
        { trigger: ".o_list_button_add:visible, .o-kanban-button-new:visible", run: "click" },
        { trigger: ".o_form_view.o_sale_order, .o_form_view .o_sale_order" },
        ...reg.pick("partner_id", "Xinghai Electronics"),
        // On a desktop in the line, on a phone in the form of the line
        ...reg.only("desktop", [
            {
                trigger: ".o_field_x2many_list_row_add a:contains('Add a product')",
                run: "click",
            },
            ...reg.pick("product_template_id", "HX-100", "Controller chip", ".o_selected_row"),
            ...reg.enter("product_uom_qty", "10000", ".o_selected_row"),
            ...reg.enter("price_unit", "96", ".o_selected_row"),
        ]),
        ...reg.only("mobile", [
            {
                trigger: "[name='order_line'] .o_cp_buttons button:contains('Add product')",
                run: "click",
            },
            ...reg.pick("product_id", "HX-100", "Controller chip", ".modal"),
            ...reg.enter("product_uom_qty", "10000", ".modal"),
            ...reg.enter("price_unit", "96", ".modal"),
            { trigger: ".modal .o_form_button_save", run: "click" },
            { trigger: "body:not(:has(.modal))" },
        ]),
        ...reg.save(),
        // The banner names the deviation, and who can help
        ...reg.see(".o_regulation_notice:contains('4.00 % below'):contains('KM Chen Gang')"),
        ...reg.press("action_request_price_approval"),
        ...reg.see(".alert-info:contains('Waiting for a decision'):contains('Price')"),
    ],
});

/** The manager finds the price on his list and approves it there. */
tours.add("regulation_manager_price", {
    steps: () => [
        ...reg.only("desktop", [
            ...reg.open("Price", "960,000.00"),
            ...reg.press("action_approve"),
            ...reg.reached("Approved"),
        ]),
        // On a phone on the card itself
        ...reg.only("mobile", [
            {
                trigger:
                    ".o_kanban_record:contains('Price'):contains('960,000.00') button[name='action_approve']",
                run: "click",
            },
            { trigger: ".o_kanban_view:not(:has(.o_kanban_record:contains('960,000.00')))" },
        ]),
    ],
});

/** The manager wants legal to say yes as well. */
tours.add("regulation_manager_signer", {
    steps: () => [
        ...reg.open("Price"),
        ...reg.press("action_ask_signer"),
        ...reg.pick("user_id", "LEG Liu", "LEG Liu", reg.dialog),
        ...reg.enter("reason", "Is this price allowed there?", reg.dialog),
        ...reg.apply("action_confirm"),
        ...reg.see("[name='waiting_for']:contains('LEG Liu')"),
        ...reg.press("action_approve"),
        ...reg.see("[name='waiting_for']:contains('LEG Liu')"),
    ],
});
