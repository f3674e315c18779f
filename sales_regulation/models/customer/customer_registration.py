# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import logging
from dataclasses import dataclass
from datetime import time, timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools import KeptQuery, engine

_logger = logging.getLogger(__name__)

#: rows that one transaction of the nightly run looks at
_BATCH = 1000
#: who counts as the same customer: asked at every confirmation
SAME = KeptQuery(
    "same_customers",
    arguments={"of_partners": "int[]"},
    columns={"partner": "int", "other": "int", "company": "int"},
)
_OVERRIDE_ROLES = ("sales_manager", "ka_manager", "general_manager", "director")


@dataclass(frozen=True)
class Protection:
    """How a customer belongs to his owner today."""

    owner_id: int = 0
    #: day of the registration or of the last contact that counts, whichever is later
    since: object = None
    #: last day on which he is protected; None: without end
    until: object = None
    is_protected: bool = False
    #: why he does not lapse
    exempt: str = ""
    mode: str = "none"


class CustomerRegistration(models.Model):
    """To whom a customer belongs, since when, and how it came (S4-087 to S4-092).

    Rows are the only basis: one is running for each customer, ended ones are the history. Written
    by the rules below, never by hand; ``res.partner.user_id`` follows the running row.
    """

    _name = "customer.registration"
    _description = "Registration of a Customer"
    _inherit = ["regulation.sealed"]
    _order = "registered_at desc, id desc"
    _rec_name = "partner_id"

    _append_only = True

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    registered_at = fields.Datetime(
        string="Registered on", required=True, readonly=True, default=fields.Datetime.now
    )
    registered_by_id = fields.Many2one(
        comodel_name="res.users", string="Registered by", readonly=True, ondelete="restrict"
    )
    previous_user_id = fields.Many2one(
        comodel_name="res.users", string="Owner before", readonly=True, ondelete="restrict"
    )
    how = fields.Selection(
        selection=[
            ("registered", "Registered"),
            ("taken", "Registered after it lapsed"),
            ("override", "Decided by a manager"),
            ("existing", "Owner before the regulation"),
            ("split", "Separated from his customer"),
            ("merged", "Merged"),
        ],
        string="Reason",
        default="registered",
        required=True,
        readonly=True,
    )
    request_id = fields.Many2one(
        comodel_name="customer.owner.request", readonly=True, ondelete="restrict"
    )
    referrer_id = fields.Many2one(
        comodel_name="res.partner", string="Referred by", readonly=True, ondelete="restrict"
    )
    is_referral = fields.Boolean(
        string="Counts as Referral",
        readonly=True,
        help="The referring customer came along, or the referral was registered before the"
        " first contact. Otherwise it is a new customer (S4-095).",
    )
    state = fields.Selection(
        selection=[("active", "Running"), ("ended", "Ended")],
        default="active",
        required=True,
        readonly=True,
        index=True,
    )
    ended_at = fields.Datetime(string="Ended", readonly=True)
    end_reason = fields.Selection(
        selection=[
            ("taken", "Registered by another after it lapsed"),
            ("lapsed", "Released to the pool"),
            ("given_up", "Given up by the owner"),
            ("override", "Decided by a manager"),
            ("merged", "Merged"),
        ],
        readonly=True,
    )
    warned_at = fields.Datetime(string="Warned", readonly=True)
    looked_on = fields.Date(
        readonly=True, copy=False, help="When the nightly run has looked at it last."
    )
    last_contact_at = fields.Datetime(string="Last Contact", compute="_compute_protection")
    protected_until = fields.Date(
        compute="_compute_protection", help="Last day. Empty: without end, or ended."
    )
    is_protected = fields.Boolean(string="Protected", compute="_compute_protection")

    _active_uniq = models.UniqueIndex(
        "(partner_id) WHERE state = 'active'", "A customer belongs to one person at a time."
    )
    _owner_idx = models.Index("(user_id, registered_at)")
    _recycle_idx = models.Index("(company_id, id) WHERE state = 'active'")

    # === COMPUTE METHODS === #

    @api.depends("state", "registered_at")
    def _compute_protection(self):
        self.last_contact_at = self.protected_until = self.is_protected = False
        running = self.filtered(lambda row: row.state == "active")
        protections = self._protections(running.partner_id)
        for company, rows in running.grouped("company_id").items():
            contacts = self.env["sales.contact"]._last_contacts(rows.partner_id, company)
            for row in rows:
                protection = protections.get(row.partner_id.id, Protection())
                contact = contacts.get(row.partner_id.id)
                row.last_contact_at = contact.counts_at if contact else False
                row.protected_until = protection.until
                row.is_protected = protection.is_protected

    # === WHAT HOLDS === #

    @api.model
    def _owning_company(self, partner, running=None):
        """The company whose regulation says to whom a customer belongs.

        :param running: his running row, empty if there is none; looked for if not given
        """
        owning = self.env["regulation.profile"]._companies_owning()
        if running is None and not partner.company_id and partner.id:
            running = self.sudo().search(
                [("partner_id", "=", partner.id), ("state", "=", "active")], limit=1
            )
        company = partner.company_id or (running.company_id if running else None)
        if company:
            return company
        if self.env.company.id in owning:
            return self.env.company
        return self.env["res.company"].sudo().browse(sorted(owning)[:1])

    @api.model
    def _owning_companies(self, partners):
        """``{customer: company}`` as ``_owning_company`` says. One query."""
        running = {
            row.partner_id.id: row
            for row in self.sudo().search_fetch(
                [("partner_id", "in", partners.ids), ("state", "=", "active")],
                ["partner_id", "company_id"],
            )
        }
        return {p: self._owning_company(p, running.get(p.id, self.browse())) for p in partners}

    @api.model
    def _protections(self, partners, claimant=None):
        """How these customers belong to their owners today: ``{partner id: Protection}``.

        A constant number of queries per company. The gap is a difference of calendar dates in
        the company's time zone: exactly the days of the regulation is protected.

        :param claimant: whose regulation holds for a customer without owner
        """
        partners = partners.sudo().commercial_partner_id
        Profile = self.env["regulation.profile"].sudo()
        if not partners or not Profile._companies_owning():
            return {}
        rows = {
            row.partner_id.id: row
            for row in self.sudo().search_fetch(
                [("partner_id", "in", partners.ids), ("state", "=", "active")],
                ["partner_id", "company_id", "registered_at"],
            )
        }
        none = self.env["crm.team"]
        companies = {p: self._owning_company(p, rows.get(p.id, self.browse())) for p in partners}
        policies = Profile._resolve(
            {
                p.id: (company, (p.user_id or claimant or p.user_id).sudo(), none)
                for p, company in companies.items()
            }
        )
        found = {}
        for company in {company for company in companies.values() if company}:
            mine = partners.filtered(lambda p, company=company: companies[p] == company)
            found |= self._protections_in(company, mine, rows, policies)
        return found

    @api.model
    def _protections_in(self, company, partners, rows, policies):
        Profile = self.env["regulation.profile"].sudo()
        today = company._regulation_today()
        # Of customers without owner there is nothing to ask
        owned = partners.filtered(
            lambda p: p.user_id and policies[p.id].get("ownership_mode", "none") != "none"
        )
        contacts = self.env["sales.contact"]._last_contacts(owned, company)
        tiers = owned._ka_tiers(company)
        contracted = self._with_contract(owned, company) if owned else set()
        lines = {policy: Profile._tier_policies(policy) for policy in set(policies.values())}
        found = {}
        for partner in partners:
            policy, owner = policies[partner.id], partner.user_id
            mode = policy.get("ownership_mode", "none")
            if partner not in owned:
                found[partner.id] = Protection(owner_id=owner.id, mode=mode)
                continue
            row = rows.get(partner.id)
            moments = [row.registered_at if row else fields.Datetime.now()]
            if contact := contacts.get(partner.id):
                moments.append(contact.counts_at)
            since = company._regulation_local(max(moments)).date()
            tier = lines[policy].get(tiers[partner.id].id)
            exempt = ""
            if mode == "never":
                exempt = "never"
            elif tier and tier.ownership_exempt:
                exempt = "tier"
            elif partner.id in contracted and policy.get("ownership_contract_exempt"):
                exempt = "contract"
            days = (tier and tier.own_days) or policy.get("ownership_days", 0)
            until = None if exempt else since + timedelta(days=days)
            found[partner.id] = Protection(
                owner_id=owner.id,
                since=since,
                until=until,
                is_protected=until is None or today <= until,
                exempt=exempt,
                mode=mode,
            )
        return found

    @api.model
    def _with_contract(self, partners, company):
        """Ids of the customers that have a signed contract which has not ended. One query."""
        rows = (
            self.env["sales.contract"]
            .sudo()
            ._read_group(
                [
                    ("partner_id.commercial_partner_id", "in", partners.ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "signed"),
                    "|",
                    ("date_end", "=", False),
                    ("date_end", ">=", company._regulation_today()),
                ],
                ["partner_id"],
            )
        )
        return {partner.commercial_partner_id.id for [partner] in rows}

    def init(self):
        super().init()
        SAME.define(
            self.env.cr,
            SQL(
                """
                SELECT likeness.id, likeness.other, NULL::int
                  FROM (SELECT mine.id, other.commercial_partner_id AS other, mine.company_id AS one,
                               other.company_id AS two
                          FROM res_partner mine
                          JOIN res_partner other ON other.vat = mine.vat
                         WHERE mine.id = ANY(of_partners) AND LENGTH(mine.vat) > 1
                        UNION ALL
                        SELECT mine.id, other.commercial_partner_id, mine.company_id, other.company_id
                          FROM res_partner mine
                          JOIN res_partner other ON other.email_normalized = mine.email_normalized
                         WHERE mine.id = ANY(of_partners) AND mine.email_normalized != '' AND %(email)s
                        UNION ALL
                        SELECT mine.id, other.commercial_partner_id, mine.company_id, other.company_id
                          FROM res_partner mine
                          JOIN res_partner other ON other.phone_sanitized = mine.phone_sanitized
                         WHERE mine.id = ANY(of_partners) AND LENGTH(mine.phone_sanitized) > 5
                           AND %(phone)s
                        UNION ALL
                        SELECT mine.id, other.commercial_partner_id, mine.company_id, other.company_id
                          FROM res_partner mine
                          JOIN res_partner other
                            ON other.is_company AND LOWER(TRIM(other.name)) = LOWER(TRIM(mine.name))
                         WHERE mine.id = ANY(of_partners) AND mine.is_company) likeness
                 WHERE likeness.other != likeness.id
                   AND (likeness.one IS NULL OR likeness.two IS NULL OR likeness.one = likeness.two)
                UNION
                SELECT partner_id, related_id, company_id FROM customer_relation
                 WHERE partner_id = ANY(of_partners) AND active
                UNION
                SELECT related_id, partner_id, company_id FROM customer_relation
                 WHERE related_id = ANY(of_partners) AND active
                """,
                email=self._sql_had_before("email"),
                phone=self._sql_had_before("phone"),
            ),
        )

    @api.model
    def _same_customers(self, partners, company=None):
        """Who counts as the same customer: relatives on record and duplicates (S4-091).

        Duplicates have one VAT number, e-mail or telephone number, companies also one name.
        Archived ones count. The number or e-mail of a contact person counts only if he had it
        before the customer who is compared came into the system: otherwise whoever copies the
        numbers of customers that are nobody's to his contacts would hold them past his cap.
        One query: a join for each kind of likeness, so that a batch reads the customers no more
        often than one does.

        :param company: whose relatives on record count; if not given, those of the company to
            whose regulation each customer belongs
        :return: ``{partner id: {partner id: whether he is a relative on record}}``, each without
            himself
        """
        partners = partners.sudo().commercial_partner_id
        self.env["res.partner"].flush_model()
        self.env["customer.relation"].flush_model()
        self.env["customer.dossier.change"].flush_model()
        rows = self.env.execute_query(SAME.call(of_partners=partners.ids))
        same = {partner.id: {} for partner in partners}
        kept = partners.browse({mine for mine, _other, keeper in rows if keeper and not company})
        companies = self._owning_companies(kept) if kept else {}
        for mine, other, keeper in rows:
            if mine == other:
                continue
            if not keeper:
                same[mine].setdefault(other, False)
            elif keeper == (company or companies[partners.browse(mine)]).id:
                same[mine][other] = True
        return same

    @api.model
    def _sql_had_before(self, name):
        """Whether ``other`` is a customer himself, or had this when ``mine`` came into being."""
        return SQL(
            """(other.id = other.commercial_partner_id
                OR (other.create_date <= mine.create_date AND NOT EXISTS (
                    SELECT 1 FROM customer_dossier_change change
                     WHERE change.entity_id = other.commercial_partner_id
                       AND change.partner_id = other.id AND change.field_name = %(name)s
                       AND change.at > mine.create_date)))""",
            name=name,
        )

    @api.model
    def _credited_users(self, partners, company=None):
        """To whom a deal with each of these counts now: ``{partner id: user id}``.

        The owner while he is protected, also of a relative; nobody is credited for a customer
        who is open, then it is who closes the deal (S4-090, S4-091).
        """
        credited = {}
        for partner_id, held in self._holders(partners, company).items():
            if held:
                credited[partner_id] = min(held, key=lambda row: row.since).owner_id
        return credited

    @api.model
    def _holders(self, partners, company=None):
        """For whom each of these, or who counts as the same, is protected now.

        A constant number of queries.

        :param company: in which the deal is made: its relatives on record count
        :return: ``{partner id: [Protection, ...]}``, the customer's own first
        """
        entities = {p.id: p.sudo().commercial_partner_id for p in partners}
        own = self.env["res.partner"].union(*entities.values())
        if not own or not self.env["regulation.profile"]._companies_owning():
            return {}
        same = self._same_customers(own, company)
        others = own.browse({other for ids in same.values() for other in ids})
        protections = self._protections(own | others)
        holders = {}
        for partner_id, entity in entities.items():
            likes = same[entity.id]
            mine = protections.get(entity.id)
            if mine and mine.is_protected and mine.owner_id:
                # Whoever gives his own customer the number of another's takes no credit by it
                likes = [one for one, is_relative in likes.items() if is_relative]
            holders[partner_id] = [
                protections[one]
                for one in (entity.id, *sorted(likes))
                if one in protections
                and protections[one].is_protected
                and protections[one].owner_id
            ]
        return holders

    @api.model
    def _may_override(self, user, company):
        """Whether this person may let a customer pass otherwise than by the rules."""
        if user.id == SUPERUSER_ID:
            return True
        return bool(self._override_roles()._held_by(user, company))

    @api.model
    def _override_roles(self):
        return self.env["regulation.role"].sudo().search([("code", "in", _OVERRIDE_ROLES)])

    # === REGISTERING === #

    @api.model
    def _claim(self, partners, user, referrer=None, referrer_present=False):
        """Register these customers for ``user``, who becomes their owner. All or none.

        :raise UserError: if one is protected for another, a limit is reached or the former
            owner has to wait
        """
        partners = partners.sudo().commercial_partner_id
        if not partners:
            return self.browse()
        if referrer and referrer.sudo().commercial_partner_id in partners:
            raise UserError(self.env._("Nobody refers himself: name the customer who did."))
        if not user.active or user.share:
            raise UserError(self.env._("A customer belongs to an employee who is active."))
        if partners.company_id - user.sudo().company_ids:
            raise UserError(
                self.env._("%s does not work in the company of this customer.", user.name)
            )
        wanted = self._check_claim(partners, user)
        contacted = self._contacted(wanted) if referrer and not referrer_present else set()
        return self._transfer(
            wanted,
            user,
            lambda partner: (
                "taken" if partner.user_id and partner.user_id != user else "registered"
            ),
            end_reason="taken",
            referrer_id=lambda partner: referrer.id if referrer else False,
            is_referral=lambda partner: bool(referrer) and partner.id not in contacted,
        )

    @api.model
    def _check_claim(self, partners, user):
        """Whether ``user`` may have these customers, under the locks of all concerned.

        :return: those that he has to register, because they are not his yet or have lapsed
        :raise UserError: if one is protected for another, a limit is reached or the former
            owner has to wait
        """
        same = self._same_customers(partners)
        everyone = partners.browse(
            {partner.id for partner in partners} | {one for ids in same.values() for one in ids}
        )
        self.env["regulation.commitment"]._lock(
            [("owner", one) for one in everyone.ids]
            + [("owner_user", user.id)]
            + self._likeness_keys(partners)
        )
        everyone.invalidate_recordset(["user_id"])
        protections = self._protections(everyone, claimant=user)
        for partner in partners:
            for one in (partner.id, *sorted(same[partner.id])):
                held = protections.get(one)
                if held and held.is_protected and held.owner_id not in (False, 0, user.id):
                    raise UserError(self._taken_message(partner, held))
        running = {
            row.partner_id.id: row
            for row in self.sudo().search(
                [("partner_id", "in", partners.ids), ("state", "=", "active")]
            )
        }
        wanted = partners.filtered(
            lambda p: not (running.get(p.id) and running[p.id].user_id == user)
        )
        renewed = (partners - wanted).filtered(
            lambda p: not protections[p.id].is_protected and protections[p.id].mode != "none"
        )
        self._check_limits(wanted | renewed, wanted, user, running, same)
        return wanted | renewed

    @api.model
    def _likeness_keys(self, partners):
        """Keys of what each of these is found by, to lock: two people who enter one new customer
        at the same moment do not see each other's card. Hashed: the keys outlive the customer.
        """
        return [
            ("likeness", hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()[:32])
            for partner in partners.sudo()
            for kind, value in (
                ("vat", partner.vat),
                ("email", partner.email_normalized),
                ("phone", partner.phone_sanitized),
                ("name", partner.is_company and (partner.name or "").strip(" ").lower()),
            )
            if value
        ]

    @api.model
    def _check_likeness(self, partners, before):
        """These owned customers were written: has one become the same as somebody else's?

        A constant number of queries. A manager may let it pass.

        :param dict before: ``{partner id: ids of who counted as the same before}``
        :raise UserError: if one counts now as the same as a customer protected for another
        """
        same = self._same_customers(partners)
        new = {
            partner: sorted(same[partner.id].keys() - before[partner.id]) for partner in partners
        }
        others = partners.browse({one for ids in new.values() for one in ids})
        self.env["regulation.commitment"]._lock(
            [("owner", one) for one in others.ids] + self._likeness_keys(partners)
        )
        others.invalidate_recordset(["user_id"])
        protections = self._protections(others)
        taken = [
            (partner, others.browse(one), protections[one])
            for partner, ids in new.items()
            for one in ids
            if one in protections
            and protections[one].is_protected
            and protections[one].owner_id not in (0, False, partner.user_id.id)
        ]
        companies = self._owning_companies(others) if taken else {}
        for partner, other, held in taken:
            if self._may_override(self.env.user, companies[other]):
                continue
            teams = self.env.user.sudo().crm_team_member_ids.crm_team_id
            managers = self._override_roles()._holders(companies[other], teams)
            raise UserError(
                self.env._(
                    "%(customer)s would count as the same as a customer of somebody else by this."
                    " %(taken)s A manager does it (%(holders)s), or ask for a change of owner.",
                    customer=partner.name,
                    taken=self._taken_message(partner, held),
                    holders=", ".join(managers.mapped("name")) or "-",
                )
            )

    @api.model
    def _contacted(self, partners):
        """Ids of the customers that somebody has reached before."""
        rows = (
            self.env["sales.contact"]
            .sudo()
            ._read_group(
                [
                    ("commercial_partner_id", "in", partners.ids),
                    ("state", "=", "handed_in"),
                    ("outcome", "=", "reached"),
                ],
                ["commercial_partner_id"],
            )
        )
        return {partner.id for [partner] in rows}

    @api.model
    def _taken_message(self, partner, protection):
        """The owner's name only for who may see whose customer it is."""
        owner = self.env["res.users"].sudo().browse(protection.owner_id)
        seen = self.env.user.has_group("sales_regulation.group_regulation_manager") or (
            partner.sudo(False).has_access("read") and partner.user_id == owner
        )
        values = {
            "until": fields.Date.to_string(protection.until) if protection.until else "",
            "owner": owner.name,
        }
        if protection.until is None:
            if seen:
                return self.env._(
                    "This customer is already registered for %(owner)s and does not lapse.",
                    **values,
                )
            return self.env._("This customer is already registered and does not lapse.")
        if seen:
            return self.env._(
                "This customer is already registered for %(owner)s, protected until %(until)s.",
                **values,
            )
        return self.env._(
            "This customer is already registered, protected until %(until)s.", **values
        )

    @api.model
    def _check_limits(self, claimed, added, user, running, same):
        """Caps of the regulation, under the lock on the person.

        :param dict running: ``{partner id: running row}``
        :param dict same: who counts as the same as each, see ``_same_customers``
        """
        Profile = self.env["regulation.profile"].sudo()
        by_company = {}
        for partner in claimed:
            company = self._owning_company(partner, running.get(partner.id, self.browse()))
            by_company.setdefault(company, []).append(partner)
        for company, partners in by_company.items():
            policy = Profile._resolve({0: (company, user.sudo(), self.env["crm.team"])})[0]
            cap = policy.get("ownership_cap", 0)
            more = len([partner for partner in partners if partner in added])
            if cap and more and self._count(company, user, [("state", "=", "active")]) + more > cap:
                raise UserError(
                    self.env._(
                        "%(user)s owns as many customers as the regulation allows (%(cap)s).",
                        user=user.name,
                        cap=cap,
                    )
                )
            today = company._regulation_today()
            daily = policy.get("ownership_daily_claims", 0)
            if daily and self._claims_since(
                company, user, company._regulation_utc(today, time.min)
            ) + len(partners) > daily:
                raise UserError(
                    self.env._(
                        "%(user)s has registered as many customers today as the regulation"
                        " allows (%(daily)s).",
                        user=user.name,
                        daily=daily,
                    )
                )
            if wait := policy.get("ownership_wait_days", 0):
                self._check_waiting(company, partners, user, today - timedelta(days=wait), same)

    @api.model
    def _claims_since(self, company, user, moment):
        """How many customers the user claimed; who joined his customers and left is one."""
        rows = self.sudo().search_fetch(
            [
                ("company_id", "=", company.id),
                ("user_id", "=", user.id),
                ("registered_at", ">=", moment),
                ("how", "in", ("registered", "taken", "split")),
            ],
            ["partner_id"],
        )
        joined = self.env["regulation.register"].sudo().search_fetch(
            [
                ("event", "=", "customer_registered"),
                ("code", "=", "joined"),
                ("company_id", "=", company.id),
                ("subject_id", "=", user.id),
                ("at", ">=", moment),
            ],
            ["res_id"],
        )
        return len(rows) + len(set(joined.mapped("res_id")) - set(rows.partner_id.ids))

    @api.model
    def _count(self, company, user, domain):
        return self.sudo().search_count(
            [("company_id", "=", company.id), ("user_id", "=", user.id), *domain]
        )

    @api.model
    def _check_waiting(self, company, partners, user, since, same):
        """Whoever lost a customer waits, for another card of the same customer too."""
        ids = {partner.id for partner in partners}
        ids |= {one for partner in partners for one in same.get(partner.id, ())}
        # Who is his, or is his again, is no reason to wait
        customers = self.env["res.partner"].sudo().browse(ids)
        lost = self.sudo().search(
            [
                ("partner_id", "in", customers.filtered(lambda p: p.user_id != user).ids),
                ("user_id", "=", user.id),
                ("end_reason", "in", ("lapsed", "taken", "given_up")),
                ("ended_at", ">=", company._regulation_utc(since, time.min)),
            ],
            limit=1,
        )
        if lost:
            raise UserError(
                self.env._(
                    "%(user)s was the owner until %(day)s and has to wait before registering the"
                    " customer again.",
                    user=user.name,
                    day=company._regulation_local(lost.ended_at).date(),
                )
            )

    # === CHANGING HANDS === #

    @api.model
    def _transfer(self, partners, user, how, end_reason=False, **values):
        """End the running rows, begin the next, let the customers follow. Checked before.

        A constant number of queries.

        :param how: how they change hands; a callable gets the customer, and so do ``values``
        """
        partners = partners.sudo()
        if not partners:
            return self.browse()
        running = {
            row.partner_id: row
            for row in self.sudo().search(
                [("partner_id", "in", partners.ids), ("state", "=", "active")]
            )
        }
        companies = {
            partner: self._owning_company(partner, running.get(partner, self.browse()))
            for partner in partners
        }
        before = {
            partner: partner.user_id if partner.user_id != user else self.env["res.users"]
            for partner in partners
        }
        hows = {partner: how(partner) if callable(how) else how for partner in partners}
        now = fields.Datetime.now()
        rows = [
            {
                "partner_id": partner.id,
                "company_id": companies[partner].id,
                "user_id": user.id,
                "registered_at": now,
                "registered_by_id": self.env.uid,
                "previous_user_id": before[partner].id,
                "how": hows[partner],
                **{
                    name: value(partner) if callable(value) else value
                    for name, value in values.items()
                },
            }
            for partner in partners
        ]
        for reason, group in partners.grouped(lambda one: end_reason or hows[one]).items():
            self._end(group, reason)
        made = engine(self.sudo()).create(rows)
        if others := partners.filtered(lambda one: one.user_id != user):
            engine(others).write({"user_id": user.id})
        taken = partners.filtered(lambda one: before[one])
        if taken:
            self._leave(taken, self.env["res.users"].union(*before.values()))
        for event, group in (
            ("owner_changed", taken),
            ("customer_registered", partners - taken),
        ):
            self.env["regulation.register"]._record(
                event,
                group,
                code=lambda one: hows[one],
                subject_id=user.id,
                company_id=lambda one: companies[one].id,
            )
        return self.browse(made.ids)

    @api.model
    def _leave(self, partners, users):
        """These customers have left the hands of ``users``: what follows for their duties."""
        self.env["regulation.duty.instance"]._leave(partners, users)
        self.env["visit.plan.line"]._leave(partners, users)

    @api.model
    def _end(self, partners, reason):
        rows = self.sudo().search([("partner_id", "in", partners.ids), ("state", "=", "active")])
        if rows:
            engine(rows).write(
                {"state": "ended", "ended_at": fields.Datetime.now(), "end_reason": reason}
            )
            rows.flush_recordset()
        return rows

    @api.model
    def _release(self, partners, reason):
        """Back to the pool: nobody owns these customers. Constant number of queries."""
        partners = partners.sudo()
        owners = {partner.id: partner.user_id.id for partner in partners}
        companies = {row.partner_id.id: row.company_id.id for row in self._end(partners, reason)}
        former = partners.user_id
        engine(partners).write({"user_id": False})
        self._leave(partners, former)
        self.env["regulation.register"]._record(
            "owner_released",
            partners,
            code=reason,
            subject_id=lambda partner: owners[partner.id],
            company_id=lambda partner: companies.get(partner.id) or self.env.company.id,
        )

    @api.model
    def _give_up(self, partners):
        """The owner gives customers up, or who may decide takes them from him."""
        partners = partners.sudo().commercial_partner_id.filtered("user_id")
        self.env["regulation.commitment"]._lock([("owner", one) for one in partners.ids])
        partners.invalidate_recordset(["user_id"])
        others = partners.filtered(lambda partner: partner.user_id != self.env.user)
        running = {
            row.partner_id: row
            for row in self.sudo().search(
                [("partner_id", "in", others.ids), ("state", "=", "active")]
            )
        }
        for company in {
            self._owning_company(partner, running.get(partner, self.browse()))
            for partner in others
        }:
            if not self._may_override(self.env.user, company):
                raise AccessError(
                    self.env._("A customer is given up by his owner or by a manager only.")
                )
        self._release(partners, "given_up")

    # === NIGHTLY RUN === #

    @api.model
    def _cron_recycle(self):
        """Adopt owners from before the regulation, warn owners, release what has lapsed.

        In batches, each committed: restartable at any point.
        """
        Cron = self.env["ir.cron"]
        companies = (
            self.env["res.company"]
            .sudo()
            .browse(sorted(self.env["regulation.profile"]._companies_owning()))
        )
        Cron._commit_progress(remaining=self.sudo().search_count([("state", "=", "active")]) + 1)
        for step in (self._adopt_batch, self._recycle_batch):
            for company in companies:
                last = 0
                while True:
                    done, last = step(company, last)
                    self.env.invalidate_all()
                    if not Cron._commit_progress(done):
                        return
                    if not last:
                        break
        # However many there were to look at: all have been
        Cron._commit_progress(remaining=0)

    @api.model
    def _adopt_batch(self, company, after):
        """Rows for customers that had an owner before the regulation: protected from now on."""
        self.env["res.partner"].flush_model()
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT partner.id, partner.user_id
                  FROM res_partner partner
                 WHERE partner.user_id IS NOT NULL AND partner.id > %(after)s
                   AND partner.commercial_partner_id = partner.id
                   AND (partner.company_id = %(company)s OR partner.company_id IS NULL)
                   AND NOT EXISTS (SELECT 1 FROM customer_registration running
                                    WHERE running.partner_id = partner.id
                                      AND running.state = 'active')
              ORDER BY partner.id LIMIT %(limit)s
                """,
                after=after,
                company=company.id,
                limit=_BATCH,
            )
        )
        now = fields.Datetime.now()
        engine(self.sudo()).create(
            [
                {
                    "partner_id": partner,
                    "company_id": company.id,
                    "user_id": user,
                    "registered_at": now,
                    "registered_by_id": self.env.uid,
                    "how": "existing",
                }
                for partner, user in found
            ]
        )
        return len(found), found[-1][0] if len(found) == _BATCH else 0

    @api.model
    def _recycle_batch(self, company, after):
        """Look at the next running rows that nobody has contacted lately."""
        Profile = self.env["regulation.profile"].sudo()
        settings = [
            Profile._snapshot(profile)["settings"]
            for profile, _kind, _place in Profile._assignments_on(
                company.id, company._regulation_today()
            )
        ]
        days = [
            max(row["ownership_days"] - row["ownership_warn_days"], 0)
            for row in settings
            if row["ownership_mode"] == "release"
        ]
        if not days:
            return 0, 0
        tiers = (
            self.env["regulation.profile.tier"]
            .sudo()
            .browse([one for row in settings for one in row["tier_ids"]])
        )
        own_days = [line.own_days for line in tiers if line.own_days]
        warn = max(row["ownership_warn_days"] for row in settings)
        quiet = min(days + [max(one - warn, 0) for one in own_days])
        today = company._regulation_today()
        cutoff = company._regulation_utc(today - timedelta(days=quiet - 1), time.min)
        self.flush_model()
        self.env["sales.contact"].flush_model()
        ids = [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT running.id
                      FROM customer_registration running
                     WHERE running.state = 'active' AND running.company_id = %(company)s
                       AND running.id > %(after)s AND running.registered_at < %(cutoff)s
                       AND (running.looked_on IS NULL OR running.looked_on < %(today)s)
                       AND NOT EXISTS (
                           SELECT 1 FROM sales_contact contact
                            WHERE contact.commercial_partner_id = running.partner_id
                              AND contact.company_id = running.company_id
                              AND contact.owner_id = running.user_id
                              AND contact.counts AND contact.counts_at >= %(cutoff)s)
                  ORDER BY running.id LIMIT %(limit)s
                    """,
                    company=company.id,
                    after=after,
                    cutoff=cutoff,
                    today=today,
                    limit=_BATCH,
                )
            )
        ]
        rows = self.sudo().browse(ids)
        self._recycle(rows, company, today)
        # A run that is cut off goes on with those it has not looked at
        engine(rows).write({"looked_on": today})
        return len(ids), ids[-1] if len(ids) == _BATCH else 0

    @api.model
    def _recycle(self, rows, company, today):
        """Release what has lapsed; warn the owners of what will soon."""
        # Whoever contacts or registers one of them meanwhile comes before or after us
        self.env["regulation.commitment"]._lock([("owner", one) for one in rows.partner_id.ids])
        protections = self._protections(rows.partner_id)
        lapsed, soon = rows.browse(), rows.browse()
        policies = (
            self.env["regulation.profile"]
            .sudo()
            ._resolve({user.id: (company, user, self.env["crm.team"]) for user in rows.user_id})
        )
        for row in rows:
            held = protections.get(row.partner_id.id)
            if not held or held.mode != "release" or held.until is None:
                continue
            warn = policies[row.user_id.id].get("ownership_warn_days", 0)
            if not held.is_protected:
                lapsed |= row
            elif (
                warn
                and today >= held.until - timedelta(days=warn)
                and (
                    not row.warned_at
                    or company._regulation_local(row.warned_at).date() < held.since
                )
            ):
                soon |= row
        if lapsed:
            self._release(lapsed.partner_id, "lapsed")
        if soon:
            self._warn(soon, protections)

    @api.model
    def _warn(self, rows, protections):
        activity = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        model = self.env["ir.model"].sudo()._get_id("res.partner")
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True, mail_create_nosubscribe=True
        ).create(
            [
                {
                    "activity_type_id": activity.id if activity else False,
                    "res_model_id": model,
                    "res_id": row.partner_id.id,
                    "user_id": row.user_id.id,
                    "date_deadline": protections[row.partner_id.id].until,
                    "summary": row.with_context(lang=row.user_id.lang).env._(
                        "Contact this customer, or he goes back to the pool"
                    ),
                }
                for row in rows
            ]
        )
        engine(rows).write({"warned_at": fields.Datetime.now()})
        self.env["regulation.register"]._record(
            "owner_warned",
            rows,
            subject_id=lambda row: row.user_id.id,
            company_id=lambda row: row.company_id.id,
        )
