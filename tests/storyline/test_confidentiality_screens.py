# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
import os

from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.common import PREFIX
from odoo.addons.sales_regulation.tests.tours.common import TourCommon

from .secrets import TABLE, StorylineSecrets

#: before what the browser says that it has found: everything else is the client's own noise
FOUND = "On the screen: "
#: opens the screens one after the other and notes what each says
SCREENS = """
(async () => {
    const asked = %(asked)s;
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    const all = (selector) => [...document.querySelectorAll(selector)];
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const until = async (found, tries = 100) => {
        for (; tries && !found(); tries--) {
            await pause(50);
        }
        return found();
    };
    // What can be read in a part of the page, fields that one may type in included
    const words = (selector) =>
        all(selector)
            .flatMap((part) => [
                part.innerText,
                ...[...part.querySelectorAll("input, textarea")].map((field) => field.value),
            ])
            .join("\\n");
    const refusals = [];
    // Whether a box said that something was refused; it is noted and closed
    const close = () => {
        const said = all(".o_error_dialog").length > 0;
        if (said) {
            refusals.push(words(".modal"));
        }
        all(".modal footer button, .modal .btn-close").slice(0, 1).map((button) => button.click());
        return said;
    };
    // The words of a screen, all its tabs included; none if it is refused
    const screen = async (request, ready) => {
        try {
            await action.doAction({ type: "ir.actions.act_window", ...request }, { clearBreadcrumbs: true });
            await until(() => all(`.o_action_manager ${ready}`).length || all(".o_error_dialog").length);
        } catch (error) {
            refusals.push(`${error.message} ${error.data?.message} ${error.cause?.data?.message}`);
            await pause(200);
            close();
            return "";
        }
        if (close()) {
            return "";
        }
        await pause(100);
        let text = words(".o_action_manager");
        for (const tab of all(".o_notebook_headers a.nav-link")) {
            tab.click();
            await pause(50);
            text += words(".o_action_manager .o_notebook_content");
        }
        return text;
    };
    const form = (model, id) =>
        screen({ res_model: model, res_id: id, views: [[false, "form"]] }, ".o_form_view");
    const named = [["name", "ilike", "Xinghai"]];
    // The page with which the client begins comes first, or it would take the place of the others
    await until(() => all(".o_action_manager > *").length);
    await pause(200);
    const list = await screen(
        { res_model: "res.partner", name: "Customers", views: [[false, "list"]], domain: named },
        ".o_list_renderer"
    );
    let offered = "";
    const [box] = all(".o_data_row .o_list_record_selector input");
    if (box) {
        box.click();
        // The menu of the selected records takes the place of another one, without a title
        const title = () => all(".o_cp_action_menus .o_dropdown_title").at(-1);
        if (await until(title, 40)) {
            title().click();
            await until(() => all(".o-dropdown--menu .o_menu_item").length, 40);
            offered = words(".o-dropdown--menu");
        }
    }
    const partner = await form("res.partner", asked.partner);
    const contract = await form("sales.contract", asked.contract);
    const product = await form("product.product", asked.product);
    const report = await screen(
        {
            res_model: "sale.report",
            name: "Analysis",
            views: [[false, "pivot"]],
            domain: [["partner_id", "=", asked.partner]],
            context: { pivot_measures: ["price_subtotal"] },
        },
        ".o_pivot_view :is(.o_pivot, .o_view_nocontent)"
    );
    const found = {
        search: list.includes("Xinghai Electronics"),
        phone: partner.includes("0755 1111 0001"),
        dossier: partner.includes("Ten thousand chips"),
        contract: contract.includes("Xinghai Electronics"),
        report: report.includes("960,000"),
        cost: product.includes("78.00"),
        export: offered.includes("Export"),
    };
    if (partner.includes("Xinghai Electronics") !== found.search) {
        found.search = "list and form differ";
    }
    if (refusals.some((text) => text.includes("Xinghai"))) {
        found.search = "a refusal says the name";
    }
    if (JSON.stringify(found) === JSON.stringify(asked.expected)) {
        console.log("test successful");
    } else {
        console.error("%(found)s" + JSON.stringify(found) + refusals.join() + report + offered);
    }
})();
"""


@tagged("post_install", "-at_install")
class TestConfidentialScreens(StorylineSecrets, TourCommon):
    """The table of the storyline in the browser: what each person has before his eyes (C50-C52)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_table()

    def test_the_table_on_screens(self):
        order = self._confirmed()
        self.assertEqual(order.amount_untaxed, 960_000)
        self._make_key_account()
        asked = {
            "partner": self.xinghai.id,
            "contract": order.sudo().regulation_contract_id.id,
            "product": self.product.id,
        }
        self.env.flush_all()
        for login, row in self.rows().items():
            with self.subTest(login):
                self.browser_js(
                    "/odoo",
                    SCREENS % {"asked": json.dumps({**asked, "expected": row}), "found": FOUND},
                    ready="odoo.isReady === true",
                    login=PREFIX + login,
                    error_checker=lambda message: FOUND in message,
                )

    def rows(self):
        """All of the table at length, else as many people as have each cell both ways."""
        logins = TABLE if os.environ.get("LONG") else ("b", "t", "km")
        return {login: TABLE[login] for login in logins}
