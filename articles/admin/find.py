"""One box that finds any record: every list of the back office is asked, by the rules of its own search."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from conventions.admin import ReadOnlyAdmin
from conventions.models import Convention

from .base import admin_url

SHOWN = 8  # records of a kind; its list shows the rest
LONGEST = 100  # characters: what somebody remembers of a record
FLOORS = ["articles", "conventions"]  # the order of the groups; accounts come after them


def legible(text):
    """What was typed, without what nobody can read or a database would refuse (a NUL), its blanks made one."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def refusal(words):
    """The sentence that says why nothing is searched for, or ""."""
    if not words:
        return _("Type a headline, a name, an instrument such as C87 or a State such as KAZ.")
    if sum(sign.isalnum() for sign in words) < 2:
        return _("Type at least two letters or digits.")
    if len(words) > LONGEST:
        return _("Type at most %(limit)s characters: a few words of the record are enough.") % {"limit": LONGEST}
    return ""


def with_codes(words):
    """People write C87; the register writes C087."""
    return " ".join(Convention.canonical_code(word) or word for word in words.split())


def reads_codes(search_fields):
    """Whether a list is searched by the code of an instrument."""
    return any(name.rpartition("__")[2].lstrip("^=") == "code" for name in search_fields)


@dataclass(frozen=True)
class Found:
    """A record with the address of its form, and its state where it has one."""

    record: models.Model

    @property
    def address(self):
        return admin_url(self.record)

    @property
    def state(self):
        return self.record.state() if hasattr(self.record, "state") else ""


@dataclass(frozen=True)
class Group:
    """What one list found: the first records, whether there are more, and the address of all of them."""

    name: str
    title: str
    found: list
    has_more: bool
    every: str


class Finding:
    """What a person finds with some words, in one query for each list that they may see."""

    def __init__(self, request, site):
        self.request, self.site = request, site
        self.words = legible(request.GET.get("q", ""))
        self.refusal = refusal(self.words)

    @property
    def title(self):
        return _("Find any record") if self.refusal else _("Found with “%(words)s”") % {"words": self.words}

    @cached_property
    def groups(self):
        """The lists that found something, the newsroom's first, what the site keeps by itself last."""
        if self.refusal:
            return []
        return [group for model_admin in self.lists() if (group := self.ask(model_admin))]

    def lists(self):
        """The lists that this person may see and that can be searched."""
        seen = [each for each in self.site._registry.values() if each.has_view_permission(self.request)]
        return sorted((each for each in seen if each.get_search_fields(self.request)), key=self.place)

    @staticmethod
    def place(model_admin):
        label = model_admin.opts.app_label
        floor = FLOORS.index(label) if label in FLOORS else len(FLOORS)
        return isinstance(model_admin, ReadOnlyAdmin), floor, str(model_admin.opts.verbose_name_plural)

    def ask(self, model_admin):
        """Ask one list by its own search; None where it finds nothing."""
        words = with_codes(self.words) if reads_codes(model_admin.get_search_fields(self.request)) else self.words
        records = model_admin.get_queryset(self.request)
        found, may_have_doubles = model_admin.get_search_results(self.request, records, words)
        if may_have_doubles:
            found = records.filter(Exists(found.order_by().filter(pk=OuterRef("pk"))))
        if not (rows := list(found[: SHOWN + 1])):
            return None
        opts = model_admin.opts
        every = f"{reverse(f'admin:{opts.app_label}_{opts.model_name}_changelist')}?{urlencode({'q': words})}"
        title = capfirst(opts.verbose_name_plural)
        return Group(opts.model_name, title, [Found(row) for row in rows[:SHOWN]], len(rows) > SHOWN, every)
