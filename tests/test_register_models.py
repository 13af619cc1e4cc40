"""The records of the register: what they say, what they refuse, and the partial dates and clean text they are made of.

The cast is small and stands on the ground floor: Kazakhstan, C087 and R200, and Kazakhstan's ratification of C087,
known to the year. Nothing of the newsroom is needed.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import SimpleTestCase, TestCase, override_settings
from django.urls import include, path
from django.utils import translation

from conventions.models import Convention, Country, OldAddress, Ratification, Topic
from conventions.records import PartialDate, Precision, RichTextField, clean_html

# The addresses of the register without the rest of the site: this module is its own ROOT_URLCONF.
urlpatterns = [path("", include("conventions.urls"))]

SOURCE = "NORMLEX, read on 4 June 2026"


# --- Dates known only in part ------------------------------------------------------------------------------------


class PartialDates(SimpleTestCase):
    def test_it_works(self):
        for text, last_day, first_day, shown in [
            ("2000", date(2000, 12, 31), date(2000, 1, 1), "2000"),
            ("2000-02", date(2000, 2, 29), date(2000, 2, 1), "February 2000"),
            ("2000-12-13", date(2000, 12, 13), date(2000, 12, 13), "13 December 2000"),
        ]:
            with self.subTest(text=text):
                read = PartialDate.parse(text)
                self.assertEqual((read.last_day, read.first_day), (last_day, first_day))
                self.assertEqual((str(read), read.iso), (shown, text))

    def test_blanks_around_it_are_forgiven(self):
        self.assertEqual(PartialDate.parse(" 2000-12 "), PartialDate(date(2000, 12, 31), Precision.MONTH))

    def test_what_is_no_date_is_refused_with_a_sentence(self):
        for text in ["", "13 December 2000", "2000-1", "2000-12-13T00:00", "20001213"]:
            with self.subTest(text=text), self.assertRaises(ValueError) as caught:
                PartialDate.parse(text)
            self.assertEqual(str(caught.exception), f"“{text}” is not a date: write 2000, 2000-12 or 2000-12-13.")
        for text in ["2000-13", "2001-02-29", "0000"]:
            with self.subTest(text=text), self.assertRaises(ValueError) as caught:
                PartialDate.parse(text)
            self.assertEqual(str(caught.exception), f"“{text}” is not a day in the calendar.")

    # parse() takes a zero for a missing part, so that "2000-00-13" is read as 13 December 2000.
    def test_there_is_no_month_and_no_day_zero(self):
        for text in ["2000-00-13", "2000-12-00", "2000-00"]:
            with self.assertRaises(ValueError):
                PartialDate.parse(text)

    def test_a_period_is_the_one_that_holds_the_day(self):
        for precision, last_day in [
            (Precision.YEAR, date(2001, 12, 31)),
            (Precision.MONTH, date(2001, 2, 28)),
            (Precision.DAY, date(2001, 2, 5)),
        ]:
            with self.subTest(precision=precision):
                self.assertEqual(PartialDate.ending(date(2001, 2, 5), precision), PartialDate(last_day, precision))

    def test_a_reader_sees_it_in_their_language(self):
        with translation.override("fr"):
            self.assertEqual(str(PartialDate(date(2000, 12, 13))), "13 décembre 2000")


# --- Rich text ---------------------------------------------------------------------------------------------------


class CleanHtml(SimpleTestCase):
    def test_what_an_article_is_made_of_is_kept(self):
        html = (
            '<h2>Law</h2><p>It <strong>binds</strong> <em>all</em>.</p><ol start="3"><li>one</li></ol><blockquote>so</blockquote>'
        )
        self.assertEqual(clean_html(html), html)

    def test_what_could_harm_is_dropped(self):
        for html, clean in [
            ("<p>a</p><script>alert(1)</script>", "<p>a</p>"),
            ("<style>p {color: red}</style><p>a</p>", "<p>a</p>"),
            ('<p onclick="alert(1)" class="x" style="color: red">a</p>', "<p>a</p>"),
            ('<img src="https://example.org/pixel.gif">a', "a"),
            ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
            ("a < b", "a &lt; b"),
        ]:
            with self.subTest(html=html):
                self.assertEqual(clean_html(html), clean)

    def test_a_link_leads_out_without_telling_where_from(self):
        for address in ["https://www.ilo.org/", "http://www.ilo.org/", "mailto:norm@ilo.org"]:
            with self.subTest(address=address):
                link = f'<a href="{address}" rel="noopener noreferrer">ILO</a>'
                self.assertEqual(clean_html(f'<a href="{address}" rel="opener" target="_blank">ILO</a>'), link)

    def test_a_field_is_clean_by_whatever_door_the_text_comes_in(self):
        field = RichTextField()
        self.assertEqual(field.get_prep_value("<p>a<script>b</script></p>"), "<p>a</p>")
        self.assertIsNone(field.get_prep_value(None))


# --- Records -----------------------------------------------------------------------------------------------------


class RegisterTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.wages = Topic.objects.create(name="Wages", slug="wages")
        cls.kazakhstan = cls.state()
        cls.c087 = cls.instrument()
        cls.r200 = cls.instrument(kind="recommendation", code="R200", number=200, title="HIV and AIDS", year=2010)
        cls.act = cls.ratification()
        cls.act.save()

    @staticmethod
    def state(**fields):
        facts = {"iso3": "KAZ", "iso2": "KZ", "name": "Kazakhstan", "slug": "kazakhstan", "region": "europe-central-asia"}
        return Country.objects.create(**{**facts, "official_name": "Kazakhstan", "source": SOURCE, **fields})

    @staticmethod
    def instrument(**fields):
        facts = {"kind": "convention", "code": "C087", "number": 87, "title": "Freedom of Association", "year": 1948}
        return Convention.objects.create(**{**facts, "source": SOURCE, **fields})

    @classmethod
    def ratification(cls, **fields):
        """Kazakhstan's ratification of C087 with other fields, not saved yet."""
        known = {"ratified_on": date(2000, 12, 31), "ratified_on_precision": "year", "verification": "year", "registered": True}
        facts = {"country": cls.kazakhstan, "convention": cls.c087, "status": "in-force", "source": SOURCE}
        return Ratification(**{**facts, **known, **fields})

    def everything(self):
        return [list(model.objects.order_by("pk").values()) for model in [Topic, Country, Convention, Ratification]]

    def assert_database_refuses(self, record):
        before = self.everything()
        with self.assertRaises(IntegrityError), transaction.atomic():
            record.save()
        self.assertEqual(self.everything(), before)

    def assert_refused(self, record, sentence):
        """The editor reads the sentence; whoever goes round the form meets the database."""
        with self.assertRaises(ValidationError) as caught:
            record.validate_constraints()
        self.assertIn(sentence, caught.exception.messages)
        self.assert_database_refuses(record)


class Instruments(RegisterTestCase):
    def test_it_works(self):
        self.c087.full_clean()
        self.assertEqual(str(self.c087), "C87 Freedom of Association")
        self.assertEqual(Convention.objects.get_by_natural_key("C087"), self.c087)
        self.assertEqual(self.c087.natural_key(), ("C087",))
        self.assertEqual(list(Convention.objects.ratifiable()), [self.c087])

    def test_revision_has_a_direction(self):
        c011 = self.instrument(code="C011", number=11, title="Right of Association (Agriculture)", year=1921)
        self.c087.revises.add(c011)
        self.assertEqual((list(c011.revised_by.all()), list(c011.revises.all())), ([self.c087], []))

    def test_a_code_is_read_as_people_write_it(self):
        for text, code in [
            ("C087", "C087"),
            ("c87", "C087"),
            (" C87 ", "C087"),
            ("p29", "P029"),
            ("r1", "R001"),
            ("C186", "C186"),
            ("C0087", None),
            ("K87", None),
            ("87", None),
            ("", None),
        ]:
            with self.subTest(text=text):
                self.assertEqual(Convention.canonical_code(text), code)

    def test_a_convention_of_the_same_number_and_year(self):
        twin = Convention(kind="convention", code="C870", number=87, title="Twin", year=1948, source=SOURCE)
        self.assert_refused(twin, "The register already has an instrument of this kind, number and year.")

    def test_a_protocol_has_the_number_of_its_convention(self):
        self.instrument(kind="protocol", code="P087", year=2030)
        self.assertEqual(Convention.objects.filter(number=87).count(), 2)

    def test_a_code_that_belies_the_kind(self):
        self.c087.kind = "recommendation"
        self.assert_refused(
            self.c087, "The code of a Convention begins with C, of a Protocol with P, of a Recommendation with R."
        )

    def test_entry_into_force_before_adoption(self):
        self.c087.entry_into_force = "entered"
        self.c087.adopted_on, self.c087.in_force_on = date(1948, 7, 9), date(1948, 7, 8)
        self.assert_refused(self.c087, "An instrument cannot enter into force before it is adopted.")
        self.c087.in_force_on = date(1948, 7, 9)
        self.c087.full_clean()
        self.c087.save()

    def test_a_day_of_entry_into_force_without_entry_into_force(self):
        self.c087.in_force_on = date(1950, 7, 4)
        for answer in ["not-yet", "never", "unknown", "n/a"]:
            with self.subTest(answer=answer):
                self.c087.entry_into_force = answer
                self.assert_refused(
                    self.c087, "A day of entry into force is given, so entry into force must say “Entered into force”."
                )

    def test_codes_that_are_none(self):
        for code in ["C87", "c087", "K087"]:
            with self.subTest(code=code), self.assertRaises(ValidationError) as caught:
                Convention(kind="convention", code=code, number=1, title="None", year=1919, source=SOURCE).full_clean()
            self.assertIn("A letter and three digits, such as C087, P029 or R200.", caught.exception.messages)

    def test_nothing_without_a_source(self):
        self.c087.source = ""
        with self.assertRaises(ValidationError) as caught:
            self.c087.full_clean()
        self.assertEqual(caught.exception.message_dict, {"source": ["This field cannot be blank."]})


class States(RegisterTestCase):
    def test_it_works(self):
        self.kazakhstan.full_clean()
        self.assertEqual(str(self.kazakhstan), "Kazakhstan")
        self.assertEqual(Country.objects.get_by_natural_key("KAZ"), self.kazakhstan)

    def test_codes_that_are_none(self):
        self.kazakhstan.iso3, self.kazakhstan.iso2 = "kaz", "K1"
        with self.assertRaises(ValidationError) as caught:
            self.kazakhstan.full_clean()
        self.assertEqual(
            caught.exception.message_dict,
            {"iso3": ["Three capital letters, such as KAZ."], "iso2": ["Two capital letters, such as KZ."]},
        )

    def test_a_state_that_ratified_cannot_be_deleted(self):
        before = self.everything()
        with self.assertRaises(IntegrityError):  # PROTECT
            self.kazakhstan.delete()
        self.assertEqual(self.everything(), before)

    def test_a_topic_is_known_by_its_slug(self):
        self.assertEqual((str(self.wages), Topic.objects.get_by_natural_key("wages")), ("Wages", self.wages))


class Ratifications(RegisterTestCase):
    denounced = {"status": "denounced", "denounced_on": date(2010, 12, 31), "denounced_on_precision": "year"}

    def test_it_works(self):
        self.act.full_clean()
        self.assertEqual(str(self.act), "Kazakhstan: C87")
        self.assertEqual(str(self.act.ratified), "2000")
        self.assertIsNone(self.act.denounced)
        self.assertEqual(self.act.natural_key(), ("KAZ", "C087", 1))
        self.assertEqual(Ratification.objects.get_by_natural_key("KAZ", "C087", 1), self.act)

    def test_only_what_a_source_shows_registered_counts(self):
        c131 = self.instrument(code="C131", number=131, title="Minimum Wage Fixing", year=1970)
        law_only = self.ratification(convention=c131, ratified_on=None, verification="exists", registered=False)
        law_only.full_clean()
        law_only.save()
        self.assertEqual(list(Ratification.objects.registered()), [self.act])
        self.assertEqual(list(self.kazakhstan.ratifications.reported()), [law_only])

    def test_a_state_can_ratify_again_after_it_denounced(self):
        Ratification.objects.filter(pk=self.act.pk).update(**self.denounced)
        again = self.ratification(act=2, ratified_on=date(2015, 12, 31))
        again.full_clean()
        again.save()
        self.assertEqual(self.kazakhstan.ratifications.count(), 2)

    def test_the_same_act_twice(self):
        self.assert_refused(
            self.ratification(**self.denounced),
            "The register already has this act of ratification of this instrument by this State.",
        )

    def test_a_second_act_without_a_denunciation_between(self):
        self.assert_refused(
            self.ratification(act=2), "This State already has a ratification of this instrument that was not denounced."
        )

    def test_what_contradicts_itself(self):
        denounced_needs_date = "A denounced ratification needs its date of denunciation, and only such a one has it."
        as_precise = "The date must be as precise as what was verified: a day, a year, or none."
        shows = "A verified date shows a registration; what is only reported shows none."
        before = "A ratification cannot be denounced before it was made."
        day = {"ratified_on": date(2000, 12, 13), "ratified_on_precision": "day"}
        for fields, sentence in [
            ({**self.denounced, "denounced_on": date(1999, 12, 31)}, before),
            ({**self.denounced, "denounced_on": date(2000, 12, 31)}, before),
            ({"status": "denounced"}, denounced_needs_date),
            ({"denounced_on": date(2010, 12, 31)}, denounced_needs_date),
            ({"source": ""}, "What is verified names its source."),
            ({"registered": False}, shows),
            ({"verification": "none", "ratified_on": None}, shows),
            ({"verification": "day"}, as_precise),
            ({**day}, as_precise),
            ({"ratified_on": None}, as_precise),
            ({"verification": "exists"}, as_precise),
            ({"verification": "none", "registered": False, **day}, as_precise),
        ]:
            with self.subTest(**fields):
                act = self.ratification(pk=self.act.pk, **fields)
                act._state.adding = False  # another version of the act that is there, not a second one
                self.assert_refused(act, sentence)

    def test_a_date_known_to_the_year_stands_on_the_last_day_of_the_year(self):
        self.act.ratified_on = date(2000, 12, 13)
        self.assert_refused(self.act, "A date known to the month or the year must stand on the last day of that period.")
        self.act.full_clean()
        self.assertEqual(self.act.ratified_on, date(2000, 12, 31), "the form does it for the editor")

    def test_a_denunciation_known_to_the_month_stands_at_the_end_of_the_month(self):
        for name, value in {**self.denounced, "denounced_on": date(2010, 4, 19), "denounced_on_precision": "month"}.items():
            setattr(self.act, name, value)
        self.assert_refused(self.act, "A date known to the month or the year must stand on the last day of that period.")
        self.act.full_clean()
        self.act.save()
        self.assertEqual(str(Ratification.objects.get().denounced), "April 2010")

    def test_a_precision_that_is_none_is_refused_and_moves_no_date(self):
        self.act.ratified_on, self.act.ratified_on_precision = date(2000, 12, 13), "week"
        with self.assertRaises(ValidationError) as caught:
            self.act.full_clean()
        self.assertEqual(caught.exception.message_dict["ratified_on_precision"], ["Value 'week' is not a valid choice."])
        self.assertEqual(self.act.ratified_on, date(2000, 12, 13))

    def test_a_recommendation_cannot_be_ratified(self):
        before = self.everything()
        with self.assertRaises(ValidationError) as caught:
            self.ratification(convention=self.r200).full_clean()
        self.assertEqual(caught.exception.message_dict, {"convention": ["A Recommendation cannot be ratified."]})
        self.assertEqual(self.everything(), before)

    def test_a_ratification_before_the_instrument_was_adopted(self):
        before = self.everything()
        self.act.ratified_on = date(1947, 12, 31)
        with self.assertRaises(ValidationError) as caught:
            self.act.full_clean()
        self.assertEqual(caught.exception.message_dict, {"ratified_on": ["The instrument was adopted in 1948."]})
        self.assertEqual(self.everything(), before)

    def test_a_form_without_an_instrument_is_told_only_that(self):
        with self.assertRaises(ValidationError) as caught:
            self.ratification(act=3, convention=None).full_clean()
        self.assertEqual(caught.exception.message_dict, {"convention": ["This field cannot be null."]})


@override_settings(ROOT_URLCONF=__name__)
class Addresses(RegisterTestCase):
    def test_every_record_has_one(self):
        self.assertEqual(self.c087.get_absolute_url(), "/conventions/c087/")
        self.assertEqual(self.kazakhstan.get_absolute_url(), "/countries/kazakhstan/")
        self.assertEqual(self.wages.get_absolute_url(), "/topics/wages/")

    def rename(self, slug):
        """Give the topic another slug and let its old address lead to it."""
        was = self.wages.get_absolute_url()
        self.wages.slug = slug
        self.wages.save()
        OldAddress.objects.remember(was, self.wages)

    def led_to(self):
        return {str(address): address.record for address in OldAddress.objects.all()}

    def test_an_old_address_leads_to_the_record_for_ever(self):
        self.rename("pay")
        self.rename("remuneration")
        self.assertEqual(self.led_to(), {"/topics/wages/": self.wages, "/topics/pay/": self.wages})

    def test_an_address_that_is_taken_back_is_the_records_own_again(self):
        self.rename("pay")
        self.rename("wages")
        self.assertEqual(self.led_to(), {"/topics/pay/": self.wages})

    def test_an_address_that_did_not_change_is_not_remembered(self):
        self.rename("wages")
        self.assertEqual(self.led_to(), {})

    def test_an_address_leads_to_whoever_left_it_last(self):
        self.rename("pay")
        successor = Topic.objects.create(name="Pay", slug="salaries")
        OldAddress.objects.remember("/topics/wages/", successor)
        self.assertEqual(self.led_to(), {"/topics/wages/": successor})
