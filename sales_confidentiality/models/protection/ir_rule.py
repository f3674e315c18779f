# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models, tools
from odoo.exceptions import AccessError

from ..grant.confidentiality_grant import DOMAINS

_NESTED = "confidentiality.nested"
#: what a business partner is himself
_OWN = ("res.partner", "res.users")


class IrRule(models.Model):
    """Labels below every rule: what somebody may not see is not there, whatever asks.

    The condition is added outside of the cached part, so that a right which ended is gone
    at the next request in every worker; the person's labels are part of the cache key too,
    for whatever else is cached by it.
    """

    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        cache = self.env.cr.cache
        if cache.get(_NESTED):
            # Asked by ourselves for a model that this one _inherits, inside the cached part
            return super()._compute_domain(model_name, mode)
        access = self.env["confidentiality.grant"]._access()
        if access is None or (access.party and model_name in _OWN):
            return super()._compute_domain(model_name, mode)
        cache[_NESTED] = True
        try:
            domain = super()._compute_domain(model_name, mode)
        finally:
            cache.pop(_NESTED, None)
        return self._add_labels(model_name, access, domain, mode)

    @api.model
    def _add_labels(self, model_name, access, domain, mode):
        own = self._label_rule(model_name, access, mode)
        if own is None:
            return domain
        known = self.env.cr.cache.setdefault(DOMAINS, {})
        key = (self.env.uid, model_name, mode, "with rules")
        rules, both = known.get(key, (None, None))
        if rules is not domain:
            # Odoo keeps what the rules say: mostly it is the same object again
            both = (domain & own).optimize(self.env[model_name])
            known[key] = domain, both
        return both

    @api.model
    def _label_rule(self, model_name, access, mode="read"):
        """What the labels say for the current person, made once for each request.

        :param Access access: his rights
        :return: Domain, or None if the model is not protected
        """
        known = self.env.cr.cache.setdefault(DOMAINS, {})
        key = (self.env.uid, model_name, mode)
        if key not in known:
            known[key] = self._label_rule_of(model_name, access, mode)
        return known[key]

    @api.model
    @tools.ormcache("model_name", "access.key", "mode")
    def _label_rule_of(self, model_name, access, mode):
        """The same for whoever has these rights: it follows from them and from the settings."""
        own = self.env["confidentiality.model"]._label_domain(model_name, access, mode)
        return None if own is None else own.optimize(self.env[model_name])

    def _compute_domain_context_values(self):
        yield from super()._compute_domain_context_values()
        if (access := self.env["confidentiality.grant"]._access()) is not None:
            yield access.full
            yield access.card

    def _make_access_error(self, operation, records):
        """Say no without naming what is withheld, also in developer mode; and log it."""
        registry = self.env["confidentiality.model"]
        access = self.env["confidentiality.grant"]._access()
        if access is None or registry._label_domain(records._name, access) is None:
            return super()._make_access_error(operation, records)
        self.env["confidentiality.log"]._collect("denied", records.sudo(), operation)
        return AccessError(
            self.env._(
                "You may not open this record of %(model)s: your rights or its confidentiality"
                " label do not allow it. The confidentiality officer can help.",
                model=self.env["ir.model"].sudo()._get(records._name).name,
            )
        )
