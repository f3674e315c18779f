/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { registry } from "@web/core/registry";
import { reg } from "@sales_regulation/../tests/tours/regulation_tour_utils";

const tours = registry.category("web_tour.tours");

const confirmed = () => [
    { trigger: `${reg.dialog} footer .btn-primary`, run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

/** An employee reports a leak on the page, in his own name. */
tours.add("regulation_reports_leak", {
    steps: () => [
        { trigger: "#leak_description", run: "edit The price list lies in a chat group" },
        { trigger: "#leak_records", run: "edit Price list of March" },
        { trigger: "#leak_send", run: "click", expectUnloadPage: true },
        { trigger: ".o_leak_reported" },
    ],
});

/** ... and another one without his name. */
tours.add("regulation_reports_leak_anonymously", {
    steps: () => [
        { trigger: "#leak_description", run: "edit Somebody copies customer lists" },
        { trigger: "#leak_anonymous", run: "click" },
        { trigger: "#leak_send", run: "click", expectUnloadPage: true },
        { trigger: ".o_leak_reported:contains('without your name')" },
    ],
});

/** The officer answers the report, writes down what he found, and decides. */
tours.add("regulation_officer_answers_leak", {
    steps: () => [
        ...reg.press("action_investigate"),
        ...reg.reached("Investigating"),
        ...reg.enter("findings", "The list was forwarded by mistake"),
        ...reg.enter("decision", "The group is closed"),
        ...reg.press("action_decide"),
        ...reg.reached("Decided"),
        ...reg.tab("lessons"),
        ...reg.enter("lessons", "Price lists go by link"),
        ...reg.enter("outcome", "It was stopped"),
        ...reg.press("action_close"),
        ...reg.reached("Closed"),
    ],
});

/** Human resources sees what is open, hands over, ticks the devices, ends the access. */
tours.add("regulation_hr_checks_out", {
    steps: () => [
        ...reg.see(".o_regulation_banner, .alert-warning:contains('not complete')"),
        ...reg.press("action_hand_over"),
        ...confirmed(),
        ...reg.only("desktop", reg.see("[name='open_customers']:contains('0')")),
        ...["Papers and files", "Laptop"].flatMap((item) => [
            {
                trigger: `[name='checklist_display_ids'] .o_data_row:contains('${item}') button[name='action_toggle'], [name='checklist_display_ids'] .o_kanban_record:contains('${item}') button[name='action_toggle']`,
                run: "click",
            },
            {
                trigger: `[name='checklist_display_ids'] .o_data_row:contains('${item}'):has(input:checked), [name='checklist_display_ids'] .o_kanban_record:contains('${item}'):has(input:checked)`,
            },
        ]),
        ...reg.press("action_end_access"),
        ...confirmed(),
        ...reg.see("body:not(:has(.alert-warning:contains('not complete')))"),
    ],
});

/** Who leaves signs the statement on private copies. */
tours.add("regulation_leaver_signs", {
    steps: () => [
        ...reg.see(".o_field_widget[name='statement_text']:contains('private copies only')"),
        ...reg.press("action_sign_statement"),
        ...confirmed(),
        ...reg.see(".o_field_widget[name='statement_signed_on']"),
    ],
});
