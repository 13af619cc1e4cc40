"""Every address of the back office for every role: who is let in, and that no address was forgotten.

Letters: w has an account in no group, r is a reporter, e an editor, c a chief, s a superuser. A stranger is let in nowhere.
"""

import json
from fnmatch import fnmatch

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.test import RequestFactory, TestCase
from django.urls import get_resolver, resolve, reverse

from articles.models import Article
from conventions.models import OldAddress, Release, SupervisoryComment, Version
from conventions.snapshots import snapshot
from tests.cast import CastMixin

pytestmark = pytest.mark.rules

WRITTEN = ["article", "roadmap", "progressupdate", "commitment", "evidence", "image", "organisation", "person", "post"]
WRITTEN += ["statistic", "discrepancy", "page"]
REGISTER = ["convention", "country", "ratification", "topic"]
EDITED = ["add", "delete", "deleted", "recover", "restore", "autosave"]
EVERYBODY, STAFF, EDITORS, CHIEFS, NOBODY = "wrecs", "recs", "ecs", "cs", ""

#: Who is let in, by the pattern of the name of an address; the first that fits counts.
PAGES = [
    (["index", "find", "jsi18n", "mail", "password_change", "password_change_done"], EVERYBODY),
    (["login", "logout"], "-wrecs"),
    (["*_discard"], EVERYBODY),  # one's own unsaved text, and nobody else's
    (["app_list", "autocomplete"], STAFF),
    (["view_on_site", "public_page"], STAFF),
    (["auth_user_delete"], "s"),
    (["auth_group_add", "auth_group_delete"], NOBODY),
    (["auth_*"], CHIEFS),
    (
        ["articles_transition_add", "articles_transition_delete", "conventions_oldaddress_add", "conventions_oldaddress_delete"],
        NOBODY,
    ),
    (["articles_transition_*", "conventions_oldaddress_*"], STAFF),
    (["conventions_release_delete"], NOBODY),
    (["conventions_release_add", "conventions_release_all"], EDITORS),
    (["conventions_release_*"], STAFF),
    (["articles_priorityarea_add", "articles_priorityarea_delete*", "articles_priorityarea_recover"], NOBODY),
    (["articles_priorityarea_restore", "articles_priorityarea_autosave"], NOBODY),
    (["articles_reply_delete"], "s"),
    ([f"articles_reply_{page}" for page in ("add", "autosave", "deleted", "recover")], NOBODY),
    ([f"articles_reply_{page}" for page in ("preview", "bare", "frame")], NOBODY),  # it has no page of its own
    ([f"articles_reply_{page}" for page in ("restore", "move")], EDITORS),
    ([f"articles_{name}_delete" for name in WRITTEN], EDITORS),
    (["articles_*"], STAFF),
    ([f"conventions_supervisorycomment_{page}" for page in EDITED], EDITORS),
    (["conventions_supervisorycomment_*"], STAFF),
    ([f"conventions_{name}_{page}" for name in REGISTER for page in EDITED], CHIEFS),
    (["conventions_*"], STAFF),
]
#: What is sent and not opened, with what is sent.
SENT = {"restore": {"version": "1"}, "all": {}, "logout": {}, "discard": {}, "autosave": {}}


def who(name):
    """The letters of those whom an address lets in; None if the table has forgotten it."""
    return next((letters for patterns, letters in PAGES if any(fnmatch(name, pattern) for pattern in patterns)), None)


def names():
    """The names of all addresses of the back office."""
    _prefix, resolver = get_resolver().namespace_dict["admin"]
    return sorted(name for name in resolver.reverse_dict if isinstance(name, str))


class PageTests(CastMixin, TestCase):
    """The views are asked directly: what they render is other tests' matter."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.people = {"-": AnonymousUser(), "w": cls.walter, "r": cls.alice, "e": cls.boris, "c": cls.chloe, "s": cls.root}
        cls.release = Release.objects.create(name="2026", is_complete=True)
        cls.old = OldAddress.objects.create(
            path="/articles/2024/once/", content_type=ContentType.objects.get_for_model(Article), object_id=cls.published.pk
        )
        cls.comment = SupervisoryComment.objects.create(
            country=cls.kaz, kind="observation", year=2024, url="https://example.org/comment", publisher="ILO", summary="Noted."
        )
        cls.records = {
            "article": cls.draft, "roadmap": cls.hidden_roadmap, "progressupdate": cls.draft_update, "release": cls.release,
            "commitment": cls.hidden_commitment, "evidence": cls.hidden_evidence, "organisation": cls.hidden_ministry,
            "person": cls.hidden_minister, "post": cls.hidden_post, "priorityarea": cls.hidden_area, "topic": cls.topic,
            "image": cls.draft.lead_image, "statistic": cls.draft.statistics.get(), "supervisorycomment": cls.comment,
            "convention": cls.c190, "country": cls.uzb, "ratification": cls.ratification, "oldaddress": cls.old,
            "transition": cls.in_review.history().first(), "user": cls.walter, "group": Group.objects.first(),
            "discrepancy": cls.hidden_discrepancy, "reply": cls.report, "page": cls.hidden_page,
        }  # fmt: skip

    def answer(self, name, letter, method):
        """How the address `name` answers a person, as a status; what it did is taken back."""
        path = self.path(name)
        request = getattr(RequestFactory(), method)(path, **self.sent(name, letter))
        request.user, request.session, request.csp_nonce = self.people[letter], SessionStore(), "nonce"
        request._messages, request._dont_enforce_csrf_checks = FallbackStorage(request), True
        view, args, kwargs = resolve(path.partition("?")[0])
        try:
            with transaction.atomic():
                response = view(request, *args, **kwargs)
                transaction.set_rollback(True)
        except PermissionDenied:
            return 403
        except Http404:
            return 404
        to_login = response.status_code == 302 and response.headers["Location"].startswith("/admin/login/")
        return 401 if to_login else response.status_code

    def sent(self, name, letter):
        """What this person sends to an address."""
        page, person = name.split("_")[-1], self.people[letter]
        if page == "autosave":
            body = {"key": "k" * 20, "user": person.pk or 0, "record": None, "written": 1, "fields": [["name", "Half-written"]]}
            return {"data": json.dumps(body), "content_type": "application/json"}
        if page == "discard" and person.pk:
            kind = ContentType.objects.get_for_model(self.record_of(name))
            values = {"content_type": kind, "kind": "autosave", "by": person, "snapshot": {"form": []}}
            text, _made = Version.objects.get_or_create(**values, defaults={"key": f"{name}{letter}"[-40:]})
            return {"data": {"unsaved": str(text.pk)}}
        return {"data": SENT.get(page, {})}

    def path(self, name):
        """An address by its name, filled in with a record that is not public where it takes one."""
        _prefix, resolver = get_resolver().namespace_dict["admin"]
        wanted = resolver.reverse_dict.getlist(name)[0][0][0][1]
        record = self.record_of(name)
        fixed = {"verb": "accept" if "release" in name else "submit", "app_label": "articles"}
        fixed |= {"content_type_id": ContentType.objects.get_for_model(Article).pk}
        path = reverse(f"admin:{name}", args=[fixed.get(word) or record.pk for word in wanted])
        model = type(record)
        queries = {
            "move": f"?ids={record.pk}",
            "compare": "?from=1&to=2",
            "record": f"?commitment={self.hidden_commitment.pk}",
            "autocomplete": f"?app_label={model._meta.app_label}&model_name=citation&field_name=convention&term=x",
        }
        return path + queries.get(name.split("_")[-1], "")

    def record_of(self, name):
        """The record that an address is asked for: with two versions, or deleted, where it shows these."""
        record = next((each for kind, each in self.records.items() if f"_{kind}_" in name), self.published)
        page = name.split("_")[-1]
        if page in ("compare", "restore") and Version.objects.of(record).count() < 2:
            for note in ("one", "two"):
                Version.objects.keep(record, by=None, note=note)
        if page == "recover":
            deleted = type(record)(pk=10**9)
            if not Version.objects.at(type(record), deleted.pk).exists():
                Version.objects.create(
                    content_type=ContentType.objects.get_for_model(record), object_id=deleted.pk, number=1, kind="saved",
                    snapshot=snapshot(record), headline="Once", by=self.alice, note="Deleted",
                )  # fmt: skip
            return deleted
        return record

    def let_in(self, name):
        """The letters of those whom an address lets in."""
        method = "post" if name.split("_")[-1] in SENT else "get"
        return "".join(letter for letter in self.people if self.answer(name, letter, method) in (200, 302))

    def test_each_address_lets_in_whom_the_table_says_and_the_table_has_them_all(self):
        self.assertGreater(len(names()), 200)
        for name in names():
            with self.subTest(name=name):
                self.assertIsNotNone(who(name), "The table has forgotten this address.")
                self.assertEqual(self.let_in(name), who(name))

    def test_each_line_of_the_table_is_used(self):
        found = [
            next(n for n, (patterns, _who) in enumerate(PAGES) if any(fnmatch(name, p) for p in patterns)) for name in names()
        ]
        self.assertEqual(set(found), set(range(len(PAGES))))

    def test_no_list_is_edited_in_place(self):
        """An entrance past the verbs: none is open. What else there is, the addresses above and the actions are."""
        for model, form in admin.site._registry.items():
            self.assertEqual(tuple(form.list_editable), (), model)
