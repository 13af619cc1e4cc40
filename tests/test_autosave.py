"""Unsaved text: kept for whoever may save the form, put back as it was, never saved by itself, gone when it was saved."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Citation, Commitment, Evidence, Organisation, Person, ProgressUpdate, Roadmap
from conventions.models import Convention, Country, Release, SupervisoryComment, Version
from tests.forms import AdminCase, add_row, errors_of, form_data

pytestmark = pytest.mark.once

KEPT = [Article, Roadmap, Commitment, ProgressUpdate, Evidence, Person, Organisation]


def pairs(data):
    """Form data as the browser's FormData has it: a pair for each value."""
    return [
        [name, str(value)]
        for name, values in data.items()
        for value in (values if isinstance(values, list) else [values])
        if value is not None
    ]


class AutosaveCase(AdminCase):
    def address(self, model):
        return self.list_of(model, "autosave")

    def autosave(self, by, model, data, of=None, **changes):
        self.client.force_login(by)
        sent = {"key": "window0001", "user": by.pk, "record": of and of.pk, "written": 1, "fields": pairs(data)}
        return self.client.post(self.address(model), json.dumps(sent | changes), content_type="application/json")

    def rows(self, by):
        return Version.objects.unsaved_of(by)

    def kept(self, *args, **changes):
        response = self.autosave(*args, **changes)
        self.assertEqual(response.status_code, 200, response.content)
        return Version.objects.filter(kind="autosave").latest("at")

    def put_back(self, row, record=None, model=None):
        address = self.page(record) if record else self.list_of(model, "add")
        return self.client.get(f"{address}?unsaved={row.pk}")

    def write_draft(self):
        """Alice types into the form of her draft: words, sets, a new row, one struck, one changed, half a date."""
        self.client.force_login(self.alice)
        data = self.filled_in(self.draft, headline="Half a thought", dated="2024-06-", topics=[self.topic.pk])
        data = add_row(data, "citations", convention=self.c131.pk, words="Convention No. 131", position="7")
        return data | {"citations-0-words": "other words", "appearances-0-DELETE": "on", "countries": [self.kaz.pk, self.uzb.pk]}


class KeptTests(AutosaveCase):
    def test_it_works(self):
        data = self.write_draft()
        row = self.kept(self.alice, Article, data, self.draft)
        self.assertEqual((row.by, row.object_id, row.headline, row.number), (self.alice, self.draft.pk, "Half a thought", None))
        response = self.client.get(self.page(self.draft))
        self.assertContains(response, "You have unsaved text of")
        self.assertContains(response, f"?unsaved={row.pk}")
        self.assertEqual(form_data(response)["headline"], self.draft.headline)

    def test_each_window_has_one_text(self):
        first = self.kept(self.alice, Article, {"headline": "One"})
        again = self.kept(self.alice, Article, {"headline": "Two"}, written=2)
        other = self.kept(self.alice, Article, {"headline": "Three"}, key="window0002")
        self.assertEqual((first.pk, again.headline), (again.pk, "Two"))
        self.assertCountEqual(self.rows(self.alice), [first, other])

    def test_an_older_text_never_takes_the_place_of_a_newer_one(self):
        self.kept(self.alice, Article, {"headline": "New"}, written=9)
        response = self.autosave(self.alice, Article, {"headline": "Old"}, written=3)
        self.assertEqual(response.json()["held"], 9)
        self.assertEqual(self.rows(self.alice).get().headline, "New")

    def test_what_is_hidden_is_not_kept(self):
        data = {"headline": "H", "csrfmiddlewaretoken": "t", "unsaved_key": "k", "password1": "secret", "Old_Password": "s"}
        row = self.kept(self.alice, Article, data)
        self.assertEqual(row.snapshot["form"], [["headline", "H"]])

    def test_signs_that_a_database_cannot_hold(self):
        row = self.kept(self.alice, Article, {"headline": "A\0B\ud83dC 🙂"})
        self.assertEqual(row.snapshot["form"], [["headline", "AB\ufffdC 🙂"]])

    def test_a_form_too_long_is_refused_with_a_sentence(self):
        response = self.autosave(self.alice, Article, {"body": "x" * 2_000_000})
        self.assertEqual(response.status_code, 413)
        self.assertIn("too long", response.json()["sentence"])
        self.assertFalse(self.rows(self.alice))
        self.assertEqual(self.autosave(self.alice, Article, {"body": "x" * 1_900_000}).status_code, 200)

    def test_what_is_no_form_is_refused(self):
        wrong = [{"key": "short"}, {"key": 5}, {"key": "a" * 41}, {"key": "no-letters!"}, {"record": 0}, {"record": 2**63}]
        wrong += [{"record": "x"}, {"written": None}, {"fields": [["a"]]}, {"fields": [["a", 1]]}, {"fields": 3}, {"user": "x"}]
        for changes in wrong:
            with self.subTest(changes):
                self.assertEqual(self.autosave(self.alice, Article, {}, **changes).status_code, 400)
        for body in ("", "[", "[]", "3", '"text"', "\xff"):
            response = self.client.post(self.address(Article), body, content_type="application/json")
            self.assertEqual(response.status_code, 400, body)
        self.assertEqual(self.client.get(self.address(Article)).status_code, 405)
        self.assertFalse(Version.objects.filter(kind="autosave"))

    def test_old_ones_go(self):
        old = self.kept(self.alice, Article, {"headline": "Old"})
        others = self.kept(self.boris, Article, {"headline": "Old too"})
        Version.objects.filter(pk__in=[old.pk, others.pk]).update(at=timezone.now() - timedelta(days=31))
        self.assertFalse(self.rows(self.alice))
        self.kept(self.alice, Article, {"headline": "New"}, key="window0002")
        self.assertFalse(Version.objects.filter(pk=old.pk))
        self.assertEqual(list(Version.objects.outdated()), [others])


class RightsTests(AutosaveCase):
    def statuses(self, model, record=None, people=None):
        people = people or [self.alice, self.boris, self.chloe, self.walter]
        return [self.autosave(by, model, {}, record).status_code for by in people]

    def test_new_records(self):
        for model in KEPT:
            self.assertEqual(self.statuses(model), [200, 200, 200, 403], model)
        self.assertEqual(self.statuses(SupervisoryComment), [403, 200, 200, 403])
        for model in (Convention, Country):
            self.assertEqual(self.statuses(model), [403, 403, 200, 403], model)

    def test_existing_records(self):
        self.assertEqual(self.statuses(Article, self.draft), [200, 200, 200, 403])
        self.assertEqual(self.statuses(Person, self.minister), [403, 200, 200, 403])
        self.assertEqual(self.statuses(ProgressUpdate, self.update)[-1], 403)
        self.assertEqual(self.statuses(Convention, self.c087), [403, 403, 200, 403])

    def test_accounts_and_releases_keep_nothing(self):
        for model in (get_user_model(), Release):
            address = self.list_of(model) + "autosave/"
            self.assertEqual(self.client.post(address, "{}", content_type="application/json").status_code // 100, 3, model)
        for model in (get_user_model(), Release):
            self.assertNotContains(self.client.get(self.list_of(model, "add")), "autosave.js")

    def test_who_only_reads_has_no_script(self):
        self.client.force_login(self.alice)
        self.assertNotContains(self.client.get(self.page(self.c087)), "autosave.js")
        self.assertContains(self.client.get(self.page(self.draft)), "autosave.js")

    def test_a_stranger_is_told(self):
        self.client.logout()
        response = self.client.post(self.address(Article), "{}", content_type="application/json")
        self.assertEqual((response.status_code, response["Content-Type"]), (401, "application/json"))

    def test_the_text_of_one_is_not_kept_for_another(self):
        self.assertEqual(self.autosave(self.boris, Article, {"headline": "Alice’s"}, user=self.alice.pk).status_code, 401)
        self.assertFalse(self.rows(self.boris) | self.rows(self.alice))

    def test_csrf_holds(self):
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.alice)
        self.assertEqual(client.post(self.address(Article), "{}", content_type="application/json").status_code, 403)

    def test_a_lost_right_and_a_lost_record(self):
        row = self.kept(self.alice, Article, self.write_draft(), self.draft)
        self.alice.groups.clear()
        self.assertEqual(self.autosave(self.alice, Article, {}, self.draft).status_code, 403)
        self.assertEqual(self.put_back(row, self.draft).status_code, 403)
        self.assertEqual(self.autosave(self.boris, Article, {}, record=10**9).status_code, 403)

    def test_nobody_sees_the_text_of_others(self):
        row = self.kept(self.alice, Article, self.write_draft(), self.draft)
        for by in (self.boris, self.root):
            self.client.force_login(by)
            self.assertNotContains(self.client.get(self.page(self.draft)), "unsaved text of")
            self.assertNotContains(self.client.get("/admin/"), "Half a thought")
            response = self.client.get(f"{self.page(self.draft)}?unsaved={row.pk}", follow=True)
            self.assertIn("This unsaved text is no longer there: it was saved or discarded.", self.said(response))
            self.assertNotContains(response, "Half a thought")
            self.assertEqual(self.client.post(self.list_of(Article, "discard"), {"unsaved": row.pk}).status_code, 404)
            self.save(self.page(self.draft), self.filled_in(self.draft, unsaved_key=row.key))
        self.assertEqual(self.rows(self.alice).get(), row)


class PutBackTests(AutosaveCase):
    def assert_same_form(self, response, data):
        shown = dict(pairs(form_data(response)))
        for name, value in dict(pairs(data)).items():
            self.assertEqual(shown.get(name, ""), value, name)

    def test_everything_is_put_back_and_nothing_is_saved(self):
        data = self.write_draft()
        row = self.kept(self.alice, Article, data, self.draft)
        before = (list(Article.objects.values()), list(Citation.objects.values()), Version.objects.count())
        response = self.put_back(row, self.draft)
        self.assertContains(response, "This is your unsaved text of")
        self.assertNotContains(response, "errornote")
        self.assertEqual(errors_of(response), [])
        self.assertContains(response, f'name="unsaved_key" value="{row.key}"')
        self.assertEqual((list(Article.objects.values()), list(Citation.objects.values()), Version.objects.count()), before)
        shown = form_data(response)
        self.assertEqual(shown["countries"], [str(self.kaz.pk), str(self.uzb.pk)])
        self.assertEqual(shown["citations-1-words"], "Convention No. 131")
        self.assertEqual(shown["appearances-0-DELETE"], "True")
        self.assert_same_form(response, data | {"appearances-0-DELETE": "True"})

    def test_saved_after_that_it_is_gone(self):
        row = self.kept(self.alice, Article, self.write_draft(), self.draft)
        data = form_data(self.put_back(row, self.draft), dated="2024-06-13", unsaved_key=row.key)
        self.save(self.page(self.draft), data)
        self.draft.refresh_from_db()
        self.assertEqual(self.draft.headline, "Half a thought")
        self.assertEqual([each.words for each in self.draft.citations.order_by("position")][-1], "Convention No. 131")
        self.assertFalse(self.draft.appearances.all())
        self.assertFalse(self.rows(self.alice))

    def test_a_refused_form_keeps_it_and_its_window(self):
        row = self.kept(self.alice, Article, self.write_draft(), self.draft)
        response = self.client.post(self.page(self.draft), self.write_draft() | {"unsaved_key": row.key})
        self.assertContains(response, f'name="unsaved_key" value="{row.key}"')
        self.assertEqual(self.rows(self.alice).get(), row)

    def test_a_new_record(self):
        self.client.force_login(self.alice)
        data = self.add_form(Person, name="Ann")
        data = add_row(data, "other_names", name="Anna", script="Latn")
        row = self.kept(self.alice, Person, data)
        self.assertContains(self.client.get(self.list_of(Person, "add") + "?_popup=1"), f"?_popup=1&amp;unsaved={row.pk}")
        response = self.put_back(row, model=Person)
        self.assert_same_form(response, data)
        self.assertEqual(errors_of(response), [])
        self.save(self.list_of(Person, "add"), data | {"slug": "ann", "unsaved_key": row.key, "other_names-0-source": "s"})
        self.assertFalse(self.rows(self.alice))

    def test_a_new_one_is_not_offered_for_an_old_one(self):
        row = self.kept(self.alice, Article, {"headline": "New"})
        self.assertNotContains(self.client.get(self.page(self.draft)), "unsaved text of")
        self.assertEqual(self.put_back(row, self.draft).status_code, 302)
        for number in ("x", "9" * 30, "-1", str(row.pk + 1)):
            self.assertEqual(self.client.get(f"{self.list_of(Article, 'add')}?unsaved={number}").status_code, 302)

    def test_somebody_saved_meanwhile(self):
        data = self.write_draft() | {"made_from": "0"}
        row = self.kept(self.alice, Article, data, self.draft)
        self.client.force_login(self.boris)
        self.save(self.page(self.draft), self.filled_in(self.draft, standfirst="By Boris."))
        self.client.force_login(self.alice)
        sentence = "boris saved the record after you had opened your form"
        self.assertContains(self.client.get(self.page(self.draft)), sentence)
        response = self.put_back(row, self.draft)
        self.assertContains(response, sentence)
        self.assertContains(response, 'name="made_from" value="0"')

    def test_a_row_that_somebody_deleted_comes_back_as_a_new_one(self):
        data = self.write_draft()
        row = self.kept(self.alice, Article, data, self.draft)
        self.draft.citations.all().delete()
        shown = form_data(self.put_back(row, self.draft))
        self.assertEqual([shown["citations-INITIAL_FORMS"], shown["citations-TOTAL_FORMS"]], ["0", "2"])
        self.assertEqual({shown["citations-0-words"], shown["citations-1-words"]}, {"other words", "Convention No. 131"})
        self.save(self.page(self.draft), shown | {"dated": "2024-06-13"})
        self.assertEqual(self.draft.citations.count(), 2)

    def test_a_change_of_what_is_published(self):
        self.client.force_login(self.boris)
        data = self.filled_in(self.published, headline="Another headline")
        row = self.kept(self.boris, Article, data, self.published)
        response = self.put_back(row, self.published)
        self.assertEqual(form_data(response)["headline"], "Another headline")
        self.save(self.page(self.published), data | {"unsaved_key": row.key})
        self.assertFalse(self.rows(self.boris))

    def test_discard(self):
        row = self.kept(self.alice, Article, self.write_draft(), self.draft)
        facts = {"unsaved": row.pk, "next": self.page(self.draft)}
        response = self.client.post(self.list_of(Article, "discard"), facts)
        self.assertRedirects(response, self.page(self.draft))
        self.assertFalse(self.rows(self.alice))
        self.assertEqual(self.client.post(self.list_of(Article, "discard"), facts).status_code, 404)
        row = self.kept(self.alice, Article, {"headline": "x"})
        response = self.client.post(self.list_of(Article, "discard"), {"unsaved": row.pk, "next": "https://evil.example/"})
        self.assertRedirects(response, "/admin/")


class DeskTests(AutosaveCase):
    def test_it_lies_on_the_desk(self):
        self.client.force_login(self.alice)
        self.assertNotContains(self.client.get("/admin/"), "Unsaved text")
        row = self.kept(self.alice, Article, self.write_draft(), self.draft)
        new = self.kept(self.alice, Person, {"name": ""}, key="window0002")
        response = self.client.get("/admin/")
        self.assertContains(response, f'<a href="{self.page(self.draft)}?unsaved={row.pk}">Half a thought</a>', html=True)
        self.assertContains(response, f'href="{reverse("admin:articles_person_add")}?unsaved={new.pk}"')
        self.alice.groups.clear()
        self.assertNotContains(self.client.get("/admin/"), "Unsaved text")


class Window:
    """A browser without a screen, signed in."""

    def __init__(self, site, name):
        self.site, self.cookies = site, CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.get("/admin/login/")
        login = {"username": name, "password": "decent-work", "csrfmiddlewaretoken": self.token, "next": "/admin/"}
        self.opener.open(f"{site.url}/admin/login/", urlencode(login).encode()).read()

    @property
    def token(self):
        return next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")

    def get(self, path):
        return self.opener.open(self.site.url + path).read().decode()

    def send(self, address, user, written):
        headline = f"At the same time {written}."
        sent = {"key": "sametime01", "user": user, "record": None, "written": written, "fields": [["headline", headline]]}
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.token}
        return self.opener.open(Request(self.site.url + address, json.dumps(sent).encode(), headers)).status


def test_requests_that_meet_keep_one_text_the_last(live_site):
    window = Window(live_site, "chief")
    user = int(re.search(r'data-user="(\d+)"', window.get("/admin/articles/article/add/"))[1])
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda number: window.send("/admin/articles/article/autosave/", user, number), range(1, 41)))
    assert statuses == [200] * 40
    assert re.findall(r"At the same time \d+", window.get("/admin/")) == ["At the same time 40"]
