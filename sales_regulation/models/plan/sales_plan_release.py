# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import namedtuple

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare
from odoo.tools.misc import formatLang

from ...tools import Refusal, engine, periods_between

#: a target that the parts do not add up to
Gap = namedtuple("Gap", "whole indicator total target")
AGREED = ("approved", "released")
#: plans below plans below plans: more levels than any regulation has
_DEPTH = 8


class SalesPlan(models.Model):
    """Release: whole and parts agree, and what they replace is superseded (S0-15, S4-227)."""

    _inherit = "sales.plan"

    # === ACTION METHODS === #

    def action_release(self):
        """Put approved plans in force, with those below and beside them that wait for them.

        :raise AccessError: for plans of others
        :raise UserError: if it is not approved, the plan above is not in force, or the parts do
            not add up; names indicator, sum, target and gap
        """
        self.check_access("read")
        above = self.sudo().parent_id.sudo(False)
        allowed = self._plannable() | self.filtered(
            lambda plan, mine=above._plannable(): plan.sudo().parent_id in mine
        )
        for plan in self:
            if plan not in allowed:
                raise AccessError(self.env._("You do not release %s.", plan.display_name))
            if plan.state != "approved":
                raise UserError(self.env._("%s is not approved.", plan.display_name))
        self.sudo()._release()

    # === GATES === #

    def _gate_stages(self):
        return {"release": self.filtered(lambda plan: plan.state == "approved")}

    def _gate_plan_parent(self, policies, **facts):
        """The whole comes first: a part is released after or with the plan above it."""
        together = facts.get("together") or self._released_with()
        in_force = self._versions(self.parent_id, ("released",), together)
        refusals = {}
        for plan in self:
            above = plan.type_id._parent_type()
            if not above or plan.parent_id in in_force:
                continue
            reason = self.env._("The plan above it is not in force: %s.", above.name)
            # Where nobody has begun the whole yet, the part does not wait for it
            refusals[plan.id] = Refusal(reason=reason, advisory=not plan.parent_id)
        return refusals

    def _gate_plan_adds_up(self, policies, **facts):
        """Whole and parts: no gap in any indicator that adds up beyond the tolerance."""
        together = facts.get("together") or self._released_with()
        refusals = {}
        gaps, undivided = self._gaps(policies, together)
        for plan in self:
            if found := gaps.get(plan.id):
                refusals[plan.id] = plan._gap_refusal(found)
            elif plan.id in undivided:
                refusals[plan.id] = Refusal(
                    reason=self.env._("It is not divided yet: its parts are released with it.")
                )
        return refusals

    def _gap_refusal(self, gaps):
        """What does not add up. Who may not see the plan above is told no figure of it."""
        self.ensure_one()
        whole = gaps[0].whole
        if not whole.sudo(False).visible:
            return Refusal(
                reason=self.env._(
                    "It does not agree with the plan above and the plans beside it yet. Whoever"
                    " answers for the plan above settles it."
                )
            )
        money = [gap for gap in gaps if gap.indicator.unit == "currency"]
        return Refusal(
            reason=self.env._("The parts do not add up to %s.", whole.display_name),
            missing=tuple(
                self.env._(
                    "%(indicator)s: %(sum)s <> %(target)s (gap %(gap)s)",
                    indicator=gap.indicator.name,
                    sum=self._amount_text(gap.indicator, gap.total),
                    target=self._amount_text(gap.indicator, gap.target),
                    gap=self._amount_text(gap.indicator, abs(gap.target - gap.total)),
                )
                for gap in gaps
            ),
            amount=abs(money[0].target - money[0].total) if money else 0.0,
            currency=self.currency_id if money else None,
        )

    def _amount_text(self, indicator, amount):
        """An amount as people read it, with the sign of its unit."""
        self.ensure_one()
        currency = self.sudo().company_id.currency_id if indicator.unit == "currency" else None
        text = formatLang(
            self.env,
            amount,
            digits=indicator._rounding(self.sudo().company_id),
            currency_obj=currency,
        )
        return f"{text} %" if indicator.unit == "percent" else text

    # === DO THEY ADD UP === #

    def _gaps(self, policies, together):
        """``({plan id: [Gap, ...]}, {ids of plans without the parts they need})``.

        Each plan is asked twice: as the whole of its parts, and as a part of the plan above.
        """
        wholes = self._versions(self.chain_id | self.parent_id, AGREED, together)
        parts = self._parts(wholes, together)
        every = {
            **self.browse([plan.id for plan in wholes.values()])._regulation_policies(),
            **policies,
        }
        none = self.browse()
        gaps = {
            chain: plan._compare(parts.get(chain, none), every[plan.id])
            for chain, plan in wholes.items()
        }
        found, undivided = {}, set()
        for plan in self:
            mine = parts.get(plan.chain_id, none)
            with_parts = policies[plan.id].get("plan_with_children")
            gap = None
            # A whole that goes first is compared when its parts are released, or are in force
            if with_parts or any(part.state == "released" for part in mine):
                gap = gaps.get(plan.chain_id)
            # If the whole is judged with it, the gap is said once
            if not gap and plan.parent_id not in together.chain_id:
                gap = gaps.get(plan.parent_id)
            if gap:
                found[plan.id] = gap
            elif (
                with_parts
                and plan.type_id._broken_down_by_people()
                and not any(part.period_end == plan.period_end for part in mine)
            ):
                undivided.add(plan.id)
        return found, undivided

    def _versions(self, chains, states, together):
        """``{chain: plan}``: the version that counts, of those released together first."""
        found = self.search(
            [
                ("chain_id", "in", chains.ids),
                "|",
                ("state", "in", states),
                ("id", "in", together.ids),
            ],
            order="version",
        )
        by_chain = {}
        for plan in found:
            best = by_chain.get(plan.chain_id)
            # What is in force counts until what replaces it is released
            if plan in together or not best or (best not in together and best.state != "released"):
                by_chain[plan.chain_id] = plan
        return by_chain

    def _parts(self, wholes, together):
        """``{chain of the whole: plans}``: the agreed version of each part, the newest one."""
        found = self.search(
            [
                ("parent_id", "in", [chain.id for chain in wholes]),
                "|",
                ("state", "in", AGREED),
                ("id", "in", together.ids),
            ],
            order="version desc",
        )
        parts, seen = {}, set()
        for plan in found:
            if plan.chain_id not in seen:
                seen.add(plan.chain_id)
                parts[plan.parent_id] = parts.get(plan.parent_id, self.browse()) | plan
        return parts

    def _compare(self, parts, policy):
        """The gaps between this plan and its agreed parts, each kind of parts for itself."""
        self.ensure_one()
        tolerance = policy.get("plan_tolerance") or 0.0
        gaps = []
        for kind_code, same_kind in parts.grouped("code").items():
            complete = self._is_complete(same_kind, kind_code)
            for line in self.line_ids.filtered("indicator_id.additive"):
                indicator = line.indicator_id
                digits = indicator._rounding(self.company_id)
                total = sum(
                    part.target for part in same_kind.line_ids if part.indicator_id == indicator
                )
                over = float_compare(total, line.target + tolerance, precision_digits=digits) > 0
                under = float_compare(total, line.target - tolerance, precision_digits=digits) < 0
                if over or (under and complete):
                    gaps.append(Gap(self, indicator, total, line.target))
        return gaps

    def _is_complete(self, parts, code):
        """Whether all parts of a kind are there: of periods, until the last one they only must
        not exceed the whole."""
        frequency = parts[:1].type_id.frequency
        if frequency == self.type_id.frequency:
            return True
        periods = list(periods_between(frequency, self.period_start, self.period_end))
        return len(set(parts.mapped("period_start"))) == len(periods)

    # === RELEASE === #

    def _release_if_agreed(self):
        """Put in force at once what nothing holds back; the rest waits, and says for what.

        If the plan above is approved and waits too, it is what may go ahead now, with these.
        """
        self.sudo()._lock_line()
        for plan in self.sudo()._topmost_waiting():
            together = plan._released_with()
            refusals = together._gate_refusals("release", together=together)
            if all(refusal.mode != "enforce" or refusal.release_id for refusal in refusals):
                plan._release()

    def _lock_line(self):
        """Of two that complete the same whole at one moment the second sees the first."""
        self.env["regulation.commitment"]._lock(
            [("sales_plan", chain) for chain in (self.chain_id | self.parent_id).ids]
        )

    def _topmost_waiting(self):
        """The highest plan in the line above each that is approved and not in force."""
        top = self.filtered(lambda plan: plan.state == "approved")
        for _depth in range(_DEPTH):
            above = self.search([("chain_id", "in", top.parent_id.ids), ("state", "=", "approved")])
            if not above:
                break
            top = top.filtered(lambda plan, ids=above.chain_id: plan.parent_id not in ids) | above
        return top

    def _released_with(self):
        """These and the approved plans that go into force with them, of the same period.

        Those beside them under the same plan, and, where a whole is released only with its
        parts, those below.
        """
        together = self
        for _depth in range(_DEPTH):
            policies = together._regulation_policies()
            wholes = together.filtered(
                lambda plan, by_id=policies: by_id[plan.id].get("plan_with_children")
            )
            more = self.search(
                [
                    ("state", "=", "approved"),
                    ("id", "not in", together.ids),
                    ("period_start", "in", together.mapped("period_start")),
                    ("period_end", "in", together.mapped("period_end")),
                    ("parent_id", "in", (wholes.chain_id | together.parent_id).ids),
                ]
            )
            if not more:
                break
            together |= more
        return together

    def _release(self):
        """All of them and what goes with them, or none. As superuser with the real user id."""
        self._lock_line()
        together = self._released_with()
        together._gate_pass("release", together=together)
        now = fields.Datetime.now()
        before = self.search(
            [("chain_id", "in", together.chain_id.ids), ("state", "=", "released")]
        )
        engine(before).write({"state": "superseded", "superseded_at": now})
        before.checkpoint_ids._end_with_plan()
        self.env.flush_all()
        engine(together).write(
            {"state": "released", "released_at": now, "released_by_id": self.env.uid}
        )
        together._plan_checkpoints()
        # What waited for these may follow now
        self.search(
            [("parent_id", "in", together.chain_id.ids), ("state", "=", "approved")]
        )._release_if_agreed()

    def _plan_checkpoints(self):
        """The dates of comparison that the kind of plan asks for, beside its own milestones.

        Days on which an earlier version was compared are over.
        """
        Checkpoint = engine(self.env["sales.plan.checkpoint"]).with_context(
            mail_create_nolog=True, tracking_disable=True
        )
        known = set()
        for point in Checkpoint.search([("plan_id.chain_id", "in", self.chain_id.ids)]):
            if point.plan_id in self or point.judged_at:
                known.add((point.plan_id.chain_id, point.date))
        Checkpoint.create(
            [
                {"plan_id": plan.id, "date": date}
                for plan in self
                for date in plan.type_id._checkpoint_dates(plan.period_start, plan.period_end)
                if (plan.chain_id, date) not in known
            ]
        )
