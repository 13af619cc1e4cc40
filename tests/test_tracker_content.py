"""What States promised, as it is committed: the roadmap of Kazakhstan on three days, 28 promises elsewhere, 13 discrepancies.

Each row of the tables below is one promise and how it stands, so that none can change its reading unseen.
"""

import json
import re
from datetime import date
from difflib import SequenceMatcher
from io import StringIO
from itertools import combinations

import pytest
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.management import call_command
from django.test import SimpleTestCase, TestCase

from articles.models import Commitment, Discrepancy, Evidence, ProgressUpdate, Roadmap
from articles.models.commitments import READ_IN_REGISTER
from tests.test_content import CONTENT, ROADMAP, ContentTestCase, read

pytestmark = pytest.mark.rules

SEEN = date(2026, 11, 22)
STATEMENTS = "statements"

#: Whose values the database writes in another form: rich text that is cleaned, a number with its decimals.
REWRITTEN = ("article", "statistic")

#: Where each promise was made: what sort of agreement, whose, until when, and who agreed.
AGREEMENTS = {
    "promises-of-kazakhstan": (STATEMENTS, "KAZ", None, []),
    "promises-of-kyrgyzstan": (STATEMENTS, "KGZ", None, []),
    "kazakhstan-general-agreement-2021-2023": ("general-agreement", "KAZ", "2023", ["government", "employers", "workers"]),
    "uzbekistan-decent-work-country-programme-2021-2025": ("country-programme", "UZB", "2025", ["government", "ilo"]),
    "uzbekistan-roadmap-2024-2025": ("roadmap", "UZB", "2025", ["government", "employers", "workers", "ilo"]),
    "promises-of-uzbekistan": (STATEMENTS, "UZB", None, []),
    "turkmenistan-roadmap-2024-2025": ("roadmap", "TKM", "2025", ["government", "ilo"]),
    "promises-of-turkmenistan": (STATEMENTS, "TKM", None, []),
    "tajikistan-action-plan-2025-2026": ("action-plan", "TJK", "2026", ["government", "employers", "workers", "ilo"]),
    "bangladesh-roadmap-2021-2026": ("roadmap", "BGD", "2026", ["government"]),
    "promises-of-bangladesh": (STATEMENTS, "BGD", None, []),
    "duties-of-all-member-states": (STATEMENTS, None, None, []),
}

#: Strength, instrument, when it was made and is due as a reader sees it, delivery, effect, and whether it is overdue.
PROMISES = {
    "kazakhstan-ratify-c175": ("ratify", "C175", "3 November 2021", None, "delivered", "not-assessed", False),
    "kazakhstan-safe-work-concept": ("other", None, "20 May 2021", "2021", "delivered", "not-assessed", False),
    "kazakhstan-minister-ratify-c131": ("ratify", "C131", "2022", None, "in-part", "not-assessed", False),
    "kazakhstan-raise-minimum-wage-2026": (
        "other", None, "27 June 2025", "1 January 2026", "not-delivered", "not-assessed", False,
    ),
    "kazakhstan-resume-country-programme": ("other", None, "6 September 2024", None, "under-way", "not-assessed", False),
    "kazakhstan-union-and-dispute-law": ("adopt-law", "C087", "2022", "31 March 2023", "under-way", "not-assessed", True),
    "kazakhstan-2021-consult-on-19-conventions": ("consult", None, None, "2023", "under-way", "not-assessed", True),
    "kazakhstan-2021-social-partnership-law": ("adopt-law", None, None, "2023", "no-information", "not-assessed", True),
    "kyrgyzstan-ratify-c190": ("ratify", "C190", "1 March 2023", None, "delivered", "not-assessed", False),
    "kyrgyzstan-amend-laws-for-c190": ("amend-law", "C190", "2024", None, "no-information", "not-assessed", False),
    "kyrgyzstan-labour-inspection-c081": ("strengthen", "C081", "June 2025", None, "no-information", "not-assessed", False),
    "kyrgyzstan-submit-instruments": ("consult", None, None, "December 2020", "no-information", "not-assessed", True),
    "uzbekistan-2024-carry-out-programme": ("other", None, "23 February 2024", "2025", "in-part", "not-assessed", True),
    "uzbekistan-country-programme-2026-2030": (
        "other", None, "9 July 2024", "1 January 2026", "under-way", "not-assessed", True,
    ),
    "uzbekistan-ratify-c155": ("ratify", "C155", None, None, "delivered", "not-assessed", False),
    "turkmenistan-2024-decree-forced-labour": ("adopt-law", "C105", None, "2025", "no-information", "not-assessed", True),
    "turkmenistan-2024-no-pickers-under-18": ("other", "C105", None, "2025", "in-part", "not-assessed", True),
    "turkmenistan-2024-complaints-and-penalties": ("other", "C105", None, "2025", "under-way", "none-seen", True),
    "turkmenistan-2024-pay-for-pickers": ("other", None, None, "2025", "in-part", "some", True),
    "turkmenistan-observe-cotton-harvest": ("other", "C105", "14 September 2023", None, "in-part", "not-assessed", False),
    "tajikistan-2025-four-priorities": ("other", None, "28 October 2025", "2026", "no-information", "not-assessed", False),
    "bangladesh-2021-amend-labour-act": ("amend-law", "C087", "May 2021", "March 2023", "in-part", "not-assessed", True),
    "bangladesh-2021-carry-out-road-map": ("other", "C081", "May 2021", "2026", "no-information", "not-assessed", False),
    "bangladesh-ratify-c155": ("ratify", "C155", "June 2025", None, "delivered", "not-assessed", False),
    "bangladesh-ratify-c187": ("ratify", "C187", "June 2025", None, "delivered", "not-assessed", False),
    "bangladesh-ratify-c190": ("ratify", "C190", "June 2025", None, "delivered", "not-assessed", False),
    "bangladesh-appoint-inspectors": ("strengthen", "C081", "June 2025", None, "no-information", "not-assessed", False),
    "all-members-submit-c193": ("consult", "C193", "12 June 2026", "12 June 2027", "no-information", "not-assessed", False),
}  # fmt: skip

#: The steps towards ratification that the updates tell, each with its day.
STEPS = {
    "kazakhstan-2024-ratify-c176": [("announced", "2024-06-12")],
    "kazakhstan-2024-ratify-c131": [
        ("announced", "2024-06-12"), ("bill", "2024-07-26"), ("lower-house", "2025-09-10"), ("upper-house", "2025-10-09"),
        ("signed", "2025-10-20"),
    ],
    "kazakhstan-ratify-c175": [("announced", "2021-11-03"), ("upper-house", "2022-03-31"), ("signed", "2022-04-20")],
    "kazakhstan-minister-ratify-c131": [
        ("announced", "2022-12-31"), ("bill", "2024-07-26"), ("lower-house", "2025-09-10"), ("upper-house", "2025-10-09"),
        ("signed", "2025-10-20"),
    ],
    "kyrgyzstan-ratify-c190": [("bill", "2023-03-01"), ("signed", "2024-02-28")],
    "uzbekistan-ratify-c155": [("signed", "2024-10-02")],
    "bangladesh-ratify-c155": [("announced", "2025-06-30")],
    "bangladesh-ratify-c187": [("announced", "2025-06-30")],
    "bangladesh-ratify-c190": [("announced", "2025-06-30")],
}  # fmt: skip

#: How many readings, and the words of the one that is used; None where the question is open.
DISCREPANCIES = {
    "which-convention-stands-behind-the-second-no-131": (5, None),
    "year-in-which-kazakhstan-ratified-c87": (4, "Ratified in 2000."),
    "what-the-roadmap-promises-on-c176": (2, "Plans to ratify."),
    "who-signed-the-roadmap-for-the-employers": (
        2, "Aidos Abikhanov, of the National Confederation of Employers “Paryz”, signed.",
    ),
    "day-on-which-the-roadmap-was-signed": (2, None),
    "how-many-conventions-kazakhstan-has-ratified": (4, None),
    "which-convention-the-law-no-29-ii-ratified": (2, "Convention No. 87, in the sentence of the law."),
    "which-country-the-case-of-2016-on-c87-is-about": (2, "Kazakhstan, in the heading of the page."),
    "how-many-people-the-minimum-wage-rise-of-2022-reached": (2, None),
    "from-which-sum-the-minimum-wage-rose-in-2022": (2, "42,500 tenge."),
    "day-on-which-somalia-ratified-seven-conventions": (3, "8 March 2021."),
    "how-far-kyrgyzstans-labour-code-shrank-on-safety": (2, None),
    "day-on-which-bangladesh-ratified-three-conventions": (2, "20 November 2025, when the instruments were deposited."),
}  # fmt: skip


class FilesTests(SimpleTestCase):
    def test_counts(self):
        found = {name: len(read(name)) for name in ("roadmap", "commitment", "progressupdate", "discrepancy", "reading")}
        expected = {"roadmap": 14, "commitment": 39, "progressupdate": 105, "discrepancy": 13, "reading": 34}
        self.assertEqual(found, expected)

    def test_each_record_says_when_it_was_recorded(self):
        """Explicitly: what a file leaves out would be the day on which it is loaded."""
        days = {"2026-11-22T12:00:00Z", "2026-11-23T01:00:00Z", "2026-11-28T22:00:00Z"}
        for name in ("commitment", "progressupdate"):
            for fields in read(name):
                self.assertIn(fields["recorded_at"], days)

    def test_one_address_has_one_spelling(self):
        """Addresses that differ by a letter or two within a word are one that was mistyped."""
        text = "".join((settings.BASE_DIR / "fixtures" / f"{name}.json").read_text("utf-8") for name in CONTENT)
        paths = sorted({url.split("://")[1].rstrip("/") for url in re.findall(r'https?://[^\s"\\;]+', text) if len(url) > 60})
        near = [
            (one, other)
            for one, other in combinations(paths, 2)
            if one[:20] == other[:20] and abs(len(one) - len(other)) < 3 and SequenceMatcher(None, one, other).ratio() > 0.985
        ]
        self.assertEqual([pair for pair in near if not set(re.findall(r"\d+", pair[0])) ^ set(re.findall(r"\d+", pair[1]))], [])

    def test_no_account_is_named(self):
        for name in CONTENT:
            for fields in read(name):
                people = [key for key, value in fields.items() if key.endswith("_by") and value]
                self.assertFalse(people, (name, fields))

    def test_what_is_told_names_no_file_of_ours(self):
        for name in ("roadmap", "commitment", "progressupdate", "evidence", "discrepancy", "law"):
            for fields in read(name):
                self.assertNotRegex(json.dumps(fields, ensure_ascii=False), r"facts/|\.md\b|\[U\]|/work/")


class KazakhstanTests(ContentTestCase):
    """The roadmap 2024-2025, as it stood on three days."""

    def states(self, as_of):
        found = self.roadmap.commitments.with_state(as_of=as_of)
        return {state.slug.removeprefix("kazakhstan-2024-"): (state.delivery, state.effect) for state in found}

    def test_on_the_day_of_the_news_nothing_was_known_beyond_it(self):
        states = self.states(date(2024, 6, 12))
        self.assertEqual(len(states), 8)
        self.assertLessEqual({delivery for delivery, effect in states.values()}, {"no-information", "under-way"})

    def test_at_the_end_of_2025(self):
        states = self.states(date(2025, 12, 31))
        self.assertEqual(states["ratify-c131"][0], "in-part")
        self.assertEqual(states["discuss-c190"][0], "delivered")
        self.assertEqual(states["fair-wages"], ("delivered", "none-seen"))

    def test_the_law_on_c131_is_there_and_no_registration(self):
        c131 = Commitment.objects.get(slug="kazakhstan-2024-ratify-c131")
        law = c131.updates.get(rung="signed")
        self.assertEqual((law.happened_on, law.delivery), (date(2025, 10, 20), "in-part"))
        self.assertIn("224-VIII", law.summary)
        self.assertIn("registered with the ILO was not found", law.summary)
        self.assertFalse(Commitment.objects.filter(pk=c131.pk).met_by_register().exists())

    def test_delivery_of_the_method_is_apart_from_its_effect(self):
        self.assertEqual(self.states(date(2025, 9, 1))["fair-wages"], ("delivered", "not-assessed"))
        self.assertEqual(self.states(date(2025, 9, 2))["fair-wages"], ("delivered", "none-seen"))
        wage = Commitment.objects.get(slug="kazakhstan-2024-fair-wages")
        self.assertEqual((wage.area.title, wage.exact), ("Fair wages", "fair wages"))
        self.assertIn("name an area of work and no measure", wage.note)

    def test_a_signatory_words_it_weaker(self):
        wording = Commitment.objects.get(slug="kazakhstan-2024-ratify-c176").wordings.get()
        self.assertEqual((wording.strength, wording.evidence.voice), ("consult", "workers"))
        self.assertEqual(wording.exact, "consultations will be held regarding the ratification")

    def test_the_round_table_after_the_end(self):
        last = Commitment.objects.get(slug="kazakhstan-2024-freedom-of-association-c87").updates.first()
        self.assertEqual((last.happened_on, last.delivery), (date(2026, 1, 30), "under-way"))

    def test_its_own_sources_lead_to_our_article(self):
        self.assertEqual(set(self.signing.evidence.values_list("voice", flat=True)), {"ilo", "workers"})


class PromisesTests(ContentTestCase):
    """The promises made elsewhere."""

    def test_where_they_were_made(self):
        found = Roadmap.objects.exclude(pk__in=[self.roadmap.pk, self.programme.pk])
        self.assertEqual(
            {
                each.slug: (
                    each.kind,
                    each.country.iso3 if each.country else None,
                    str(each.ends) if each.ends else None,
                    [party.role for party in each.parties.all()],
                )
                for each in found.select_related("country")
            },
            AGREEMENTS,
        )

    def test_nobody_agreed_to_single_promises(self):
        for each in Roadmap.objects.filter(kind=STATEMENTS):
            self.assertFalse(each.is_agreement or each.parties.exists() or each.signatures.exists() or each.signed_on, each)
            self.assertFalse(each.starts_on or each.ends_on, each)

    def test_how_each_stands(self):
        found = Commitment.objects.with_state(as_of=SEEN).filter(roadmap__slug__in=AGREEMENTS).select_related("convention")
        self.assertEqual(
            {
                state.slug: (
                    state.strength,
                    state.convention.code if state.convention else None,
                    str(state.made) if state.made else None,
                    str(state.due_date) if state.due_date else None,
                    state.delivery,
                    state.effect,
                    state.is_overdue,
                )
                for state in found
            },
            PROMISES,
        )

    def test_every_promise_has_an_update_and_every_update_evidence(self):
        self.assertFalse(Commitment.objects.filter(roadmap__slug__in=AGREEMENTS, updates__isnull=True).exists())
        for update in ProgressUpdate.objects.select_related("evidence"):
            self.assertRegex(update.evidence.url, "^https?://")
            self.assertTrue(update.evidence.voice, update)

    def test_what_came_late_shows_by_its_dates(self):
        late = Commitment.objects.with_state(as_of=SEEN).get(slug="kazakhstan-safe-work-concept")
        self.assertGreater(late.since, late.due)
        self.assertTrue(Commitment.objects.overdue(date(2023, 12, 25)).filter(pk=late.pk).exists())
        self.assertFalse(Commitment.objects.overdue(date(2023, 12, 26)).filter(pk=late.pk).exists())

    def test_steps_towards_ratification(self):
        found = {}
        for update in ProgressUpdate.objects.exclude(rung="").order_by("happened_on").select_related("commitment"):
            self.assertTrue(update.commitment.is_to_ratify, update)
            self.assertNotIn(update.rung, READ_IN_REGISTER)
            found.setdefault(update.commitment.slug, []).append((update.rung, update.happened_on.isoformat()))
        self.assertEqual(found, STEPS)

    def test_what_is_contested_has_both_voices(self):
        for slug, voices in (
            ("turkmenistan-2024-complaints-and-penalties", {"government", "ngo"}),
            ("turkmenistan-2024-decree-forced-labour", {"government", "ngo"}),
            ("bangladesh-2021-amend-labour-act", {"government", "employers", "workers"}),
            ("bangladesh-ratify-c190", {"government", "employers", "ilo"}),
            ("kazakhstan-2024-ratify-c176", {"ilo", "workers", "supervisory"}),
        ):
            updates = ProgressUpdate.objects.filter(commitment__slug=slug)
            found = Evidence.objects.filter(leads__in=updates) | Evidence.objects.filter(supports__in=updates)
            self.assertLessEqual(voices, set(found.values_list("voice", flat=True)), slug)

    def test_what_is_inferred_is_said_to_be(self):
        for slug in (
            "kazakhstan-minister-ratify-c131",
            "kyrgyzstan-submit-instruments",
            "uzbekistan-country-programme-2026-2030",
            "all-members-submit-c193",
        ):
            self.assertIn("inferred", Commitment.objects.get(slug=slug).note, slug)

    def test_a_request_of_the_supervisors_is_not_called_a_promise(self):
        self.assertIn("A promise of the Government’s own was not found", self.note("kyrgyzstan-labour-inspection-c081"))
        self.assertIn("not a promise of its own", self.note("kyrgyzstan-submit-instruments"))

    def note(self, slug):
        return Commitment.objects.get(slug=slug).note

    def test_three_promises_for_three_conventions(self):
        self.assertIn("because a promise to ratify names one instrument", self.note("bangladesh-ratify-c187"))

    def test_who_is_to_do_it(self):
        complaints = Commitment.objects.get(slug="turkmenistan-2024-complaints-and-penalties")
        self.assertEqual(complaints.responsible.count(), 7)
        plan = Commitment.objects.get(slug="tajikistan-2025-four-priorities")
        self.assertEqual(set(plan.responsible.values_list("classification", flat=True)), {
            "government", "employers", "workers", "international",
        })  # fmt: skip


class DiscrepanciesTests(ContentTestCase):
    """Seven doubts about the roadmap, of which the last is told as two; and what sources say differently elsewhere."""

    def test_all_readings_and_the_one_that_is_used(self):
        found = {}
        for each in Discrepancy.objects.published().prefetch_related("readings"):
            used = [reading.says for reading in each.readings.all() if reading.is_used]
            found[each.slug] = (len(each.readings.all()), used[0] if used else None)
        self.assertEqual(found, DISCREPANCIES)

    def test_each_says_why_and_of_what(self):
        for each in Discrepancy.objects.all():
            self.assertTrue(each.summary and each.resolution and each.country_id, each)
            self.assertEqual(each.is_open, each.resolution.startswith("Open."), each)

    def test_they_are_found_where_the_fact_is_shown(self):
        about = Discrepancy.objects.about(self.signing)
        self.assertEqual(about.count(), 5)
        self.assertEqual(Discrepancy.objects.about(Roadmap.objects.get(slug=ROADMAP)).count(), 5)
        c131 = Commitment.objects.get(slug="kazakhstan-2024-ratify-c131")
        self.assertEqual(Discrepancy.objects.about(c131).count(), 2)
        self.assertEqual(Discrepancy.objects.about(c131.convention).count(), 2)
        self.assertEqual(Discrepancy.objects.about(self.roadmap.country).count(), 10)


class LoadedTests(TestCase):
    """`load_content` into an empty database: whole, and what is stored is what the files say."""

    def test_what_is_stored_is_what_the_files_say(self):
        out = StringIO()
        call_command("load_content", stdout=out)
        self.assertRegex(out.getvalue(), r"^Loaded [\d,]+ records from \d+ files\.\n$")
        for name in [name for name in CONTENT if name not in REWRITTEN]:
            model = apps.get_model("articles", name)
            stored = json.loads(serializers.serialize("json", model._base_manager.order_by("pk"), use_natural_foreign_keys=True))
            written = json.loads((settings.BASE_DIR / "fixtures" / f"{name}.json").read_text("utf-8"))
            with self.subTest(name):
                self.assertEqual(len(stored), len(written))
                for is_there, was_written in zip(stored, written, strict=True):
                    fields = {key: is_there["fields"][key] for key in was_written["fields"]}
                    self.assertEqual(self.plain(fields), self.plain(was_written["fields"]))

    def plain(self, fields):
        """Sets have no order."""
        return {key: sorted(value) if self.is_set(value) else value for key, value in fields.items()}

    def is_set(self, value):
        return isinstance(value, list) and all(isinstance(each, list) for each in value)
