/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** On a phone all buttons of the status bar but the first are in a menu. */
const press = (name) => [
    {
        trigger: `.o_statusbar_buttons button[name='${name}'], .o_statusbar_buttons button:has(.oi-ellipsis-v)`,
        async run({ anchor, click }) {
            if (anchor.getAttribute("name") !== name) {
                await click(anchor);
            }
        },
    },
    {
        trigger: `.o_statusbar_buttons button[name='${name}']:enabled, .o-dropdown--menu button[name='${name}']:enabled`,
        run: "click",
    },
];

/** The employee reads his NDA, answers the declaration, signs. */
tours.add("regulation_employee_signs_nda", {
    steps: () => [
        { trigger: ".o_kanban_record:contains('To Sign')", run: "click" },
        { trigger: ".o_confidentiality_to_sign" },
        { trigger: ".o_field_widget[name='text']:contains('I keep silent.')" },
        ...press("action_open_sign"),
        {
            trigger: ".modal .o_field_widget[name='conflict'] .o_radio_item:first-child input",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name='signature'] .o_signature", run: "click" },
        { trigger: ".modal canvas.o_web_sign_signature", run: "canvasNotEmpty" },
        { trigger: ".modal .btn-primary:contains('Adopt'):enabled", run: "click" },
        { trigger: ".modal .o_field_widget[name='signature'] img" },
        { trigger: ".modal button[name='action_sign']:enabled", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_form_view:not(:has(.o_confidentiality_to_sign))" },
        { trigger: ".o_field_widget[name='signer_name']:contains('Wang Fang')" },
    ],
});

/** A word of each question, and of its right answer. */
const RIGHT = [
    ["friend at another company", "mention the question to my superior"],
    ["label Confidential", "needs it for his work"],
    ["wrong address", "report it at once"],
    ["private phone", "released for it"],
    ["dealer wants", "signed agreement of his company"],
    ["asks you by telephone", "delegated in the system"],
    ["leave your desk", "lock the screen"],
    ["runs out", "until it is renewed"],
    ["head office", "check who he is"],
    ["another employer", "stay bound to silence"],
];

/** And passes the examination. */
tours.add("regulation_employee_passes_exam", {
    steps: () => [
        { trigger: ".o_kanban_record:contains('Signed')", run: "click" },
        ...press("action_take_exam").map((step, index) =>
            index ? { ...step, expectUnloadPage: true } : step
        ),
        { trigger: "button[type='submit'][value='start']:not(.disabled)", run: "click" },
        ...RIGHT.flatMap(([question, answer], index) => [
            {
                trigger: `.js_question-wrapper:contains('${question}') .o_survey_choice_btn:contains('${answer}')`,
                run: "click",
            },
            {
                trigger: `body:has(.js_question-wrapper:contains('${question}') .o_survey_selected) button[type='submit'].btn-${index < 9 ? "primary" : "secondary"}:not(.disabled)`,
                run: "click",
            },
        ]),
        { trigger: ".modal .btn-primary:contains('Submit')", run: "click" },
        { trigger: ".o_survey_finished" },
    ],
});

/** A business partner signs with the link that he got. */
tours.add("regulation_partner_signs_nda", {
    steps: () => [
        { trigger: ".o_confidentiality_nda_page:contains('I keep silent.')" },
        // Odoo draws the name at every key: not before there is something to draw on
        { trigger: "#sign canvas.o_web_sign_signature" },
        { trigger: "#sign .o_web_sign_name_and_signature input", run: "edit Lin Hai" },
        { trigger: "#sign canvas.o_web_sign_signature", run: "canvasNotEmpty" },
        {
            trigger: "#sign .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_confidentiality_nda_page .alert-success:contains('Lin Hai')" },
    ],
});
