/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { registry } from "@web/core/registry";
import { reg } from "./regulation_tour_utils";

const tours = registry.category("web_tour.tours");
const next = (div) => [
    { trigger: `.modal div[name='${div}']:not(.d-none)` },
    { trigger: ".modal footer button[name='action_next']", run: "click" },
];

/** From the shipped profile to an own draft, the way an administrator goes, on any screen. */
tours.add("regulation_setup_assistant", {
    url: "/odoo/regulation-templates",
    steps: () => [
        { trigger: ".o_kanban_record:contains('Starter')", run: "click" },
        { trigger: ".o_form_view .o_form_statusbar" },
        {
            // On a phone the buttons of the status bar are in a menu
            trigger: "button[name='action_adopt']:visible, .o_statusbar_buttons .dropdown-toggle:visible, .o_form_statusbar .o-dropdown:visible",
            run: ({ anchor }) => anchor.click(),
        },
        {
            trigger: ".modal div[name='profile'], .o-dropdown--menu button[name='action_adopt']",
            run: ({ anchor }) => anchor.tagName === "BUTTON" && anchor.click(),
        },
        { trigger: ".modal .o_regulation_preview:contains('Price authority')" },
        ...next("profile"),
        ...next("scope"),
        { trigger: ".modal button[name='action_observe_all']", run: "click" },
        ...reg.see(`${reg.dialog} [name='gate_line_ids']:contains('Observe'):not(:contains('Enforce'))`),
        ...next("gates"),
        ...next("figures"),
        ...next("roles"),
        { trigger: ".modal div[name='activate']" },
        { trigger: ".modal footer button[name='action_finish']", run: "click" },
        { trigger: ".o_form_view:not(:has(.modal)) .o_field_widget[name='template_id']:contains('Starter')" },
    ],
});

/** The director puts it into force, and enforces a gate once it was observed. */
tours.add("regulation_director_publishes", {
    steps: () => [
        ...reg.press("action_publish"),
        { trigger: ".modal footer .btn-primary", run: "click" },
        ...reg.reached("In force"),
        ...reg.tab("gates"),
        ...reg.only("desktop", [
            {
                trigger: "[name='gate_ids'] .o_data_row:contains('Payment before shipment') button[name='action_enforce']",
                run: "click",
            },
        ]),
        ...reg.only("mobile", [
            { trigger: "[name='gate_ids'] .o_kanban_record:contains('Payment before shipment')", run: "click" },
            ...reg.press("action_enforce", reg.dialog),
            { trigger: `${reg.dialog} [name='mode']:contains('Enforce')` },
            { trigger: `${reg.dialog} .btn-close, ${reg.dialog} .o_form_button_cancel, ${reg.dialog} .oi-arrow-left`, run: "click" },
        ]),
        {
            trigger:
                "[name='gate_ids'] .o_data_row:contains('Payment before shipment'):contains('Enforce'), " +
                "[name='gate_ids'] .o_kanban_record:contains('Payment before shipment'):contains('Enforce')",
        },
    ],
});
