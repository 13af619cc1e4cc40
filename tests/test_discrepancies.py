"""What sources say differently: who may let the public read it, in which state, and where it is shown."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Discrepancy, Evidence, Reading, Refused
from conventions.models import Version
from conventions.snapshots import snapshot
from tests.cast import PUBLIC_NOTE, PUBLISHED_AT, SECRETS, CastMixin
from tests.crawl import Page
from tests.forms import AdminCase, add_row
from tests.test_content import CONTENT, REGISTER, ROADMAP, SIGNING

pytestmark = pytest.mark.rules


def state_of(discrepancy):
    """All that the database holds of it."""
    row = Discrepancy.objects.get(pk=discrepancy.pk)
    return row.status, row.pending_id, row.pending_status, snapshot(row), Version.objects.of(row).count(), row.history().count()


class DiscrepancyCase(CastMixin, TestCase):
    def new(self, *says, used=None, **facts):
        """A draft of alice's with a reading for each of these words."""
        facts = {"title": "How many were ratified?", "slug": "how-many", "drafted_by": self.alice, **facts}
        discrepancy = Discrepancy.objects.create(**facts)
        for word in says:
            Reading.objects.create(discrepancy=discrepancy, says=word, evidence=self.evidence, is_used=word == used)
        return discrepancy

    def put_out(self, *says, **facts):
        discrepancy = self.new(*says, **facts)
        discrepancy.submit(by=self.alice)
        discrepancy.publish(by=self.boris)
        return discrepancy

    def propose(self, discrepancy, readings=None, **fields):
        """Let a change by alice wait: other readings, as pairs of what they say and whether they are used; other fields."""
        shot = snapshot(discrepancy)
        shot["fields"] |= fields
        if readings is not None:
            rows = {row["fields"]["says"]: row for row in shot["parts"]["readings"]}
            like = next(iter(rows.values()))
            shot["parts"]["readings"] = [
                {"id": rows.get(says, {"id": -number})["id"], "fields": {**like["fields"], "says": says, "is_used": used}}
                for number, (says, used) in enumerate(readings, 1)
            ]
        return discrepancy.propose(shot, by=self.alice)

    def assertRefused(self, sentence, discrepancy, verb, *args, **kwargs):
        before = state_of(discrepancy)
        with self.assertRaises(Refused) as caught, transaction.atomic():
            verb(*args, **kwargs)
        self.assertIn(sentence, str(caught.exception))
        self.assertEqual(state_of(discrepancy), before)


class VerbsTests(DiscrepancyCase):
    def test_it_works(self):
        discrepancy = self.put_out("24", "25", used="25", resolution="The later one.")
        self.assertTrue(discrepancy.is_published)
        self.assertFalse(discrepancy.is_open)
        self.assertEqual(Discrepancy.objects.with_used().get(pk=discrepancy.pk).used, "25")

    def test_an_open_question_needs_no_reason(self):
        discrepancy = self.put_out("24", "25", "28")
        self.assertTrue(discrepancy.is_open)
        self.assertIsNone(Discrepancy.objects.with_used().get(pk=discrepancy.pk).used)

    def test_one_reading_contradicts_nothing(self):
        for number, says in enumerate([(), ("24",)]):
            discrepancy = self.new(*says, slug=f"how-many-{number}")
            self.assertRefused("takes two readings or more", discrepancy, discrepancy.submit, by=self.alice)

    def test_what_is_used_is_used_for_a_reason(self):
        discrepancy = self.new("24", "25", used="24", resolution="  ")
        self.assertRefused("say why", discrepancy, discrepancy.submit, by=self.alice)

    def test_what_was_taken_away_in_review_is_seen_at_publication(self):
        discrepancy = self.new("24", "25", used="24", resolution="The first.")
        discrepancy.submit(by=self.alice)
        Discrepancy.objects.filter(pk=discrepancy.pk).update(resolution="")
        self.assertRefused("say why", discrepancy, discrepancy.publish, by=self.boris)
        discrepancy.readings.first().delete()
        self.assertRefused("takes two readings or more", discrepancy, discrepancy.publish, by=self.boris)

    def test_nobody_publishes_their_own(self):
        discrepancy = self.new("24", "25", drafted_by=self.boris)
        discrepancy.submit(by=self.boris)
        self.assertRefused("your own text", discrepancy, discrepancy.publish, by=self.boris)
        with self.assertRaises(PermissionDenied):
            discrepancy.publish(by=self.alice)

    def test_the_database_lets_one_reading_be_used(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            self.new("24", "25").readings.update(is_used=True)

    def test_what_was_public_is_deleted_by_nobody(self):
        with self.assertRaises(Refused):
            self.discrepancy.delete()


class ChangeTests(DiscrepancyCase):
    """A change of what is public goes through the same two questions."""

    def setUp(self):
        self.public = self.put_out("24", "25", used="24", resolution="The first.")

    def apply(self, version):
        self.public.submit_change(by=self.alice)
        return self.public.apply(by=self.boris, seen=version.number)

    def test_it_works(self):
        self.apply(self.propose(self.public, [("24", True), ("25", False), ("28", False)]))
        self.assertEqual([reading.says for reading in self.public.readings.all()], ["24", "25", "28"])

    def test_another_reading_is_used_whichever_comes_first(self):
        for used in ("25", "24", "25"):
            self.apply(self.propose(self.public, [("24", used == "24"), ("25", used == "25")]))
            self.assertEqual(Discrepancy.objects.with_used().get(pk=self.public.pk).used, used)

    def test_it_can_be_opened_again(self):
        self.apply(self.propose(self.public, [("24", False), ("25", False)], resolution=""))
        self.assertTrue(Discrepancy.objects.get(pk=self.public.pk).is_open)

    def refused(self, sentence, version):
        """Neither handed in, nor, had it been, applied."""
        self.assertRefused(sentence, self.public, self.public.submit_change, by=self.alice)
        Discrepancy.objects.filter(pk=self.public.pk).update(pending_status="in_review")
        self.public.refresh_from_db()
        for by in (self.boris, self.root):
            self.assertRefused(sentence, self.public, self.public.apply, by=by, seen=version.number)

    def test_no_change_leaves_one_reading(self):
        self.refused("takes two readings or more", self.propose(self.public, [("24", True)]))

    def test_no_change_leaves_none(self):
        self.refused("takes two readings or more", self.propose(self.public, []))

    def test_no_change_leaves_a_used_reading_without_a_reason(self):
        self.refused("say why", self.propose(self.public, resolution=" "))

    def test_no_change_uses_two_readings(self):
        self.refused("One reading is used, or none.", self.propose(self.public, [("24", True), ("25", True)]))

    def test_a_reading_whose_source_is_no_more_is_not_counted(self):
        lost = Evidence.objects.create(title="Lost", url="https://example.org/lost", publisher="-", voice="media")
        shot = snapshot(self.public)
        shot["parts"]["readings"][1]["fields"]["evidence"] = {"id": lost.pk, "name": "Lost"}
        version = self.public.propose(shot, by=self.alice)
        lost.delete()
        self.refused("takes two readings or more", version)

    def test_a_broken_change_can_be_given_up(self):
        self.propose(self.public, [("24", True)])
        self.public.discard(by=self.alice)
        self.assertIsNone(self.public.pending)

    def test_nobody_applies_their_own(self):
        version = self.propose(self.public, resolution="The first, by far.")
        self.public.submit_change(by=self.alice)
        before = state_of(self.public)
        with self.assertRaises(PermissionDenied):
            self.public.apply(by=self.alice, seen=version.number)
        self.assertEqual(state_of(self.public), before)


class ListTests(DiscrepancyCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.open = Discrepancy.objects.create(
            title="Who signed?", slug="who-signed", status="published", published_at=PUBLISHED_AT, country=cls.uzb,
            resolution="Both may have.",
        )  # fmt: skip
        for says, exact in [("The President signed.", "signed by the President"), ("The Minister signed.", "")]:
            Reading.objects.create(discrepancy=cls.open, says=says, exact=exact, evidence=cls.evidence)

    def found(self, query=""):
        return [discrepancy.slug for discrepancy in self.client.get(f"/discrepancies/{query}").context["page"]]

    def test_it_works(self):
        text = Page(self.client.get("/discrepancies/").content.decode()).text
        for words in (
            "2 found",
            "In which year was it ratified? Kazakhstan ● One reading is used",
            "ratified in 2000 ● used here",
            "Media Draft law sent to parliament, The Gazette",
            "Why: The register has the day.",
            "Who signed? Uzbekistan ○ Open",
            "The President signed. “signed by the President”",
            "What can be said: Both may have.",
        ):
            self.assertIn(words, text)
        for word in SECRETS:
            self.assertNotIn(word.casefold(), text.casefold())

    def test_it_is_filtered(self):
        used, opened = self.discrepancy.slug, self.open.slug
        for query, slugs in [
            ("", [used, opened]),
            ("?state=open", [opened]),
            ("?state=used", [used]),
            ("?country=kazakhstan", [used]),
            ("?country=uzbekistan&state=used", []),
            ("?convention=C087", [used]),
            ("?q=who", [opened]),
            ("?q=president", [opened]),  # of a reading
            ("?q=PRESIDENT+signed", [opened]),
            ("?q=register", [used]),  # of the reason
            ("?q=president+register", []),
            ("?state=soon", [used, opened]),  # named as wrong, and filters nothing
        ]:
            with self.subTest(query):
                self.assertEqual(self.found(query), slugs)

    def test_the_choices_lead_somewhere(self):
        form = self.client.get("/discrepancies/").context["filter"].form
        self.assertEqual([str(state) for state in form.fields["country"].queryset], ["Kazakhstan", "Uzbekistan"])
        self.assertEqual([each.code for each in form.fields["convention"].queryset], ["C087"])

    def test_it_costs_as_much_for_many(self):
        def cost(path):
            with CaptureQueriesContext(connection) as captured:
                self.assertEqual(self.client.get(path).status_code, 200)
            return len(captured)

        paths = [
            "/discrepancies/",
            "/discrepancies/?q=who+signed&state=open&country=uzbekistan",
            "/discrepancies/year-of-ratification/",
        ]
        few = [cost(path) for path in paths]
        for number in range(40):
            for state in (self.kaz, self.uzb):
                facts = {"status": "published", "published_at": PUBLISHED_AT, "country": state}
                more = Discrepancy.objects.create(title=f"Who signed {number}?", slug=f"{state.slug}-{number}", **facts)
                for says in ("a", "b"):
                    Reading.objects.create(discrepancy=more, says=says, evidence=self.evidence)
            Reading.objects.create(discrepancy=self.discrepancy, says=f"in {number}", evidence=self.evidence)
        self.assertEqual([cost(path) for path in paths], few)
        self.assertLessEqual(max(few), 12)


class PageTests(DiscrepancyCase):
    def page(self, record=None, status=200):
        response = self.client.get((record or self.discrepancy).get_absolute_url())
        self.assertEqual(response.status_code, status)
        return Page(response.content.decode())

    def test_it_works(self):
        page = self.page()
        for words in (
            "In which year was it ratified?",
            "ratified in 1999",
            "ratified in 2000 ● used here",
            "The register has the day.",
        ):
            self.assertIn(words, page.text)
        public = {record.get_absolute_url() for record in (self.published, self.roadmap, self.ratify, self.c087, self.kaz)}
        self.assertLessEqual(public, set(page.links))

    def test_what_it_concerns_is_linked_only_where_it_is_public(self):
        page = self.page()
        for record in (self.draft, self.hidden_roadmap, self.hidden_commitment):
            self.assertNotIn(record.get_absolute_url(), page.links)
        for word in SECRETS:
            self.assertNotIn(word.casefold(), page.text.casefold())

    def test_the_unpublished_is_not_found_and_the_withdrawn_is_gone(self):
        self.page(self.hidden_discrepancy, status=404)
        self.discrepancy.withdraw(by=self.chloe, note=PUBLIC_NOTE)
        page = self.page(status=410)
        self.assertIn(PUBLIC_NOTE, page.text)
        self.assertIn("In which year was it ratified?", page.text)
        self.assertNotIn("ratified in 1999", page.text)
        self.assertEqual(list(self.client.get("/discrepancies/").context["page"]), [])

    def test_the_sitemap_names_it(self):
        sitemap = self.client.get("/sitemap-discrepancy.xml").content.decode()
        self.assertIn(self.discrepancy.get_absolute_url(), sitemap)
        self.assertNotIn("secret", sitemap)
        self.assertIn("/discrepancies/</loc>", self.client.get("/sitemap-pages.xml").content.decode())


class MarkTests(DiscrepancyCase):
    """Where a fact is shown of which sources say different things, the page says so."""

    MARK = "≠ Sources differ: In which year was it ratified? (we use “ratified in 2000”)"

    def texts(self):
        for record in (self.published, self.roadmap, self.c087):
            response = self.client.get(record.get_absolute_url())
            self.assertEqual(response.status_code, 200)
            yield record, Page(response.content.decode())

    def test_it_works(self):
        for record, page in self.texts():
            with self.subTest(record=record):
                self.assertIn(self.MARK, page.text)
                self.assertIn(self.discrepancy.get_absolute_url(), page.links)

    def test_an_open_one_says_so(self):
        Reading.objects.update(is_used=False)
        for record, page in self.texts():
            with self.subTest(record=record):
                self.assertIn("≠ Sources differ: In which year was it ratified? (open)", page.text)

    def test_the_unpublished_marks_nothing(self):
        self.discrepancy.withdraw(by=self.chloe, note=PUBLIC_NOTE)
        self.hidden_discrepancy.conventions.add(self.c087)
        self.hidden_discrepancy.roadmaps.add(self.roadmap)
        self.hidden_discrepancy.articles.add(self.published)
        for record, page in self.texts():
            with self.subTest(record=record):
                self.assertNotIn("Sources differ", page.text)
                self.assertNotIn("SECRET", page.text)

    def test_it_costs_one_query(self):
        from articles.templatetags.tracker import sources_differ

        with self.assertNumQueries(1):
            self.assertEqual([each.used for each in sources_differ(self.roadmap)["discrepancies"]], ["ratified in 2000"])


class AdminTests(AdminCase):
    """The form, where readings are rows; and the doors through which nothing unclear gets."""

    def setUp(self):
        self.client.force_login(self.alice)

    def rows(self, record, *used, **changes):
        """What the form of a record would send with the readings of these words used, and with other changes."""
        data = self.filled_in(record, **changes)
        for number in range(int(data["readings-TOTAL_FORMS"])):
            data.pop(f"readings-{number}-is_used", None)
            if data[f"readings-{number}-says"].endswith(used):
                data[f"readings-{number}-is_used"] = "on"
        return data

    def readings(self, record):
        return list(record.readings.order_by("pk").values_list("says", "is_used"))

    def begun(self, used=None):
        draft = Discrepancy.objects.create(title="How many?", slug="how-many", resolution="-", drafted_by=self.alice)
        for says in ("24", "25"):
            Reading.objects.create(discrepancy=draft, says=says, evidence=self.evidence, is_used=says == used)
        return draft

    def test_it_works(self):
        data = self.add_form(Discrepancy, title="Who signed?", slug="who-signed", summary="", resolution="")
        for says in ("The President.", "The Minister."):
            data = add_row(data, "readings", says=says, exact="", evidence=str(self.evidence.pk))
        self.save(self.list_of(Discrepancy, "add"), data)
        made = Discrepancy.objects.get(slug="who-signed")
        self.assertEqual((made.status, made.drafted_by), ("draft", self.alice))
        self.assertEqual(self.readings(made), [("The President.", False), ("The Minister.", False)])

    def test_the_list_tells_what_is_used(self):
        text = Page(self.client.get(self.list_of(Discrepancy)).content.decode()).text
        self.assertIn("In which year was it ratified? Published Kazakhstan 2 ratified in 2000", text)
        Reading.objects.filter(discrepancy=self.discrepancy).update(is_used=False)
        text = Page(self.client.get(self.list_of(Discrepancy)).content.decode()).text
        self.assertIn("In which year was it ratified? Published Kazakhstan 2 open", text)

    def test_a_reading_is_found(self):
        other = self.begun()
        for words, found in [
            ("ratified in 1999", [self.discrepancy]),
            ("how many", [other]),
            ("Gazette", [other, self.discrepancy]),
        ]:
            response = self.client.get(self.list_of(Discrepancy), {"q": words})
            shown = [each for each in response.context["cl"].result_list if each != self.hidden_discrepancy]
            self.assertEqual(sorted(shown, key=str), sorted(found, key=str), words)

    def test_open_questions_are_filtered(self):
        other = self.begun()
        for value, found in [("open", {other}), ("used", {self.discrepancy, self.hidden_discrepancy})]:
            response = self.client.get(self.list_of(Discrepancy), {"question": value})
            self.assertEqual(set(response.context["cl"].result_list), found)

    def test_the_form_teaches(self):
        text = Page(self.client.get(self.list_of(Discrepancy, "add")).content.decode()).text
        for words in (
            "Two or more, each with its source",
            "none is used while the question is open",
            "Marked on each of their pages",
        ):
            self.assertIn(words, text)

    def test_two_used_readings_are_refused(self):
        draft = self.begun("24")
        data = self.rows(draft, "24", "25")
        self.assert_not_saved(self.page(draft), data, "One reading is used, or none.", Discrepancy, Reading)

    def test_another_reading_can_be_used_whichever_comes_first(self):
        draft = self.begun("24")
        for used in ("25", "24", "25"):
            self.save(self.page(draft), self.rows(draft, used))
            self.assertEqual(self.readings(draft), [("24", used == "24"), ("25", used == "25")])

    def test_the_used_reading_can_be_deleted_for_another(self):
        draft = self.begun("25")
        data = self.rows(draft, "24") | {"readings-1-DELETE": "on"}
        self.save(self.page(draft), data)
        self.assertEqual(self.readings(draft), [("24", True)])

    def test_an_unclear_one_is_not_handed_in(self):
        one, without = self.begun(), self.begun_without_reason()
        one.readings.last().delete()
        for record, sentence in [(one, "takes two readings or more"), (without, "say why")]:
            before = state_of(record)
            address = reverse("admin:articles_discrepancy_move", args=["submit"]) + f"?ids={record.pk}"
            self.assertContains(self.client.get(address), sentence)
            response = self.client.post(address, {"read": f"{record.pk}-1"}, follow=True)
            self.assertEqual(state_of(record), before)
            self.assertTrue(any(sentence in said for said in self.said(response)), self.said(response))

    def begun_without_reason(self):
        draft = Discrepancy.objects.create(title="Why?", slug="why", drafted_by=self.alice)
        for says in ("24", "25"):
            Reading.objects.create(discrepancy=draft, says=says, evidence=self.evidence, is_used=says == "24")
        return draft

    def test_a_change_of_what_is_public_waits_and_is_shown_again(self):
        """The reading that is used changes from the later to the earlier one: nothing stands in the way of looking at it."""
        before = self.readings(self.discrepancy)
        self.save(self.page(self.discrepancy), self.rows(self.discrepancy, "1999", resolution="The law is of 1999."))
        self.assertEqual(self.readings(self.discrepancy), before)
        again = self.filled_in(self.discrepancy)
        self.assertEqual(again["readings-0-is_used"], "True")
        self.assertNotIn("readings-1-is_used", again)
        self.discrepancy.refresh_from_db()
        self.discrepancy.submit_change(by=self.alice)
        self.discrepancy.apply(by=self.boris, seen=self.discrepancy.pending.number)
        self.assertEqual(self.readings(self.discrepancy), [("ratified in 1999", True), ("ratified in 2000", False)])

    def test_a_change_that_would_leave_it_unclear_is_not_handed_in(self):
        self.save(self.page(self.discrepancy), self.rows(self.discrepancy, "2000", resolution=""))
        before = state_of(self.discrepancy)
        address = reverse("admin:articles_discrepancy_move", args=["submit_change"]) + f"?ids={self.discrepancy.pk}"
        self.assertContains(self.client.get(address), "say why")
        self.client.post(address, {"read": f"{self.discrepancy.pk}-{before[4]}"})
        self.assertEqual(state_of(self.discrepancy), before)

    def test_a_preview_shows_what_waits(self):
        self.save(self.page(self.discrepancy), self.rows(self.discrepancy, "1999", resolution="The law is of 1999."))
        text = Page(self.client.get(self.page(self.discrepancy, "preview")).content.decode()).text
        self.assertIn("ratified in 1999 ● used here", text)
        self.assertIn("The law is of 1999.", text)
        self.assertIn(self.ratify.title, text)
        self.assertNotIn("SECRET", text)


class ContentTests(TestCase):
    """The seven of the Kazakh roadmap, as the public reads them."""

    fixtures = [*REGISTER, *CONTENT]

    def test_it_works(self):
        found = Discrepancy.objects.published().with_used()
        self.assertGreaterEqual(len(found), 7)
        for discrepancy in found:
            discrepancy.refuse_unclear()  # it would pass review
            response = self.client.get(discrepancy.get_absolute_url())
            text = Page(response.content.decode()).text
            for reading in discrepancy.readings.select_related("evidence"):
                self.assertIn(reading.says, text)
                self.assertIn(" ".join(reading.exact.split()), text)
                self.assertIn(reading.evidence.publisher, text)
            self.assertIn("○ Open" if discrepancy.used is None else "● used here", text)

    def test_they_are_marked_where_the_fact_is_shown(self):
        for address in (f"/roadmaps/{ROADMAP}/", "/conventions/c087/", f"/articles/2024/{SIGNING}/"):
            page = Page(self.client.get(address).content.decode())
            self.assertIn("Sources differ", page.text, address)
            self.assertTrue([href for href in page.links if href.startswith("/discrepancies/") and len(href) > 20])
