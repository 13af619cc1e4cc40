"""The box in the head of every page of the back office, and what it finds for whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from articles.admin.find import LONGEST, SHOWN
from articles.models import Article, Person
from conventions.models import SupervisoryComment
from tests.benchmarks.crowd import Crowd, make_crowd
from tests.cast import SOURCE
from tests.forms import AdminCase

pytestmark = pytest.mark.rules


class FindCase(AdminCase):
    def ask(self, words, who=None):
        self.client.force_login(who or self.root)
        response = self.client.get("/admin/find/", {"q": words})
        self.assertEqual(response.status_code, 200)
        return response

    def found(self, words, who=None):
        """The records found, by the name of their kind."""
        groups = self.ask(words, who).context["finding"].groups
        return {group.name: [each.record for each in group.found] for group in groups}


class BoxTests(FindCase):
    BOX = 'id="find-box"'

    def test_it_is_in_the_head_of_every_page(self):
        for address in ("/admin/", self.list_of(Article), self.page(self.draft), "/admin/find/", "/admin/articles/"):
            with self.subTest(address=address):
                self.assertContains(self.client.get(address), self.BOX, count=1)

    def test_it_is_not_on_the_login_nor_in_a_window_of_its_own(self):
        self.assertNotContains(self.client.get(self.list_of(Person, "add"), {"_popup": 1}), self.BOX)
        self.client.logout()
        self.assertNotContains(self.client.get("/admin/login/"), self.BOX)

    def test_a_stranger_finds_nothing(self):
        self.client.logout()
        self.assertRedirects(self.client.get("/admin/find/?q=mines"), "/admin/login/?next=/admin/find/%3Fq%3Dmines")

    def test_it_keeps_what_was_typed(self):
        self.assertContains(self.ask('the "mines" & <b>'), f'value="{escape("the ")}&quot;mines&quot; &amp; &lt;b&gt;"')

    def test_the_page_has_the_policy_of_the_back_office(self):
        self.assertIn("default-src 'none'", self.ask("mines").headers["Content-Security-Policy"])


class FindTests(FindCase):
    def test_it_works(self):
        found = self.found("SECRETDRAFT")
        self.assertEqual(found["article"], [self.draft])
        response = self.ask("SECRETDRAFT")
        self.assertContains(response, self.page(self.draft))
        self.assertContains(response, '<span class="quiet">Draft</span>', html=True)

    def test_every_kind_is_found(self):
        for words, record in [
            ("Headline of the published", self.published), ("Roadmap 2024", self.roadmap), ("Amend the Labour", self.amend),
            ("draft law", self.update), ("Testova", self.minister), ("Айгүл", self.minister), ("Ministry of", self.ministry),
            ("Vice-Minister", self.post), ("Gazette", self.evidence), ("Kazakh", self.kaz), ("KAZ", self.kaz), ("uz", self.uzb),
            ("c190", self.c190), ("R206", self.r206), ("occupational", self.topic), ("boris", self.boris),
            ("victims, published", self.published.statistics.get()), ("picture of published", self.published.lead_image),
        ]:  # fmt: skip
            with self.subTest(words=words):
                self.assertIn(record, self.found(words)[record._meta.model_name])

    def test_an_instrument_is_found_as_people_write_it(self):
        comment = SupervisoryComment.objects.create(
            country=self.kaz, kind=SupervisoryComment._meta.get_field("kind").choices[0][0], year=2024, url="https://example.org/",
            publisher="ILO",
        )  # fmt: skip
        comment.conventions.add(self.c087)
        for words in ("C87", "c087", " C87 "):
            with self.subTest(words=words):
                found = self.found(words)
                self.assertEqual(found["convention"], [self.c087])
                self.assertEqual(found["ratification"], [self.ratification])
                self.assertEqual(found["supervisorycomment"], [comment])
        self.assertEqual(self.found("kazakhstan C87")["ratification"], [self.ratification])
        self.assertEqual(self.found("C176")["commitment"], [self.ratify])

    def test_a_record_with_several_names_is_found_once(self):
        for number in range(3):
            self.minister.other_names.create(name=f"Testova, A. {number}", script="Latn", source=SOURCE)
        self.assertEqual(self.found("Testova")["person"], [self.minister])

    def test_each_list_shows_a_few_and_leads_to_the_rest(self):
        for number in range(SHOWN + 1):
            Person.objects.create(name=f"Namesake {number}", slug=f"namesake-{number}")
        response = self.ask("namesake")
        (group,) = [each for each in response.context["finding"].groups if each.name == "person"]
        self.assertEqual(len(group.found), SHOWN)
        self.assertContains(response, "All results in People")
        self.assertEqual(self.client.get(group.every).context["cl"].result_count, SHOWN + 1)

    def test_the_list_behind_a_code_finds_the_same(self):
        for group in self.ask("C87").context["finding"].groups:
            with self.subTest(group=group.name):
                result = self.client.get(group.every).context["cl"].result_list
                self.assertEqual(list(result), [each.record for each in group.found])

    def test_what_the_site_keeps_by_itself_comes_last(self):
        self.assertEqual(list(self.found("SECRETREVIEW"))[-1], "transition")


class RightsTests(FindCase):
    def test_accounts_are_found_by_those_who_manage_them(self):
        self.assertIn("user", self.found("boris", self.chloe))
        for who in (self.alice, self.boris):
            self.assertNotIn("user", self.found("boris", who))

    def test_an_account_without_rights_finds_nothing(self):
        for words in ("SECRET", "C87", "KAZ", "boris"):
            self.assertEqual(self.found(words, self.walter), {})
        self.assertContains(self.ask("KAZ", self.walter), "Nothing that you may see has “KAZ” in it.")

    def test_a_reporter_finds_what_the_lists_show(self):
        self.assertEqual(self.found("SECRETDRAFT", self.alice)["article"], [self.draft])


class RefusalTests(FindCase):
    def assert_told(self, words, sentence):
        response = self.ask(words)
        self.assertContains(response, sentence)
        self.assertEqual(response.context["finding"].groups, [])

    def test_nothing_typed(self):
        for words in ("", "   ", "\x00"):
            self.assert_told(words, "Type a headline, a name, an instrument such as C87")
        self.assertContains(self.client.get("/admin/find/"), "Type a headline")

    def test_too_little(self):
        for words in ("a", '""', "%%", "__", "'", "\\", "- a -"):
            with self.subTest(words=words):
                self.assert_told(words, "Type at least two letters or digits.")

    def test_too_much(self):
        self.assert_told("x" * 300, f"Type at most {LONGEST} characters")
        self.assertContains(self.ask("x" * LONGEST), "Nothing that you may see")

    def test_nothing_found(self):
        self.assertContains(self.ask("no such thing"), "Nothing that you may see has “no such thing” in it.")

    def test_ugly_words_are_only_words(self):
        for words in (
            "%00%",
            "a'; DROP TABLE",
            "<script>alert(1)</script>",
            '"half a quote',
            "C87' OR",
            "{{ 7*7 }}",
            "\u202eab",
            "9" * 99,
        ):
            with self.subTest(words=words):
                self.assertNotContains(self.ask(words), "<script>alert")
        for raw in ("%00", "C87%00", "%FF%FEab", "a%0Ab", "%ED%A0%80xy"):
            with self.subTest(raw=raw):
                self.assertEqual(self.client.get(f"/admin/find/?q={raw}").status_code, 200)
        self.assertEqual(self.found("C87\x00")["convention"], [self.c087])

    def test_many_words(self):
        self.assertContains(self.ask("zx " * 33), "Nothing that you may see")


class CostTests(FindCase):
    def counts(self):
        """The queries of some searches, by somebody whose rights are in groups."""
        self.client.force_login(self.chloe)
        found = []
        for words in ("on", "C87", "Organisation", "nothing at all"):
            with CaptureQueriesContext(connection) as captured:
                self.assertEqual(self.client.get("/admin/find/", {"q": words}).status_code, 200)
            found.append(len(captured))
        return found

    def test_it_asks_each_list_once_however_much_there_is(self):
        make_crowd(Crowd(5, 5, 5, 5, 5, updates=1))
        few = self.counts()
        make_crowd(Crowd(295, 295, 295, 295, 295, updates=1), start=5)
        self.assertEqual(self.counts(), few)
        lists = self.ask("on", self.chloe).context["finding"].lists()
        self.assertLessEqual(max(few), len(lists) + 5)  # the session, the account, two for its rights, the codes of comments
