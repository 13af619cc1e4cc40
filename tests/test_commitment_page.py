"""The page of a commitment: its words, its state on any day of both axes, what happened, and who said what."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import models as newsroom
from articles.models import CLOSING, Commitment, Delivery, Effect, Evidence, ProgressUpdate, Reply, Wording
from articles.promises import MEANING
from conventions.models import Ratification, Version
from conventions.snapshots import snapshot
from tests.cast import PUBLISHED_AT, SECRETS, SOURCE, CastMixin
from tests.crawl import Page

pytestmark = pytest.mark.once

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MAY = datetime(2025, 5, 1, 9, tzinfo=UTC)


def at(moment):
    return mock.patch.object(timezone, "now", return_value=moment)


def section(html, name):
    """The part of a page under the heading of that id."""
    return html.split(f'aria-labelledby="{name}"')[1].split('<h2 class="rule-head"', 2)[1]


class CommitmentPageCase(CastMixin, TestCase):
    """The cast, all of it recorded as of the day on which it was published."""

    def setUp(self):
        Commitment.objects.update(recorded_at=PUBLISHED_AT)
        self.ratify.refresh_from_db()

    def html(self, query="", commitment=None, status=200):
        with at(NOON):
            response = self.client.get(f"{(commitment or self.amend).get_absolute_url()}{query}")
        self.assertEqual(response.status_code, status)
        return response.content.decode()

    def text(self, query="", commitment=None):
        return Page(self.html(query, commitment)).text

    def part(self, name, query="", commitment=None):
        return Page(section(self.html(query, commitment), name)).text

    def add(self, day, delivery="under-way", *, recorded=MAY, commitment=None, **fields):
        commitment = commitment or self.amend
        number = commitment.updates.count() + 1
        facts = {"status": "published", "published_at": recorded, "summary": f"Step {number}.", "evidence": self.evidence}
        return ProgressUpdate.objects.create(
            commitment=commitment, number=number, happened_on=day, delivery=delivery, recorded_at=recorded, **facts | fields
        )

    def source(self, title, voice="workers", **fields):
        return Evidence.objects.create(
            title=title,
            url=f"https://example.org/{title.replace(' ', '-')}",
            publisher=f"Paper of {title}",
            voice=voice,
            **fields,
        )


class WordsTests(CommitmentPageCase):
    def test_the_words_with_their_source_and_how_strong_they_are(self):
        text = self.part("words")
        for words in (
            "amendments to the Labour Code",
            "https://example.org/release",
            "Strength: Amend law. Kept when the law is",
        ):
            self.assertIn(words, text)
        self.assertNotIn("differently", text)

    def test_what_stands_around_them_is_joined_as_in_the_source(self):
        for suffix, told in [(", 2025", "Labour Code, 2025 …"), ("of 2025", "Labour Code of 2025 …")]:
            Commitment.objects.filter(pk=self.amend.pk).update(prefix="plans", suffix=suffix)
            self.assertIn(f"… plans amendments to the {told}", self.part("words"))

    def test_where_the_words_were_not_seen_the_page_says_so(self):
        Commitment.objects.filter(pk=self.amend.pk).update(exact="", note="Only a report of the speech was seen.")
        text = self.part("words")
        self.assertIn("The words of this promise were not seen. Only a report of the speech was seen.", text)
        self.assertEqual(text.count("Only a report"), 1)
        self.assertNotIn("<mark>", self.html())

    def test_other_wordings_stand_beside_them(self):
        evidence = self.source("A signatory", dated_on=date(2024, 6, 10))
        Wording.objects.create(
            commitment=self.amend, evidence=evidence, exact="will be discussed", prefix="amendments", strength="discuss"
        )
        text = self.part("words")
        told = "Workers Paper of A signatory: … amendments “will be discussed” (Open discussion) A signatory · 10 June 2024"
        self.assertIn(told, text)
        self.assertIn("The verdict is measured against the words quoted first.", text)

    def test_every_strength_is_explained(self):
        self.assertEqual(set(MEANING), set(newsroom.Strength))
        for strength in newsroom.Strength:
            if strength != "ratify":
                Commitment.objects.filter(pk=self.amend.pk).update(strength=strength)
                self.assertIn(f"Strength: {strength.label}. {MEANING[strength]}", self.part("words"))

    def test_instruments_laws_and_who_is_responsible(self):
        self.ratify.also_concerns.add(self.c190)
        text = self.text("", self.ratify)
        self.assertIn("C190 Violence and Harassment Convention, 2019 also concerned", text)
        self.assertIn("National law Labour Code ILO, press release", text)
        self.assertIn("Responsible Ministry of Labour drafts the law", text)

    def test_a_law_whose_day_is_not_read_is_not_said_to_be_of_then(self):
        address, doubt = self.ratify.get_absolute_url(), "it may be of a later one"
        self.assertNotContains(self.client.get(address), doubt)
        self.assertContains(self.client.get(address, {"as_of": "2025-06-30"}), doubt)

    def test_when_it_was_made(self):
        self.assertIn("Made Date not known", self.text())
        newsroom.Roadmap.objects.filter(pk=self.roadmap.pk).update(signed_on=date(2024, 6, 30), signed_on_precision="month")
        self.assertIn("Made June 2024 signature of the roadmap", self.text())
        Commitment.objects.filter(pk=self.amend.pk).update(made_on=date(2024, 12, 31), made_on_precision="year")
        self.assertIn("Made 2024 Due", self.text())

    def test_how_much_time_is_left(self):
        for query, told in [
            ("?as_of=2025-12-30", "Due 31 December 2025 end of the roadmap · 1 day left"),
            ("?as_of=2025-12-31", "Due 31 December 2025 end of the roadmap · this is the last day"),
            ("?as_of=2026-01-02", "Due 31 December 2025 end of the roadmap · 2 days over"),
        ]:
            self.assertIn(told, self.text(query))
        self.add(date(2025, 4, 1), "delivered")
        self.assertNotIn("days over", self.text())
        Commitment.objects.filter(pk=self.amend.pk).update(due_on=date(2026, 12, 31), due_on_precision="year")
        self.assertIn("Due 2026 What happened since", self.text())


class StateTests(CommitmentPageCase):
    """The page says exactly what `with_state()` says."""

    def head(self, query=""):
        return Page(self.html(query).split('<p class="verdict">')[1].split("</p>")[0]).text

    def test_delivery_and_effect_stand_apart_each_with_word_and_shape(self):
        self.assertEqual(self.head(), "○ No information ▲ Overdue Effect: – Not assessed")
        self.add(date(2025, 4, 1), "delivered", effect="none-seen")
        self.assertEqual(self.head(), "● Delivered not yet confirmed Effect: □ None seen by what happened on 1 April 2025")

    def test_confirmation_only_from_then_on(self):
        self.add(date(2025, 4, 1), "not-delivered", confirmed_at=MAY + timedelta(days=9), confirmed_by=self.carl)
        self.assertIn("✕ Not delivered Effect", self.head())
        self.assertIn("✕ Not delivered confirmed 10 May 2025 Effect", self.part("since"))
        self.assertIn("✕ Not delivered Effect", self.head("?known=2025-05-10"))
        before = "?known=2025-05-09"
        self.assertIn("✕ Not delivered not yet confirmed", self.head(before))
        self.assertIn("✕ Not delivered not yet confirmed", self.part("since", before))
        self.assertNotIn("10 May", self.part("since", before))

    def history(self, chance):
        """Some updates at random, of which some supersede others, are confirmed or withdrawn."""
        for _number in range(chance.randint(1, 6)):
            recorded = datetime(2025, 1, 1, 12, tzinfo=UTC) + timedelta(days=chance.randint(0, 300))
            before = list(self.amend.updates.all())
            facts = {"effect": chance.choice(Effect.values), "delivery": chance.choice(Delivery.values)}
            if before and chance.random() < 0.4:
                facts |= {"supersedes": chance.choice(before), "reason": "It was wrong."}
            if facts["delivery"] in CLOSING and chance.random() < 0.5:
                facts |= {"confirmed_at": recorded + timedelta(days=chance.randint(0, 60)), "confirmed_by": self.carl}
            if chance.random() < 0.25:
                withdrawn = recorded + timedelta(days=chance.randint(0, 60))
                facts |= {"status": "withdrawn", "withdrawn_at": withdrawn, "public_note": "The source withdrew it."}
            happened = date(2024, 7, 1) + timedelta(days=chance.randint(0, 500))
            self.add(happened, recorded=recorded, **facts)

    def told(self, as_of, known):
        """The state as the head must say it."""
        with at(NOON):
            state = Commitment.objects.with_state(as_of, known).get(pk=self.amend.pk)
        words = Delivery(state.delivery).label
        if state.is_closed and not state.confirmed:
            words += " not yet confirmed"
        if state.is_overdue:
            words += " ▲ Overdue"
        return words, Effect(state.effect).label

    def expected(self, as_of, known):
        """The numbers of the updates that the page lists, and of those that it strikes through."""
        with at(NOON):
            mine = ProgressUpdate.objects.filter(commitment=self.amend)
            counting = mine.recorded(known).filter(supersedes__isnull=False)
            struck = set(counting.values_list("supersedes__number", flat=True))
            listed = list(
                mine.told(known)
                .filter(happened_on__lte=as_of or NOON.date())
                .latest_first(known)
                .values_list("number", flat=True)
            )
        return listed, [number for number in listed if number in struck]

    def test_on_any_day_of_both_axes(self):
        for seed in range(12):
            chance = random.Random(seed)
            with self.subTest(seed=seed):
                before = connection.savepoint()
                self.history(chance)
                for _day in range(4):
                    as_of = chance.choice([None, date(2024, 6, 20) + timedelta(days=chance.randint(0, 700))])
                    known = chance.choice([None, date(2024, 12, 20) + timedelta(days=chance.randint(0, 400))])
                    self.check(as_of, known)
                connection.savepoint_rollback(before)

    def check(self, as_of, known):
        days = {"as_of": as_of, "known": known}
        query = "?" + "&".join(f"{name}={day}" for name, day in days.items() if day)
        html = self.html(query)
        delivery, effect = self.told(as_of, known)
        head = re.sub(r"by what happened.*", "", self.head(query)).strip()
        self.assertEqual(head[2:].split(" Effect: "), [delivery, f"{head.split('Effect: ')[1][:1]} {effect}"], query)
        listed = [int(number) for number in re.findall(r'<li id="update-(\d+)"', html)]
        struck = [int(number) for number in re.findall(r'<li id="update-(\d+)" class="superseded"', html)]
        self.assertEqual((listed, struck), self.expected(as_of, known), query)


class DaysTests(CommitmentPageCase):
    def test_a_past_page_is_marked_leads_back_and_is_not_the_one_to_find(self):
        html = self.html("?as_of=2025-06-30&known=2025-07-01")
        page = Page(html)
        told = "As things stood on 30 June 2025, by what was recorded here until 1 July 2025. Back to now"
        self.assertIn(told, page.text)
        self.assertIn({"name": "robots", "content": "noindex"}, page.all("meta"))
        address = self.amend.get_absolute_url()
        self.assertIn({"rel": "canonical", "href": f"http://testserver{address}"}, page.all("link"))
        self.assertIn(address, page.links)
        suffix = "?as_of=2025-06-30&known=2025-07-01"
        for record in (self.roadmap, self.kaz):
            self.assertIn(record.get_absolute_url() + suffix, page.links)
            self.assertEqual(self.client.get(record.get_absolute_url() + suffix).status_code, 200)
        self.assertIn("<title>Kazakhstan: Amend the Labour Code, as of 30 June 2025 ·", html)

    def test_the_present_page_is_the_one_to_find(self):
        html = self.html()
        for words in ("noindex", 'rel="canonical"', "Back to now", 'role="note"'):
            self.assertNotIn(words, html)

    def test_a_wrong_or_future_day_shows_the_present_and_a_sentence(self):
        self.add(date(2025, 4, 1), "in-part")
        for query, sentence in [
            ("?as_of=soon", "“soon” is not a day: write it as 2025-06-30. What is shown is the present state."),
            ("?as_of=2999-01-01", "1 January 2999 has not come yet. What is shown is the present state."),
            ("?known=2026-11-23", "23 November 2026 has not come yet. What is shown is the present state."),
        ]:
            page = Page(self.html(query))
            self.assertIn(sentence, page.text)
            self.assertIn("◑ Delivered in part", page.text)
            self.assertNotIn("Back to now", page.text)
            (field,) = [field for field in page.all("input") if "aria-invalid" in field]
            self.assertEqual(query, f"?{field['name']}={field['value']}")

    def test_what_was_promised_later_is_said_to_be(self):
        Commitment.objects.filter(pk=self.amend.pk).update(made_on=date(2024, 6, 12))
        text = self.text("?as_of=2024-06-11")
        self.assertIn("On 11 June 2024 this promise had not been made. It was made 12 June 2024.", text)
        for words in ("No information", "amendments to the Labour Code", "What happened since", "Overdue"):
            self.assertNotIn(words, text)
        self.assertIn("No information", self.text("?as_of=2024-06-12"))

    def test_so_is_what_was_recorded_later(self):
        before = self.text("?known=2024-06-12")
        self.assertIn("Until 12 June 2024 this promise was not told here. It was recorded on 13 June 2024", before)
        self.assertNotIn("No information", before)
        self.assertIn("No information", self.text("?known=2024-06-13"))

    def test_a_promise_of_a_year_may_have_been_made_on_any_day_of_it(self):
        Commitment.objects.filter(pk=self.amend.pk).update(made_on=date(2024, 12, 31), made_on_precision="year")
        self.assertIn("No information", self.text("?as_of=2024-01-01"))
        self.assertIn("had not been made. It was made 2024.", self.text("?as_of=2023-12-31"))

    def test_what_is_hidden_is_hidden_on_every_day(self):
        for query in ("", "?as_of=2025-06-30", "?known=2025-06-30", "?as_of=2025-06-30&known=2026-06-30"):
            self.html(query, self.hidden_commitment, 404)
            shown = self.html(query, self.ratify).upper()
            self.assertEqual([word for word in SECRETS if word in shown], [], query)

    def test_a_withdrawn_roadmap_is_gone_on_every_day(self):
        self.roadmap.withdraw(by=self.chloe, note="Not signed.")
        for query in ("", "?known=2025-06-30"):
            self.html(query, status=410)


class WordsThenTests(CommitmentPageCase):
    """The words as they were known: by the versions of the commitment."""

    def keep(self, moment, **changes):
        """Save the commitment with changes at a moment."""
        Commitment.objects.filter(pk=self.amend.pk).update(**changes)
        self.write(moment, snapshot(Commitment.objects.get(pk=self.amend.pk)))

    def write(self, moment, shot, kind="saved"):
        number = Version.objects.of(self.amend).count() + 1
        Version.objects.create(record=self.amend, kind=kind, number=number, snapshot=shot, headline="-", at=moment)

    def setUp(self):
        super().setUp()
        self.law = newsroom.Law.objects.create(commitment=self.amend, title="The old law", source=SOURCE)
        newsroom.Responsibility.objects.create(commitment=self.amend, organisation=self.ministry, role="drafts it")
        self.keep(MAY, title="The first title", exact="the first words")
        self.law.title = "The new law"
        self.law.save()
        self.amend.responsibilities.all().delete()
        self.keep(MAY + timedelta(days=10), title="The second title", exact="the second words", strength="discuss")

    def test_it_works(self):
        then, now = self.text("?known=2025-05-10"), self.text("?known=2025-05-11")
        for words in ("The first title", "the first words", "Strength: Amend law", "The old law", "Ministry of Labour drafts it"):
            self.assertIn(words, then)
            self.assertNotIn(words, now)
        for words in (
            "The second title",
            "the second words",
            "Strength: Open discussion",
            "The new law",
            "Responsible Not stated",
        ):
            self.assertIn(words, now)
            self.assertNotIn(words, then)
        self.assertEqual(now.count("the second words"), self.text().count("the second words"))

    def test_before_its_first_version_it_said_what_that_one_says(self):
        self.assertIn("the first words", self.text("?known=2024-12-31"))

    def test_what_was_proposed_or_typed_is_no_word_of_it(self):
        shot = snapshot(self.amend)
        shot["fields"]["title"] = "SECRETDRAFT"
        self.write(MAY + timedelta(days=1), shot, "pending")
        self.assertNotIn("SECRETDRAFT", self.text("?known=2025-05-10"))

    def test_as_of_alone_reads_the_words_of_today(self):
        self.assertIn("the second words", self.text("?as_of=2025-05-01"))

    def test_another_due_date_then_is_told_and_the_state_is_measured_by_it(self):
        self.keep(MAY + timedelta(days=20), due_on=date(2025, 6, 30))
        days = "&as_of=2025-07-15"
        then, later = self.text("?known=2025-05-15" + days), self.text("?known=2025-06-15" + days)
        self.assertIn("Due 31 December 2025", then)
        self.assertNotIn("Overdue", then)
        self.assertIn("Due 30 June 2025 · 15 days over", later)
        self.assertIn("Overdue", later)

    def test_who_has_no_page_today_keeps_the_name_and_no_link(self):
        newsroom.Responsibility.objects.create(commitment=self.amend, organisation=self.hidden_ministry)
        self.keep(MAY + timedelta(days=30))
        self.amend.responsibilities.all().delete()
        self.keep(MAY + timedelta(days=60))
        html = self.html("?known=2025-06-15")
        self.assertIn(self.hidden_ministry.name, html)
        self.assertNotIn(self.hidden_ministry.get_absolute_url(), html)

    def test_it_costs_no_more(self):
        with CaptureQueriesContext(connection) as captured:
            self.html("?as_of=2025-05-10&known=2025-05-10")
        self.assertLessEqual(len(captured), 12)


class UpdatesTests(CommitmentPageCase):
    def test_the_latest_first_each_with_its_address(self):
        self.add(date(2025, 3, 1), summary="A first step.")
        self.add(date(2025, 4, 30), "in-part", summary="A second step.", happened_on_precision="month")
        text = self.part("since")
        self.assertLess(text.index("A second step."), text.index("A first step."))
        self.assertIn("April 2025 ◑ Delivered in part Effect: – Not assessed A second step. Media Draft law", text)
        self.assertEqual(text.count("Recorded here 1 May 2025"), 2)
        for number in (1, 2):
            self.assertIn(f'id="update-{number}"', self.html())

    def test_evidence_says_everything_that_is_known_of_it(self):
        evidence = self.source(
            "The law", "government", dated_on=date(2025, 4, 30), dated_on_precision="month", excerpt="shall enter into force",
            archived_url="https://archive.example.org/law", accessed_on=date(2025, 5, 2), article=self.published,
        )  # fmt: skip
        update = self.add(date(2025, 4, 1))
        update.further_evidence.add(evidence)
        page = Page(self.html())
        told = "Government The law, Paper of The law · April 2025 · archived copy · read on 2 May 2025 · our article “shall enter"
        self.assertIn(told, page.text)
        for address in ("https://archive.example.org/law", self.published.get_absolute_url()):
            self.assertIn(address, page.links)

    def test_an_article_that_is_not_public_is_not_linked(self):
        for article in (self.draft, self.scheduled, self.withdrawn):
            self.add(date(2025, 4, 1), evidence=self.source(f"Told in {article.pk}", article=article))
            html = self.html()
            self.assertNotIn("our article", html)
            self.assertNotIn(article.get_absolute_url(), html)

    def test_what_was_superseded_is_struck_through_with_the_reason_from_then_on(self):
        wrong = self.add(date(2025, 3, 1), "delivered", summary="It passed.")
        later = MAY + timedelta(days=5)
        self.add(
            date(2025, 3, 1), "under-way", recorded=later, supersedes=wrong, reason="Only the first reading.", summary="Read."
        )
        self.assertIn("<del>It passed.</del>", self.html())
        text = self.part("since")
        self.assertIn(
            "It passed. Superseded by the update of 1 March 2025 : Only the first reading.", text.replace("2025:", "2025 :")
        )
        self.assertIn("Supersedes the update of 1 March 2025", text)
        before = self.html("?known=2025-05-05")
        self.assertNotIn("<del>", before)
        self.assertNotIn("first reading", before)
        self.assertIn("● Delivered", Page(before).text)

    def test_superseded_by_what_had_not_happened(self):
        """It was known by then to be wrong, and what stands in its place is of a later day."""
        wrong = self.add(date(2025, 3, 1), "delivered", summary="It passed.")
        self.add(date(2025, 4, 1), "under-way", supersedes=wrong, reason="It was read.", summary="A first reading.")
        text = self.part("since", "?as_of=2025-03-31")
        self.assertIn("Superseded by an update of a later event: It was read.", text)
        self.assertNotIn("A first reading.", text)

    def test_what_was_withdrawn_since_shows_its_date_its_delivery_and_the_note(self):
        evidence = self.source("SECRETSOURCE", excerpt="SECRETEXCERPT")
        update = self.add(date(2025, 3, 1), "delivered", summary="SECRETSUMMARY", evidence=evidence)
        update.further_evidence.add(self.source("SECRETFURTHER"))
        with at(MAY + timedelta(days=30)):
            update.withdraw(by=self.chloe, note="The source was a forgery.")
        text = self.part("since")
        self.assertIn(
            "1 March 2025 An update of this event was withdrawn on 31 May 2025, and counts no more: The source was", text
        )
        self.assertNotIn("Delivered", text)
        self.assertNotIn("SECRET", self.html())
        self.assertIn("○ No information", self.text())
        html = self.html("?known=2025-05-15")
        text = Page(section(html, "since")).text
        self.assertIn("1 March 2025 ● Delivered not yet confirmed", text)
        self.assertIn("This update was public then and has been withdrawn since: The source was a forgery.", text)
        self.assertNotIn("SECRET", html)
        self.assertIn("● Delivered not yet confirmed Effect: – Not assessed by what happened on 1 March 2025", Page(html).text)

    def test_a_reason_that_was_withdrawn_since_is_not_told(self):
        wrong = self.add(date(2025, 3, 1), "delivered")
        update = self.add(date(2025, 3, 2), supersedes=wrong, reason="SECRETREASON2")
        with at(MAY + timedelta(days=30)):
            update.withdraw(by=self.chloe, note="No.")
        self.assertNotIn("SECRETREASON2", self.html("?known=2025-05-15"))
        self.assertIn("Superseded by the update of 2 March 2025", self.part("since", "?known=2025-05-15"))

    def test_what_is_dated_with_a_year_that_is_not_over_is_announced_and_counts_from_its_end(self):
        self.add(date(2026, 12, 31), "delivered", happened_on_precision="year", summary="It passed.")
        text = self.text()
        self.assertIn("One more update is dated 2026, without a day: it counts, and is told here, from 31 December 2026.", text)
        self.assertNotIn("It passed.", text)
        self.assertEqual(self.text("?as_of=2026").count("One more update"), 1)
        self.assertNotIn("One more update", self.text("?as_of=2025-12-31"))

    def test_without_any_the_page_says_that_nothing_was_seen(self):
        self.assertIn("That says nothing about what was done.", self.part("since"))


class VoicesTests(CommitmentPageCase):
    def voices(self, query=""):
        """What each voice said, by its word."""
        parts = re.split(r'<h3 id="voice-[\w-]+">', section(self.html(query), "voices"))[1:]
        return {Page(part).text.split(" ")[0]: Page(part).text for part in parts}

    def test_the_three_of_tripartism_are_there_also_when_nothing_was_seen(self):
        voices = self.voices()
        self.assertEqual(list(voices), ["Government", "Workers", "Employers"])
        for text in voices.values():
            self.assertIn("Nothing seen.", text)

    def test_everything_that_was_said_the_newest_first(self):
        union = self.source("union", dated_on=date(2025, 4, 2), excerpt="not one of us was asked")
        self.add(date(2025, 4, 1), evidence=union)
        again = self.add(date(2025, 4, 3), evidence=self.source("ILO", "ilo", dated_on=date(2025, 4, 4)))
        again.further_evidence.add(union)
        older = self.source("statement", dated_on=date(2024, 6, 10))
        Wording.objects.create(commitment=self.amend, evidence=older, exact="will be discussed", strength="discuss")
        Reply.objects.create(
            commitment=self.amend, kind="reply", text="We were asked twice.", organisation="The ministry", voice="government",
            identity="SECRETIDENTITY", name="SECRETNAME", email="SECRET@example.org", sender="c", received_at=MAY,
            status="published", published_at=MAY,
        )  # fmt: skip
        voices = self.voices()
        self.assertEqual(list(voices), ["Government", "Workers", "Employers", "ILO"])
        self.assertIn("in reply, received 1 May 2025 · The ministry We were asked twice.", voices["Government"])
        workers = voices["Workers"]
        self.assertIn("2 April 2025 · Paper of union “not one of us was asked” union · on what happened: 1 April 2025", workers)
        self.assertLess(workers.index("2 April 2025"), workers.index("10 June 2024 · Paper of statement “will be discussed”"))
        self.assertEqual(workers.count("not one of us"), 1)
        self.assertNotIn("Nothing seen", workers)
        self.assertIn("#update-1", Page(self.html()).links)
        self.assertNotIn("SECRET", self.html())

    def test_what_is_not_public_says_nothing(self):
        facts = {"commitment": self.amend, "organisation": "The ministry", "voice": "government", "identity": "-", "sender": "c"}
        Reply.objects.create(kind="reply", text="SECRETREPLY", **facts)
        Reply.objects.create(kind="reply", text="SECRETREPLY", status="published", published_at=NOON + timedelta(days=1), **facts)
        self.add(date(2025, 4, 1), evidence=self.source("SECRETSOURCE"), status="draft", published_at=None)
        self.assertNotIn("SECRET", self.html())

    def test_both_days(self):
        self.add(date(2025, 4, 1), evidence=self.source("union", dated_on=date(2025, 4, 20)))
        Reply.objects.create(
            commitment=self.amend, kind="reply", text="Twice.", organisation="The ministry", voice="government", identity="-",
            sender="c", received_at=MAY, status="published", published_at=MAY + timedelta(days=3),
        )  # fmt: skip
        for query, union, reply in [
            ("?as_of=2025-04-19", False, False),
            ("?as_of=2025-04-20", True, False),
            ("?as_of=2025-05-01", True, True),
            ("?known=2025-04-30", False, False),
            ("?known=2025-05-03", True, False),
            ("?known=2025-05-04", True, True),
        ]:
            voices = self.voices(query)
            self.assertEqual(("union" in voices["Workers"], "Twice." in voices["Government"]), (union, reply), query)


class PageTests(CommitmentPageCase):
    def test_it_leads_to_the_form_the_feed_the_calendar_and_its_citation(self):
        links = Page(self.html()).links
        base = self.amend.get_absolute_url()
        for end in ("reply/", "feed/", "due.ics"):
            self.assertIn(base + end, links)
        self.assertIn("As things stood on 22 November 2026", self.part("cite"))

    def test_sources_that_differ_are_marked(self):
        self.assertIn("Sources differ: In which year was it ratified?", self.text("", self.ratify))

    def test_news_by_the_day(self):
        self.assertIn(self.published.headline, self.text())
        self.assertIn(self.published.headline, self.text("?as_of=2024-06-12&known=2024-06-13"))
        self.assertNotIn(self.published.headline, self.text("?as_of=2024-06-11"))

    def test_a_preview_shows_no_day_to_ask_for_and_nothing_to_follow(self):
        self.client.force_login(self.alice)
        response = self.client.get(f"/admin/articles/progressupdate/{self.draft_update.pk}/preview/")
        page = Page(response.content.decode())
        self.assertIn("SECRETUPDATE", page.text)
        for words in ("As of another day", "Report an error or reply", "Cite this page"):
            self.assertNotIn(words, page.text)

    def fill(self, count):
        """So many rows of everything that the page shows."""
        convention, last = self.c176, self.update
        for n in range(count):
            evidence = self.source(f"piece {count} {n}", article=self.published)
            Wording.objects.create(commitment=self.ratify, evidence=evidence, exact=f"words {count} {n}", strength="consult")
            newsroom.Law.objects.create(commitment=self.ratify, title=f"Law {count} {n}", source=SOURCE)
            last = self.add(
                date(2025, 1, 1), commitment=self.ratify, supersedes=last, reason="Wrong.", evidence=evidence, rung="bill"
            )
            last.further_evidence.set(Evidence.objects.exclude(pk=self.hidden_evidence.pk)[:9])
            Reply.objects.create(
                commitment=self.ratify, kind="reply", text="-", organisation="-", voice="workers", identity="-", sender="c",
                received_at=MAY, status="published", published_at=MAY,
            )  # fmt: skip
            Commitment.objects.create(
                roadmap=self.roadmap, number=count + n + 10, title="-", slug=f"more-{count}-{n}", exact="-", strength="ratify",
                convention=convention, source=SOURCE,
            )  # fmt: skip
        self.ratify.also_concerns.set([self.c087, self.c131, self.c190])

    def test_it_asks_the_database_at_most_twelve_times_and_for_what_was_edited_since_four_times_more(self):
        Ratification.objects.create(
            country=self.uzb, convention=self.c176, status="in-force", verification="exists", registered=True, source=SOURCE
        )
        Version.objects.create(record=self.ratify, kind="saved", number=1, snapshot=snapshot(self.ratify), headline="-", at=MAY)
        for count in (1, 9):
            self.fill(count)
            for query, most in [("", 12), ("?as_of=2026-06-30", 12), ("?as_of=2026-06-30&known=2026-06-30", 16)]:
                with CaptureQueriesContext(connection) as captured:
                    self.html(query, self.ratify)
                self.assertLessEqual(len(captured), most, (count, query))
