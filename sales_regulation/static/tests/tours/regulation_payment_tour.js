/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { registry } from "@web/core/registry";
import { reg } from "./regulation_tour_utils";

const tours = registry.category("web_tour.tours");

/** The rep writes down what the customer paid, and hands it over. */
tours.add("regulation_rep_receipt", {
    steps: () => [
        ...reg.see(".o_form_view .o_form_sheet"),
        ...reg.press("action_regulation_receipt"),
        ...reg.see(".o_field_widget[name='photo']"),
        ...reg.enter("amount", "325440"),
        ...reg.pick("journal_id", "Bank"),
        ...reg.save(),
        ...reg.press("action_hand_over"),
        ...reg.reached("Handed over, to check"),
    ],
});

/** Finance takes it over, enters it in the books and confirms it. */
tours.add("regulation_finance_receipt", {
    steps: () => [
        ...reg.open("325,440.00"),
        ...reg.press("action_take_over"),
        ...reg.reached("Taken over"),
        ...reg.press("action_register_payment"),
        ...reg.see(".o_field_widget[name='payment_id']:has(a), .o_field_widget[name='payment_id'] input:value(/.+/)"),
        ...reg.press("action_confirm"),
        ...reg.reached("Confirmed"),
    ],
});

/** The rep sees what is paid and what is short. */
tours.add("regulation_rep_paid", {
    steps: () => [
        ...reg.only("desktop", [
            { trigger: "button[name='action_regulation_payments']:contains('30.00')" },
        ]),
        ...reg.only("mobile", [
            { trigger: ".o_button_more", run: "click" },
            { trigger: ".o-dropdown--menu button[name='action_regulation_payments']:contains('30.00')" },
            { trigger: ".o_breadcrumb", run: "click" },
        ]),
        ...reg.see("[name='regulation_paid']:contains('325,440.00')"),
        ...reg.see("[name='regulation_short']:contains('759,360.00')"),
    ],
});

/** The keeper sees the held transfer and is refused. */
tours.add("regulation_keeper_refused", {
    steps: () => [
        ...reg.open("Xinghai"),
        ...reg.see(".o_regulation_notice:contains('759,360.00')"),
        ...reg.press("button_validate"),
        ...reg.refused("759,360.00"),
        ...reg.reached("Ready"),
    ],
});

/** He asks for a special release. */
tours.add("regulation_keeper_release", {
    steps: () => [
        ...reg.see(".o_regulation_notice:contains('226,000.00')"),
        { trigger: ".o_regulation_banner button[name='action_regulation_help']", run: "click" },
        ...reg.enter("reason", "Their production stands still", reg.dialog),
        {
            trigger: `${reg.dialog} .o_kanban_record:contains('226,000.00') button[name='action_request_release']`,
            run: "click",
        },
        ...reg.see("body:not(:has(.modal))"),
    ],
});

/** The general manager finds it on his work list, reads what is short, and grants it. */
tours.add("regulation_director_release", {
    steps: () => [
        { trigger: ".o_kanban_record:contains('Special releases to decide')", run: "click" },
        ...reg.open("production stands still"),
        ...reg.see("[name='situation']:contains('226,000.00'):contains('Dongfang')"),
        ...reg.see("[name='shortage']:contains('226,000.00')"),
        ...reg.press("action_grant"),
        ...reg.reached("Granted"),
    ],
});
