/* Copyright 2026 The Sales Regulation maintainers
   License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */
import { Component, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** A button that records where the person is, at his own click. */
export class VisitCheckIn extends Component {
    static template = "sales_regulation.VisitCheckIn";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.action = useService("action");
        this.state = useState({ busy: false });
    }

    get visible() {
        return this.props.record.data.visit_can_check_in;
    }

    async onClick() {
        this.state.busy = true;
        try {
            await this.checkIn(await this.position());
        } finally {
            this.state.busy = false;
        }
    }

    /** What the browser says; a refusal of the person or the browser is no error of the server. */
    position() {
        return new Promise((resolve) => {
            if (!navigator.geolocation) {
                resolve(null);
                return;
            }
            navigator.geolocation.getCurrentPosition(
                ({ coords }) => resolve(coords),
                () => resolve(null),
                { enableHighAccuracy: true, timeout: 15000 }
            );
        });
    }

    async checkIn(coords) {
        if (!coords) {
            this.notification.add(
                _t("Your browser does not say where you are. Allow it to, and try again."),
                { type: "warning" }
            );
            return;
        }
        const record = this.props.record;
        const id = await this.orm.call("calendar.event", "action_check_in", [[record.resId]], {
            latitude: coords.latitude,
            longitude: coords.longitude,
            accuracy: coords.accuracy || 0,
        });
        if (!id) {
            this.askConsent(coords);
            return;
        }
        this.notification.add(_t("You have checked in."), { type: "success" });
        await record.load();
    }

    askConsent(coords) {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Record where you are?"),
            body: _t(
                "Your place is recorded when you check in at a visit, and only then. You and your manager see it; it is removed after the days that the regulation says. You may withdraw your consent at any time."
            ),
            confirmLabel: _t("I Agree"),
            confirm: async () => {
                await this.orm.call("visit.check.in.consent", "action_give", []);
                await this.checkIn(coords);
            },
            cancel: () => {},
        });
    }
}

registry.category("view_widgets").add("visit_check_in", {
    component: VisitCheckIn,
    fieldDependencies: [{ name: "visit_can_check_in", type: "boolean" }],
});
