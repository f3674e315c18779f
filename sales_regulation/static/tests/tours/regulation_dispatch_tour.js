/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { registry } from "@web/core/registry";
import { reg } from "./regulation_tour_utils";

const tours = registry.category("web_tour.tours");

/** The rep asks for the shipment of his paid order: without a telephone number it is refused. */
tours.add("regulation_rep_dispatch", {
    steps: () => [
        ...reg.see(".o_form_view .o_form_sheet"),
        ...reg.press("action_request_dispatch"),
        ...reg.reached("Draft request"),
        ...reg.see(reg.line("line_ids", "10,000")),
        ...reg.press("action_submit"),
        ...reg.refused("time", "phone number is missing"),
        { trigger: "[name='requested_arrival_at'] .o_input", run: "click" },
        { trigger: "[name='requested_arrival_at'] input", run: "edit 12/23/2030 09:00:00" },
        { trigger: ".oe_title", run: "click" },
        ...reg.enter("contact_name", "Lin Hai"),
        ...reg.press("action_submit"),
        ...reg.refused("phone number is missing"),
        ...reg.enter("contact_phone", "0755 1111 0001"),
        ...reg.press("action_submit"),
        ...reg.reached("To check"),
    ],
});

/** The clerk verifies it with the rep, checks it and issues the notice. */
tours.add("regulation_clerk_notice", {
    steps: () => [
        ...reg.open("Xinghai"),
        ...reg.press("action_verify"),
        ...reg.press("action_check"),
        ...reg.reached("To issue"),
        ...reg.press("action_issue"),
        ...reg.reached("Issued"),
    ],
});

/** The clerk may not issue it before the money covers what it names. */
const short = (amount) => ({
    steps: () => [
        ...reg.press("action_verify"),
        ...reg.press("action_check"),
        ...reg.reached("To issue"),
        ...reg.see(`.o_regulation_notice:contains('${amount}')`),
        ...reg.press("action_issue"),
        ...reg.refused(amount),
        ...reg.reached("To issue"),
    ],
});
tours.add("regulation_clerk_one_cent", short("0.01"));
tours.add("regulation_clerk_one_piece", short("108.48"));

/** With the money there, or fewer goods, it goes. */
tours.add("regulation_clerk_issues", {
    steps: () => [
        ...reg.see("body:not(:has(.o_regulation_notice .alert-danger))"),
        ...reg.press("action_issue"),
        ...reg.reached("Issued"),
    ],
});

/** Finance checks the papers and releases the notice to the warehouse. */
tours.add("regulation_finance_notice", {
    steps: () => [
        ...reg.open("Xinghai"),
        ...reg.press("action_check_papers"),
        ...reg.reached("Papers checked"),
        ...reg.press("action_release"),
        ...reg.reached("To ship"),
    ],
});

/** The keeper ships: not without a tracking number. */
tours.add("regulation_keeper_ships", {
    steps: () => [
        ...reg.open("Xinghai"),
        ...reg.see("[name='ship_address']:contains('1 Harbour Road')"),
        ...reg.see("[name='ship_phone']:contains('0755 1111 0001')"),
        ...reg.press("action_open_transfer"),
        ...reg.reached("Ready"),
        ...reg.press("button_validate"),
        ...reg.refused("racking"),
        ...reg.tab("extra"),
        ...reg.pick("carrier_id", "SF Express"),
        ...reg.enter("carrier_tracking_ref", "SF1001"),
        ...reg.press("button_validate"),
        ...reg.reached("Done"),
    ],
});

/** The signed receipt is recorded. */
tours.add("regulation_clerk_receipt", {
    steps: () => [
        ...reg.open("Xinghai"),
        ...reg.press("action_open_receipt"),
        ...reg.enter("receiver_name", "Lin Hai", reg.dialog),
        ...reg.apply("action_apply"),
        ...reg.reached("Received"),
    ],
});

/** The keeper takes the signed copy back from the list of open ones. */
tours.add("regulation_keeper_copy", {
    steps: () => [
        ...reg.open("Xinghai"),
        ...reg.press("action_open_receipt"),
        ...reg.see(`${reg.dialog} [name='scan']`),
        ...reg.apply("action_apply"),
        ...reg.see("[name='copy_returned_by_id']"),
    ],
});
