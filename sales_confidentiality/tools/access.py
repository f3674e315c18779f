# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Handling:
    """What a level demands of whoever takes its records out of the system (C52, C55)."""

    #: an export, a print needs a right of its own on the grant
    export_right: bool
    print_right: bool
    #: a reason has to be on record before it is printed, and counts so many minutes
    print_reason: bool
    reason_minutes: int
    watermark: bool
    #: the access log is written before anything is delivered
    log_first: bool
    #: free, link or block: a file of it in a mail to an outsider
    mail: str
    #: the customer himself needs an NDA to be sent his own documents
    customer_nda: bool
    #: days that a one-time link lives
    link_days: int
    #: the officer decides on a disclosure too
    officer: bool
    #: more records than these, reached by one person in a day, are reported; 0: none
    volume: int


@dataclass(frozen=True, slots=True)
class Label:
    """A label as the rules read it."""

    id: int
    rank: int
    category_id: int
    #: off, observe or enforce: the mode of the category
    mode: str
    #: everybody inside may read it
    open: bool
    share_scope: str
    #: kinds of qualification that are demanded of whoever reads it
    needs: frozenset
    #: need-to-know list: members only
    compartment: bool
    handling: Handling | None = None


@dataclass(frozen=True, slots=True)
class ProtectedModel:
    """How the records of a model are protected."""

    name: str
    #: the field with the label, or False for a model that only follows ``paths``
    label_field: str | bool
    owner_field: str | bool
    #: relations to the protected records whose facts this one repeats; all of them count
    paths: tuple
    #: dotted paths to the records whose label is taken over
    sources: tuple
    category_id: int
    cap_rank: int
    #: capped at a level that is open inside: people work on it without reading its sources
    works: bool
    share_scope: str | bool
    #: who holds the base card only sees the record with its protected fields masked; for
    #: what follows a record: he sees it too
    has_card: bool
    #: whoever may read a record may not duplicate it
    no_copy: bool


@dataclass(frozen=True)
class Protection:
    """What is protected in this database, the same for everybody."""

    models: dict
    labels: tuple
    #: {code of the category: (its id, mode)} of figures that are a right of their own
    rights: dict
    #: kinds of qualification that such a right demands
    rights_needs: frozenset

    @cached_property
    def modes(self):
        """The modes in which anything at all is withheld from anybody."""
        return frozenset(label.mode for label in self.labels if not label.open) | frozenset(
            mode for _category, mode in self.rights.values()
        )

    @cached_property
    def known(self):
        """``{id: Label}`` of all of them."""
        return {label.id: label for label in self.labels}

    @cached_property
    def guarded(self):
        """``{id: Label}`` of what is withheld, or would be: nothing else is asked about."""
        return {
            label.id: label
            for label in self.labels
            if not label.open and label.mode in ("observe", "enforce")
        }


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may see today."""

    user_id: int
    #: labels that he holds in full
    full: tuple
    #: labels of which he sees the base card
    card: tuple
    #: labels whose records he sees as their owner
    own: tuple
    #: {scope: labels that he shares}
    shared: dict
    #: {scope: users whose records he shares}
    mates: dict
    #: codes of the figures that are closed to him
    closed: frozenset
    #: labels whose records he may export, and print, where he sees them
    export: frozenset = frozenset()
    printing: frozenset = frozenset()
    #: a business partner on the portal: documents are withheld, what he is himself is not
    party: bool = False

    @property
    def reached(self):
        """Labels of which he may see some record at all."""
        return {*self.full, *self.card, *self.own}

    @property
    def key(self):
        """What decides about which records he sees: alike for the same rights only."""
        mates = tuple(sorted(self.mates.items()))
        shared = tuple(sorted(self.shared.items()))
        return (self.user_id, self.full, self.card, self.own, shared, mates, self.party)
