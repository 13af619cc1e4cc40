"""Roles: what is known of them on a day, and what is contradictory among them."""

from datetime import date, timedelta

import pytest
from django.test import TestCase

from articles import models as newsroom
from articles.models import Known, Membership, Person
from conventions.records import PartialDate
from tests.cast import SOURCE

pytestmark = pytest.mark.rules


class RoleMixin:
    """Makes memberships of the cast in one line."""

    def role(self, role="Chairman", person=None, stated="2024-06-12", starts="", ends="", post=None, organisation=None):
        period = {}
        for name, text in [("starts_on", starts), ("ends_on", ends)]:
            if text:
                known = PartialDate.parse(text)
                period |= {name: known.last_day, f"{name}_precision": known.precision}
        return Membership.objects.create(
            person=person or self.person, organisation=organisation or self.union, role=role, post=post,
            stated_on=date.fromisoformat(stated), source=SOURCE, **period,
        )  # fmt: skip

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.union = newsroom.Organisation.objects.create(name="Union", slug="union", classification="workers")
        cls.office = newsroom.Post.objects.create(organisation=cls.union, label="Chairman")
        cls.person = Person.objects.create(name="Anna Role", slug="anna-role")
        cls.rival = Person.objects.create(name="Berik Rival", slug="berik-rival")


class RolesOnADayTests(RoleMixin, TestCase):
    def known(self, day):
        return [(m.role, m.known) for m in self.person.roles_on(date.fromisoformat(day))]

    def held(self, day):
        return [m.role for m in Membership.objects.held_on(date.fromisoformat(day))]

    def assertHeld(self, first, last):
        """Known to be held from the first to the last day, and on no day beside."""
        first, last = date.fromisoformat(first), date.fromisoformat(last)
        for day, held in [(first, 1), (last, 1), (first - timedelta(1), 0), (last + timedelta(1), 0)]:
            self.assertEqual(Membership.objects.held_on(day).count(), held, day)

    def test_it_works(self):
        self.role()
        self.assertEqual(self.known("2024-06-12"), [("Chairman", Known.STATED)])

    def test_a_statement_alone_is_known_for_its_day(self):
        self.role()
        self.assertHeld("2024-06-12", "2024-06-12")
        self.assertEqual(self.known("2024-06-11"), [])
        self.assertEqual(self.known("2025-01-01"), [("Chairman", Known.LAST)])

    def test_it_is_known_between_a_start_and_a_statement(self):
        self.role(starts="2020-03-01")
        self.assertHeld("2020-03-01", "2024-06-12")
        self.assertEqual(self.known("2022-01-01"), [("Chairman", Known.PERIOD)])
        self.assertEqual(self.known("2024-06-12"), [("Chairman", Known.STATED)])

    def test_and_between_a_statement_and_an_end(self):
        self.role(ends="2025-03-01")
        self.assertHeld("2024-06-12", "2025-03-01")
        self.assertEqual(self.known("2025-03-02"), [])

    def test_a_year_of_start_counts_from_its_last_day_unless_a_statement_says_more(self):
        self.role(starts="2020")
        self.assertHeld("2020-12-31", "2024-06-12")
        Membership.objects.all().delete()
        self.role(starts="2024")
        self.assertHeld("2024-06-12", "2024-06-12")
        self.assertEqual(self.known("2024-06-01"), [], "It may have begun by then; nobody says so.")

    def test_a_year_or_month_of_end_counts_until_its_first_day_unless_a_statement_says_more(self):
        self.role(ends="2026")
        self.assertHeld("2024-06-12", "2026-01-01")
        self.assertEqual(self.known("2026-06-01"), [("Chairman", Known.LAST)], "It is not known to have ended by then.")
        self.assertEqual(self.known("2027-01-01"), [])
        Membership.objects.all().delete()
        self.role(ends="2024-08")
        self.assertHeld("2024-06-12", "2024-08-01")
        Membership.objects.all().delete()
        self.role(ends="2024")
        self.assertHeld("2024-06-12", "2024-06-12")

    def test_a_february_is_a_month_like_others(self):
        self.role(starts="2023-02", ends="2024-02", stated="2023-06-01")
        self.assertHeld("2023-02-28", "2024-02-01")

    def test_what_is_told_afterwards_is_known_for_its_period_only(self):
        self.role(stated="2024-06-12", starts="2010-01-01", ends="2015-12-31")
        self.assertHeld("2010-01-01", "2015-12-31")
        self.assertEqual(self.known("2024-06-12"), [])

    def test_of_a_former_role_without_a_start_no_day_is_known(self):
        self.role(stated="2024-06-12", ends="2015-12-31")
        for day in ("2015-12-31", "2014-01-01", "2024-06-12"):
            self.assertEqual((self.held(day), self.known(day)), ([], []), day)

    def test_what_is_announced_is_not_held_before_it_begins(self):
        self.role(stated="2024-06-12", starts="2024-07-01")
        self.assertEqual(self.known("2024-06-12"), [])
        self.assertEqual(self.known("2024-06-30"), [])
        self.assertEqual(self.known("2024-07-01"), [("Chairman", Known.LAST)])

    def test_the_latest_statement_in_an_organisation_is_the_last(self):
        self.role("Secretary", stated="2010-01-01")
        self.role("Chairman", stated="2020-01-01")
        self.role("Guest", stated="2015-01-01", organisation=self.other())
        self.assertEqual(self.known("2012-01-01"), [("Secretary", Known.LAST)])
        self.assertCountEqual(self.known("2022-01-01"), [("Chairman", Known.LAST), ("Guest", Known.LAST)])
        self.assertEqual(self.known("2009-01-01"), [])

    def test_an_ended_role_does_not_bring_back_an_earlier_one(self):
        self.role("Secretary", stated="2010-01-01")
        self.role("Chairman", stated="2020-01-01", ends="2021-01-01")
        self.assertEqual(self.known("2022-01-01"), [])

    def test_two_roles_stated_on_one_day_are_both_the_last(self):
        self.role("Chairman")
        self.role("Editor")
        self.assertCountEqual([role for role, _known in self.known("2025-01-01")], ["Chairman", "Editor"])

    def test_another_person_is_another_matter(self):
        self.role(person=self.rival)
        self.assertEqual(self.known("2024-06-12"), [])

    def test_one_query(self):
        for n in range(5):
            self.role(f"Role {n}", post=self.office)
        with self.assertNumQueries(1):
            [(str(m), m.organisation.name, m.post.label) for m in self.person.roles_on(date(2025, 1, 1))]

    def other(self):
        return newsroom.Organisation.objects.create(name="Other", slug="other", classification="other")


class ContradictionTests(RoleMixin, TestCase):
    def sentences(self, person=None):
        return [c.sentence for c in (person or self.person).contradictions()]

    def assertFine(self):
        self.assertEqual(Membership.objects.contradictions(), [])
        self.assertFalse(Membership.objects.contradicting().exists())

    def assertAtOdds(self, sentence, *rows):
        self.assertEqual(self.sentences(), [sentence])
        self.assertCountEqual(Membership.objects.contradicting(), rows)

    def test_what_goes_together(self):
        self.role(post=self.office, starts="2020", ends="2024")
        self.role(post=self.office, stated="2023-01-01")
        self.role(post=self.office, person=self.rival, stated="2025-01-01", starts="2025")
        self.role("Guest", person=self.rival)
        self.assertFine()

    def test_two_holders_of_a_post_stated_on_one_day(self):
        one, other = self.role(post=self.office), self.role(post=self.office, person=self.rival)
        told = "Anna Role and Berik Rival both hold the post “Chairman, Union” on 12 June 2024."
        self.assertAtOdds(told, one, other)
        self.assertEqual(self.sentences(self.rival), [told])
        self.assertEqual([c.sentence for c in self.office.contradictions()], [told])

    def test_two_holders_whose_known_periods_overlap(self):
        one = self.role(post=self.office, starts="2020")
        other = self.role(post=self.office, person=self.rival, stated="2022-05-01")
        self.assertAtOdds("Berik Rival and Anna Role both hold the post “Chairman, Union” on 1 May 2022.", one, other)

    def test_it_is_told_once_however_often_it_is_stated(self):
        for day in ("2024-06-12", "2024-06-13", "2024-06-14"):
            self.role(post=self.office, stated=day)
            self.role(post=self.office, stated=day, person=self.rival)
        self.assertEqual(len(self.sentences()), 1)

    def test_a_year_in_which_one_followed_the_other_is_no_contradiction(self):
        self.role(post=self.office, stated="2023-01-01", ends="2024")
        self.role(post=self.office, stated="2025-01-01", starts="2024", person=self.rival)
        self.assertFine()

    def test_a_former_holder_told_later_is_none(self):
        self.role(post=self.office, stated="2024-06-12", ends="2015-12-31", starts="2010", person=self.rival)
        [told] = Membership.objects.contradictions()
        self.assertIn("after its end", told.sentence)
        self.role(post=self.office, stated="2018-01-01", starts="2016-01-01")
        self.assertEqual(self.sentences(), [])

    def test_an_office_of_another_organisation_is_another_post(self):
        self.role(post=self.office)
        self.role(person=self.rival)
        self.assertFine()

    def test_two_roles_in_one_organisation_on_one_day(self):
        one, other = self.role(), self.role("President")
        self.assertAtOdds("On 12 June 2024 Anna Role has two roles in Union: “Chairman” and “President”.", one, other)

    def test_two_roles_on_two_days_are_a_career(self):
        self.role()
        self.role("President", stated="2024-06-13")
        self.assertFine()

    def test_a_role_stated_after_its_end(self):
        row = self.role(ends="2023")
        self.assertAtOdds("Anna Role: “Chairman” is stated on 12 June 2024, after its end (2023).", row)

    def test_a_role_stated_before_its_start(self):
        row = self.role(starts="2024-07")
        self.assertAtOdds("Anna Role: “Chairman” is stated on 12 June 2024, before its start (July 2024).", row)

    def test_within_the_year_of_its_start_or_end_it_may_be(self):
        self.role(starts="2024", ends="2024")
        self.assertFine()

    def test_one_post_under_two_names(self):
        one = self.role(post=self.office, stated="2020-01-01")
        other = self.role("President", post=self.office, stated="2022-01-01")
        self.assertAtOdds("The post “Chairman, Union” is held under two names: “Chairman” and “President”.", one, other)

    def test_nothing_is_told_of_others(self):
        self.role(post=self.office)
        self.role(person=self.rival, ends="2020")
        self.assertEqual(self.sentences(), [])
        self.assertEqual(len(self.sentences(self.rival)), 1)

    def test_the_list_and_the_sentences_agree(self):
        """The rule stands twice, for the database and for memberships in hand: over many shapes they must say the same."""
        periods = ["", "2023", "2024", "2024-05", "2024-06-12", "2025"]
        last = {text: text and PartialDate.parse(text).last_day for text in periods}
        shapes = [(s, e) for s in periods for e in periods if not (s and e) or last[s] <= last[e]]
        for starts, ends in shapes:
            for other_starts, other_ends in shapes:
                with self.subTest(one=(starts, ends), other=(other_starts, other_ends)):
                    Membership.objects.all().delete()
                    self.role(post=self.office, starts=starts, ends=ends)
                    self.role(post=self.office, person=self.rival, stated="2024-09-01", starts=other_starts, ends=other_ends)
                    told = {m.pk for c in Membership.objects.contradictions() for m in c.memberships}
                    self.assertEqual(set(Membership.objects.contradicting().values_list("pk", flat=True)), told)

    def test_two_queries_at_most(self):
        for n in range(6):
            self.role(post=self.office, stated=f"2024-01-{n + 1:02}")
            self.role("President", post=self.office, stated=f"2024-01-{n + 1:02}", person=self.rival)
        with self.assertNumQueries(1):
            self.assertTrue(self.person.contradictions())
