"""What the register offers to open promises to ratify: which act meets one, and how editors are told. Nothing is stored."""

from datetime import date

import pytest
from django.test import TestCase
from django.utils.html import escape

from articles import models as newsroom
from articles.admin.recording import record_url
from articles.models import Commitment, ProgressUpdate
from articles.templatetags.newsroom import offers_for, offers_of
from conventions.models import Ratification
from conventions.records import PartialDate
from tests.cast import SOURCE, CastMixin
from tests.forms import AdminCase

pytestmark = pytest.mark.rules


#: The verbs by which a verdict comes to count.
MOVED = ("publish", "confirm")


def partial(name, text):
    """The two fields of a partial date."""
    known = PartialDate.parse(text) if text else None
    return {name: known and known.last_day, f"{name}_precision": known.precision if known else "day"}


class ActMixin:
    """The roadmap of the cast runs from 2024, was signed on 10 June 2024, and promises to ratify C176."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.runs("2024", "2024-06-10")

    @classmethod
    def runs(cls, starts, signed):
        dates = partial("starts_on", starts) | partial("signed_on", signed)
        newsroom.Roadmap.objects.filter(pk=cls.roadmap.pk).update(**dates)

    def act(self, ratified="2025-03-01", **changes):
        """An act of ratification of C176 by Kazakhstan that counts."""
        verification = {0: "exists", 4: "year", 10: "day"}[len(ratified)]
        facts = {"country": self.kaz, "convention": self.c176, "status": "in-force", "registered": True, "source": SOURCE}
        return Ratification.objects.create(
            **{**facts, **partial("ratified_on", ratified), "verification": verification, **changes}
        )

    def update_of(self, delivery, day=date(2025, 4, 1), number=9):
        """A public update of the promise."""
        update = ProgressUpdate.objects.create(
            commitment=self.ratify, number=number, happened_on=day, delivery=delivery, summary="-", evidence=self.evidence,
            drafted_by=self.alice, recorded_by=self.alice,
        )  # fmt: skip
        update.submit(by=self.alice)
        update.publish(by=self.boris)


class MetByRegisterTests(ActMixin, CastMixin, TestCase):
    def assertMet(self, *commitments):
        self.assertEqual(list(Commitment.objects.met_by_register()), list(commitments))

    def test_it_works(self):
        act = self.act()
        self.assertMet(self.ratify)
        met = Commitment.objects.met_by_register().get()
        self.assertEqual((met.met_by, met.met), (act.pk, PartialDate(date(2025, 3, 1))))

    def test_without_an_act_nothing_is_met(self):
        self.assertMet()

    def test_a_domestic_law_is_no_ratification(self):
        self.act("", registered=False, national_law="Law No. 217 of 2025")
        self.assertMet()

    def test_what_is_only_reported_does_not_count(self):
        self.act("", registered=False, verification="none", source="")
        self.assertMet()

    def test_neither_does_what_was_struck_or_denounced(self):
        act = self.act(delisted_on=date(2026, 1, 1))
        self.assertMet()
        act.delete()
        self.act(status="denounced", denounced_on=date(2025, 6, 1))
        self.assertMet()

    def test_ratified_anew_after_a_denunciation(self):
        self.act("2001-01-01", status="denounced", denounced_on=date(2002, 1, 1))
        again = self.act(act=2)
        self.assertEqual([met.met_by for met in Commitment.objects.met_by_register()], [again.pk])

    def test_another_state_and_another_instrument_do_not_meet_it(self):
        self.act(country=self.uzb)
        self.act(convention=self.c190)
        self.assertMet()

    def test_less_than_a_promise_to_ratify_is_not_met_by_it(self):
        self.act()
        for strength in ("consult", "discuss", "other"):
            Commitment.objects.filter(pk=self.ratify.pk).update(strength=strength)
            self.assertMet()

    def test_what_is_settled_is_not_open(self):
        self.act()
        self.update_of("under-way")
        self.assertMet(self.ratify)
        for number, delivery in enumerate(("delivered", "not-delivered", "superseded"), 10):
            self.update_of(delivery, date(2025, 4, number), number)
            self.assertMet()

    def test_what_only_a_draft_calls_delivered_is_open(self):
        self.assertEqual(self.draft_update.delivery, "delivered")
        self.act()
        self.assertMet(self.ratify)

    def test_promises_of_unpublished_roadmaps_are_met_too_but_not_public(self):
        Commitment.objects.filter(pk=self.hidden_commitment.pk).update(strength="ratify")
        self.act(convention=self.c190)
        self.assertMet(self.hidden_commitment)
        self.assertEqual(list(Commitment.objects.published().met_by_register()), [])


class UnregisteredTests(ActMixin, CastMixin, TestCase):
    """What is called delivered and is not in the register, for an editor to look at."""

    def assertUnregistered(self, *commitments):
        self.assertEqual(list(Commitment.objects.unregistered()), list(commitments))

    def test_it_works(self):
        self.assertUnregistered()
        self.update_of("delivered")
        self.assertUnregistered(self.ratify)
        self.act()
        self.assertUnregistered()

    def test_an_act_that_does_not_count_is_none(self):
        self.update_of("delivered")
        for changes in (
            {"ratified": "", "registered": False, "national_law": "Law No. 217 of 2025"},
            {"ratified": "2024-06-09"},
            {"delisted_on": date(2026, 1, 1)},
            {"status": "denounced", "denounced_on": date(2025, 6, 1)},
            {"country": self.uzb},
            {"convention": self.c190},
        ):
            with self.subTest(changes=changes):
                act = self.act(**changes)
                self.assertUnregistered(self.ratify)
                act.delete()

    def test_only_what_is_called_delivered_and_only_of_promises_to_ratify(self):
        for number, delivery in enumerate(("under-way", "in-part", "not-delivered", "superseded"), 10):
            self.update_of(delivery, date(2025, 4, number), number)
            self.assertUnregistered()
        self.update_of("delivered", date(2025, 5, 1), 20)
        self.assertUnregistered(self.ratify)
        Commitment.objects.filter(pk=self.ratify.pk).update(strength="consult")
        self.assertUnregistered()

    def test_what_a_draft_says_is_cautioned_and_lies_in_no_pile(self):
        self.assertEqual(self.draft_update.delivery, "delivered")
        self.assertIn("No act in the register meets this promise", self.draft_update.caution)
        self.assertUnregistered()
        self.act()
        self.assertEqual(self.draft_update.caution, "")

    def test_nothing_else_is_cautioned(self):
        self.draft_update.delivery = "in-part"
        self.assertEqual(self.draft_update.caution, "")
        self.draft_update.delivery, self.draft_update.commitment = "delivered", self.amend
        with self.assertNumQueries(0):
            self.assertEqual(self.draft_update.caution, "")


class DateTests(ActMixin, CastMixin, TestCase):
    """An act that surely came before the promise, or before the roadmap began, does not meet it."""

    def assertMeets(self, expected, ratified, starts="2024", signed="2024-06-10"):
        self.runs(starts, signed)
        self.act(ratified)
        case = f"act {ratified}, roadmap from {starts}, signed {signed}"
        self.assertEqual(Commitment.objects.met_by_register().exists(), expected, case)
        act = Ratification.objects.get(convention=self.c176)
        self.assertEqual(bool(offers_of(act)), expected, case)
        act.delete()

    def test_it_works(self):
        self.assertMeets(True, "2024-06-10")
        self.assertMeets(False, "2024-06-09")

    def test_an_act_of_unknown_date_may_meet_it(self):
        self.assertMeets(True, "")

    def test_the_year_of_the_promise_may_be_after_it(self):
        self.assertMeets(True, "2024")
        self.assertMeets(False, "2023")

    def test_a_partial_date_of_the_roadmap_counts_from_its_first_day(self):
        self.assertMeets(True, "2024-01-01", signed="")
        self.assertMeets(False, "2023-12-31", signed="")
        self.assertMeets(True, "2024-06-01", signed="2024-06")
        self.assertMeets(False, "2024-05-31", signed="2024-06")

    def test_the_later_of_beginning_and_promise_counts(self):
        self.assertMeets(False, "2024-02-01", starts="2024-01-01", signed="2024-06-10")
        self.assertMeets(False, "2024-07-01", starts="2025-01-01", signed="2024-06-10")
        self.assertMeets(True, "2025-01-01", starts="2025-01-01", signed="2024-06-10")

    def test_a_roadmap_without_dates_is_met_by_any_act(self):
        self.assertMeets(True, "2000-01-01", starts="", signed="")
        self.assertMeets(False, "2000-01-01", starts="", signed="2024")


class OffersForTests(ActMixin, CastMixin, TestCase):
    """The tag for screens that hold acts, of the register or of a release."""

    def test_it_works(self):
        self.assertEqual(offers_for([("KAZ", "C176")]), [self.ratify])
        self.assertEqual(offers_for([("KAZ", "C176", date(2025, 1, 1))]), [self.ratify])
        self.assertEqual(offers_for([("KAZ", "C176", None)]), [self.ratify])

    def test_an_act_that_came_before_is_not_offered(self):
        self.assertEqual(offers_for([("KAZ", "C176", date(2024, 6, 9))]), [])
        self.assertEqual(offers_for([("KAZ", "C176", date(2024, 6, 9)), ("KAZ", "C176", date(2024, 12, 31))]), [self.ratify])

    def test_the_pair_counts_and_not_its_halves(self):
        self.assertEqual(offers_for([("UZB", "C176"), ("KAZ", "C190"), ("KAZ", "C131")]), [])

    def test_one_query_for_many_and_none_for_none(self):
        codes = [(f"{a}{b}A", f"C{n:03}") for a in "KLMNO" for b in "AXYZ" for n in range(200)]
        with self.assertNumQueries(1):
            found = offers_for([*codes, ("KAZ", "C176")])
            self.assertEqual([(c.roadmap.country.iso3, c.convention.code) for c in found], [("KAZ", "C176")])
        with self.assertNumQueries(0):
            self.assertEqual(offers_for([]), [])

    def test_of_an_act_in_hand(self):
        self.assertEqual(offers_of(self.act()), [self.ratify])
        self.assertEqual(offers_of(self.ratification), [])
        for nothing in (None, ""):
            self.assertEqual(offers_of(nothing), [])
        for changes in ({"registered": False}, {"delisted_on": date(2026, 1, 1)}, {"denounced_on": date(2026, 1, 1)}):
            act = Ratification.objects.get(convention=self.c176)
            for name, value in changes.items():
                setattr(act, name, value)
            self.assertEqual(offers_of(act), [], changes)


class OfferedTests(ActMixin, AdminCase):
    """What editors are shown."""

    def offer(self, commitment):
        return self.client.get(self.page(commitment)).context["adminform"].model_admin.offer(commitment)

    def test_the_form_of_the_commitment(self):
        act = self.act()
        response = self.client.get(self.page(self.ratify))
        self.assertContains(response, "The register has a ratification that meets this: KAZ C176, registered 1 March 2025.")
        self.assertContains(response, self.page(act))

    def test_its_link_fills_in_the_update(self):
        self.act("2025")
        address = self.offer(self.ratify).split('class="addlink" href="')[1].split('"')[0].replace("&amp;", "&")
        response = self.client.get(address)
        form = response.context["form"]
        shown = {name: str(form[name].value()) for name in ("happened_on", "happened_on_precision", "delivery")}
        facts = {"happened_on": "2025-12-31", "happened_on_precision": "year", "delivery": "delivered"}
        self.assertEqual((response.context["commitment"], shown), (self.ratify, facts))
        self.assertEqual(form["summary"].value(), "The ILO registered the ratification of C176 by Kazakhstan (2025).")

    def test_a_date_that_is_not_known_is_not_filled_in(self):
        self.act("")
        offer = self.offer(self.ratify)
        self.assertIn("KAZ C176, of unknown date: look whether it meets this.", offer)
        self.assertNotIn("happened_on", offer)

    def test_nothing_is_offered_where_nothing_is_met(self):
        self.assertEqual(self.offer(self.ratify), "—")
        self.act()
        for commitment in (self.amend, self.hidden_commitment):
            self.assertEqual(self.offer(commitment), "—")
        self.assertNotContains(self.client.get(self.list_of(Commitment, "add")), "The register has")

    def test_the_list_of_what_is_met(self):
        address = self.list_of(Commitment)
        self.assertEqual(list(self.client.get(address, {"register": "meets"}).context["cl"].queryset), [])
        self.act()
        self.assertEqual(list(self.client.get(address, {"register": "meets"}).context["cl"].queryset), [self.ratify])
        self.assertEqual(self.client.get(address).context["cl"].queryset.count(), 3)

    def test_the_list_of_what_is_not_in_the_register(self):
        address = self.list_of(Commitment)
        self.assertEqual(list(self.client.get(address, {"register": "lacks"}).context["cl"].queryset), [])
        self.update_of("delivered")
        self.assertEqual(list(self.client.get(address, {"register": "lacks"}).context["cl"].queryset), [self.ratify])

    def test_whoever_saves_or_moves_a_delivery_without_an_act_is_cautioned(self):
        caution = "No act in the register meets this promise"
        facts = {"summary": "It was ratified.", "happened_on": "2025-03-01", "happened_on_precision": "day"}
        facts |= {"delivery": "delivered", "effect": "not-assessed", "evidence": self.evidence.pk}
        added = {**facts, "commitment": self.ratify.pk, "summary": "In the long form."}
        sent = [
            (record_url(self.ratify), {**facts, "new-dated_on_precision": "day"}),
            (self.list_of(ProgressUpdate, "add"), added),
            (self.page(self.draft_update), self.filled_in(self.draft_update)),
        ]
        for address, data in sent:
            with self.subTest(address=address):
                self.assertIn(caution, " ".join(self.said(self.client.post(address, data, follow=True))))
        self.draft_update.submit(by=self.alice)
        pages = [(verb, f"{self.list_of(ProgressUpdate)}transition/{verb}/?ids={self.draft_update.pk}") for verb in MOVED]
        for verb, page in pages:
            with self.subTest(verb=verb):
                self.assertContains(self.client.get(page), caution)
            getattr(self.draft_update, verb)(by=self.boris if verb == "publish" else self.carl)
        update = ProgressUpdate.objects.get(pk=self.draft_update.pk)
        self.assertEqual((update.status, update.confirmed_by), ("published", self.carl), "It is cautioned, and not refused.")

    def test_nobody_is_cautioned_of_what_is_in_the_register(self):
        self.act()
        data = self.filled_in(self.draft_update)
        self.assertEqual(len(self.said(self.client.post(self.page(self.draft_update), data, follow=True))), 1)
        self.draft_update.submit(by=self.alice)
        page = f"{self.list_of(ProgressUpdate)}transition/publish/?ids={self.draft_update.pk}"
        self.assertNotContains(self.client.get(page), "No act in the register")

    def test_the_form_of_the_ratification(self):
        act = self.act()
        response = self.client.get(self.page(act))
        self.assertContains(response, "This ratification meets an open commitment.")
        self.assertContains(response, self.page(self.ratify))
        self.assertNotContains(self.client.get(self.page(self.ratification)), "meets an open commitment")
        self.assertNotContains(self.client.get(self.list_of(Ratification, "add")), "meets an open commitment")

    def test_ugly_titles(self):
        title = '<script>alert(1)</script> "و" O’Brien\'s'
        Commitment.objects.filter(pk=self.ratify.pk).update(title=title)
        newsroom.Roadmap.objects.filter(pk=self.roadmap.pk).update(title=title)
        for record in (self.act(), self.ratify):
            self.assertContains(self.client.get(self.page(record)), escape(title))
            self.assertNotContains(self.client.get(self.page(record)), "<script>alert")

    def test_nothing_is_stored_and_the_public_reads_nothing_of_it(self):
        before = ProgressUpdate.objects.count()
        self.act()
        self.client.get(self.page(self.ratify))
        self.assertEqual(ProgressUpdate.objects.count(), before)
        self.client.logout()
        self.assertNotContains(self.client.get(self.ratify.get_absolute_url()), "The register has")
