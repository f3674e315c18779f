/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { registry } from "@web/core/registry";
import { reg } from "./regulation_tour_utils";

const tours = registry.category("web_tour.tours");

/** The browser of the tests is nowhere: it says that it is at the customer's. */
const stayAt = (latitude, longitude) => {
    navigator.geolocation.getCurrentPosition = (found) =>
        found({ coords: { latitude, longitude, accuracy: 8 } });
};

/** The rep hands in the plan of the next month. */
tours.add("regulation_rep_plan", {
    steps: () => [
        ...reg.see(".o_form_view .o_form_sheet"),
        ...reg.see(reg.line("line_ids", "Xinghai")),
        ...reg.press("action_submit"),
        ...reg.reached("To approve"),
    ],
});

/** His manager reads what is planned, and approves. */
tours.add("regulation_manager_plan", {
    steps: () => [
        ...reg.open("Visit plan"),
        ...reg.see(".o_form_sheet:contains('Xinghai'):contains('Regular visit')"),
        ...reg.press("action_approve"),
        ...reg.reached("Approved"),
    ],
});

/** At the customer's: the rep checks in for the first time, and records the visit. */
tours.add("regulation_rep_visit", {
    steps: () => [
        {
            trigger: ".o_visit_check_in:enabled",
            async run({ anchor, click }) {
                stayAt(22.54, 114.05);
                await click(anchor);
            },
        },
        { trigger: `${reg.dialog}:contains('Record where you are') .btn-primary`, run: "click" },
        { trigger: ".o_form_view:not(:has(.o_visit_check_in))" },
        ...reg.press("action_record_visit"),
        ...reg.see(".o_form_view .o_field_widget[name='content']"),
        ...reg.enter("content", "Showed the samples"),
        ...reg.enter("feedback", "The connector should be gold-plated"),
        ...reg.enter("result", "They test for two weeks"),
        { trigger: ".o_field_widget[name='effect'] .o_priority_star:eq(1)", run: "click" },
        ...reg.press("action_hand_in"),
        ...reg.reached("Handed in"),
    ],
});
