/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { registry } from "@web/core/registry";
import { reg } from "@sales_regulation/../tests/tours/regulation_tour_utils";

const tours = registry.category("web_tour.tours");

const confirmed = () => [
    { trigger: `${reg.dialog} footer .btn-primary`, run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

/** Human resources computes the month and asks the raters. */
tours.add("regulation_hr_asks_raters", {
    steps: () => [
        ...reg.press("action_compute"),
        ...reg.reached("Computed"),
        ...reg.press("action_ask_raters"),
        ...reg.reached("Ratings"),
    ],
});

/** ... closes the ratings when their time is over, and publishes. */
tours.add("regulation_hr_publishes", {
    steps: () => [
        ...reg.press("action_close_ratings"),
        ...confirmed(),
        ...reg.reached("Human Resources"),
        ...reg.press("action_publish"),
        ...confirmed(),
        ...reg.reached("Published"),
    ],
});

/** The representative reads how his score comes about, and appeals against a line. */
tours.add("regulation_rep_appeals", {
    steps: () => [
        {
            isActive: ["desktop"],
            trigger: ".o_kanban_view .o_kanban_record:contains('Wang Fang')",
            run: "click",
        },
        {
            isActive: ["mobile"],
            trigger: ".o_kanban_view .o_kanban_record:contains('Wang Fang')",
            run: "click",
        },
        ...reg.see(".o_form_view .o_form_sheet:contains('of target')"),
        ...reg.press("action_open_appeal"),
        ...reg.enter("reason", "An invoice of the 31st is missing", reg.dialog),
        ...reg.apply("action_appeal"),
        ...reg.see("[name='appeal_ids']:contains('An invoice of the 31st is missing')"),
    ],
});

/** Human resources answers the appeal. */
tours.add("regulation_hr_answers_appeal", {
    steps: () => [
        ...reg.see(".o_list_view .o_data_row:contains('An invoice of the 31st is missing')"),
        ...reg.open("An invoice of the 31st is missing"),
        ...reg.press("action_open_answer"),
        ...reg.enter("answer", "It was posted on the first of the next month", reg.dialog),
        ...reg.apply("action_refuse"),
        ...reg.reached("Refused"),
    ],
});

/** ... and locks the month. */
tours.add("regulation_hr_locks", {
    steps: () => [
        ...reg.press("action_lock"),
        ...confirmed(),
        ...reg.reached("Locked"),
    ],
});
