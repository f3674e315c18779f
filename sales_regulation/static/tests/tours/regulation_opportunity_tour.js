/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { registry } from "@web/core/registry";
import { reg } from "./regulation_tour_utils";

const tours = registry.category("web_tour.tours");

/** The rep analyses the need, asks for the evaluation, completes the proposal and hands it in. */
tours.add("regulation_rep_opportunity", {
    steps: () => [
        ...reg.see(".o_form_view .o_form_sheet"),
        ...reg.tab("regulation_process"),
        ...reg.enter("regulation_need", "10,000 controllers by June"),
        ...reg.press("action_request_evaluation"),
        ...reg.see(".o_form_view .alert-info:contains('Waiting for a decision')"),
        ...reg.stat("action_view_proposals"),
        ...reg.open("Xinghai"),
        ...reg.tab("solution"),
        {
            trigger: ".o_field_widget[name='solution'] .odoo-editor-editable",
            run: "editor Two controllers a board",
        },
        ...reg.press("action_submit"),
        ...reg.reached("In review"),
    ],
});
