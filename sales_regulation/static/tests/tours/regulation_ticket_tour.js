/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { registry } from "@web/core/registry";
import { reg } from "./regulation_tour_utils";

const tours = registry.category("web_tour.tours");

/** Press a step of the ticket: they share a method, so they are told apart by their label. */
const press = (label) => [
    {
        trigger: `.o_statusbar_buttons button:contains('${label}'), .o_statusbar_buttons button:has(.oi-ellipsis-v)`,
        async run({ anchor, click }) {
            if (!anchor.textContent.includes(label)) {
                await click(anchor);
            }
        },
    },
    {
        trigger: `.o_statusbar_buttons button:contains('${label}'):enabled, .o-dropdown--menu button:contains('${label}'):enabled`,
        run: "click",
    },
];

/** The owner sees the complaint that came by mail, and calls the customer. */
tours.add("regulation_rep_complaint", {
    steps: () => [
        ...reg.open("Chips arrived bent"),
        ...reg.see(".o_field_widget[name='partner_id']:contains('Xinghai')"),
        ...press("First Contact"),
        ...reg.enter("note", "Called Ms. Lin, she sends photos", reg.dialog),
        ...reg.apply("action_apply"),
        ...reg.reached("In work"),
    ],
});

/** The coordinator answers; the banner says that the customer has to be satisfied. */
tours.add("regulation_manager_answers", {
    steps: () => [
        ...reg.open("Chips arrived bent"),
        ...press("Answer"),
        ...reg.enter("answer", "New chips are on the way", reg.dialog),
        ...reg.apply("action_apply"),
        ...reg.reached("Answered"),
        ...reg.see(".alert-warning:contains('satisfied')"),
    ],
});

/** The customer is not satisfied. */
tours.add("regulation_customer_unhappy", {
    steps: () => [
        { trigger: "a:contains('Chips arrived bent')", run: "click", expectUnloadPage: true },
        { trigger: ".o_regulation_ticket_page:contains('New chips are on the way')" },
        { trigger: "#satisfied #feedback", run: "edit These are bent too" },
        {
            trigger: "#satisfied button[value='no']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_regulation_ticket_page .alert-info:contains('take it up again')" },
    ],
});

/** The customer is satisfied. */
tours.add("regulation_customer_happy", {
    steps: () => [
        { trigger: "a:contains('Chips arrived bent')", run: "click", expectUnloadPage: true },
        { trigger: "#satisfied #score", run: "edit 90" },
        {
            trigger: "#satisfied button[value='yes']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_regulation_ticket_page .alert-success:contains('glad')" },
    ],
});
