/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

const DIALOG = ".modal:not(.o_inactive_modal)";

/** Steps that do the same on a desktop and on a phone. */
export const reg = {
    dialog: DIALOG,

    /** These steps on one size of screen only. */
    only: (size, steps) =>
        steps
            .filter((step) => !step.isActive || step.isActive.includes(size))
            .map((step) => ({ ...step, isActive: [size] })),

    /** Wait for something to be seen. */
    see: (trigger) => [{ trigger }],

    /**
     * Press a button of the status bar; on a phone all but the first are in a menu. In a dialog
     * the menu is no part of the dialog, which a tour lets pass for triggers from "body" on.
     */
    press: (name, scope = "") => [
        {
            trigger: `${scope} .o_statusbar_buttons button[name='${name}'], ${scope} .o_statusbar_buttons button:has(.oi-ellipsis-v)`,
            async run({ anchor, click }) {
                if (anchor.getAttribute("name") !== name) {
                    await click(anchor);
                }
            },
        },
        {
            trigger: `${scope && "body"} ${scope} .o_statusbar_buttons button[name='${name}']:enabled, .o-dropdown--menu button[name='${name}']:enabled`,
            run: "click",
        },
    ],

    /** Wait until the status bar shows this as the present step. */
    reached: (label) => [
        {
            trigger: `.o_statusbar_status .o_arrow_button_current:contains('${label}'), .o_statusbar_status .dropdown-toggle:contains('${label}')`,
        },
    ],

    /** Open the row, or on a phone the card, that contains all the texts. */
    open: (...texts) => {
        const has = texts.map((text) => `:contains('${text}')`).join("");
        return [
            {
                isActive: ["desktop"],
                trigger: `.o_list_view .o_data_row${has} .o_data_cell:not(:has(button, input, .o_avatar)):eq(0)`,
                run: "click",
            },
            {
                isActive: ["mobile"],
                trigger: `.o_kanban_view .o_kanban_record${has}`,
                run: "click",
            },
            { trigger: ".o_form_view .o_form_sheet" },
        ];
    },

    /** Choose a record by its card, where a phone shows few of them; on a desktop as below. */
    pickCard: (field, shown, scope = "") => [
        ...reg.only("desktop", reg.pick(field, shown, shown, scope)),
        ...reg.only("mobile", [
            { trigger: `${scope} .o_field_widget[name='${field}'] input`, run: "click" },
            { trigger: `${DIALOG} .o_kanban_record:contains('${shown}')`, run: "click" },
            { trigger: "body:not(:has(.modal .o_kanban_view))" },
        ]),
    ],

    /** A row of a list inside a form, on a phone a card. */
    line: (field, text) =>
        `[name='${field}'] .o_data_row:contains('${text}'), [name='${field}'] .o_kanban_record:contains('${text}')`,

    /** Choose a record: from the list below the field, on a phone from the cards of a dialog. */
    pick: (field, search, shown = search, scope = "") => [
        {
            isActive: ["desktop"],
            trigger: `${scope} .o_field_widget[name='${field}'] input`,
            run: `edit ${search}`,
        },
        {
            isActive: ["desktop"],
            trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):contains('${shown}') a`,
            run: "click",
        },
        {
            isActive: ["mobile"],
            trigger: `${scope} .o_field_widget[name='${field}'] input`,
            run: "click",
        },
        {
            isActive: ["mobile"],
            trigger: `${DIALOG} .o_control_panel .btn:has(.fa-search)`,
            run: "click",
        },
        {
            isActive: ["mobile"],
            trigger: `${DIALOG} .o_searchview_input`,
            run: `edit ${search}`,
        },
        { isActive: ["mobile"], trigger: ".o_searchview_autocomplete" },
        { isActive: ["mobile"], trigger: `${DIALOG} .o_searchview_input`, run: "press Enter" },
        { isActive: ["mobile"], trigger: `${DIALOG} .o_facet_value` },
        {
            isActive: ["mobile"],
            trigger: `${DIALOG} .o_kanban_record:contains('${shown}')`,
            run: "click",
        },
        { isActive: ["mobile"], trigger: `body:not(:has(.modal .o_kanban_view))` },
    ],

    /** Enter a value. */
    enter: (field, value, scope = "") => [
        {
            trigger: `${scope} .o_field_widget[name='${field}'] :is(input, textarea)`,
            run: `edit ${value}`,
        },
    ],

    /** Save the form of the page. */
    save: () => [
        { trigger: ".o_form_button_save:enabled", run: "click" },
        { trigger: ".o_form_saved, .o_form_readonly" },
    ],

    /** The step is refused: the message says why. */
    refused: (...texts) => [
        {
            trigger: `.o_error_dialog${texts.map((text) => `:contains('${text}')`).join("")}`,
        },
        { trigger: ".modal:has(.o_error_dialog) footer button, .o_error_dialog footer button", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],

    /** Press a button of the dialog, and wait until the dialog is gone. */
    apply: (name) => [
        { trigger: `${DIALOG} button[name='${name}']:enabled`, run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],

    /** Press a button of the box at the top; on a phone they are in a menu. */
    stat: (name) => [
        {
            isActive: ["desktop"],
            trigger: `.o-form-buttonbox button[name='${name}']`,
            run: "click",
        },
        { isActive: ["mobile"], trigger: ".o_button_more", run: "click" },
        {
            isActive: ["mobile"],
            trigger: `.o-dropdown--menu button[name='${name}']`,
            run: "click",
        },
    ],

    /** Back to the page before. */
    back: () => [{ trigger: ".o_back_button", run: "click" }],

    tab: (name) => [{ trigger: `.o_notebook a[name='${name}']`, run: "click" }],
};
