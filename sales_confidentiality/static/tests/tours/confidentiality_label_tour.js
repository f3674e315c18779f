/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { registry } from "@web/core/registry";
import { reg } from "@sales_regulation/../tests/tours/regulation_tour_utils";

const BANNER = ".o_form_view .o_confidentiality";

/** The owner of a customer gives him his first label, then looks who sees him. */
registry.category("web_tour.tours").add("regulation_labels_customer", {
    steps: () => [
        { trigger: `${BANNER} button:contains('Set a Label')`, run: "click" },
        { trigger: `${reg.dialog} [name='level_id'] .o_radio_item:contains('Secret') input`, run: "click" },
        ...reg.apply("action_apply"),
        ...reg.see(`${BANNER} [name='confidentiality_label_id']:contains('Secret')`),
        { trigger: `${BANNER} button[name='action_confidentiality']`, run: "click" },
        ...reg.see(`${reg.dialog} [name='title']:contains('Secret')`),
        { trigger: `${reg.dialog} footer button`, run: "click" },
        { trigger: "body:not(:has(.modal))" },
        ...reg.see(`${BANNER} button:contains('Change the Label')`),
    ],
});
