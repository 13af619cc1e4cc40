"""The lists of the register: each filter, the order, and what is said to a wrong value."""

from conventions.models import Category, Convention, Country, InstrumentStatus, Ratification
from tests.cast import SOURCE
from tests.test_lists import ListTestCase

COUNTS = {"status": "in-force", "verification": "exists", "registered": True, "source": SOURCE}


class InstrumentListTests(ListTestCase):
    def test_by_number(self):
        Convention.objects.create(code="P087", kind="protocol", number=87, title="Protocol", year=2030, source=SOURCE)
        p087 = Convention.objects.get(code="P087")
        for words in ("87", "087", "No.+87", "no87", "%2387", "№+87"):
            self.assertFinds(f"/conventions/?q={words}", self.c087, p087)
        self.assertFinds("/conventions/?q=P87", p087)
        self.assertFinds("/conventions/?q=999")
        self.assertFinds("/conventions/?q=1948", self.c087)  # four digits are words of the title

    def test_by_year(self):
        self.assertFinds("/conventions/?year=1948", self.c087)
        self.assertFinds("/conventions/?year=2019", self.c190, self.r206)
        self.assertRefuses("/conventions/?year=soon", "year", "Enter a number.")
        self.assertRefuses("/conventions/?year=1918", "year", "Ensure this value is greater than or equal to 1919.")

    def test_in_force_or_not(self):
        for code, facts in {
            "C087": {"entry_into_force": "entered", "status": InstrumentStatus.UP_TO_DATE},
            "C131": {"entry_into_force": "entered", "status": InstrumentStatus.ABROGATED},
            "C176": {"entry_into_force": "not-yet"},
            "C190": {"entry_into_force": "unknown"},
            "R206": {"entry_into_force": "n/a"},
        }.items():
            Convention.objects.filter(code=code).update(**facts)
        self.assertFinds("/conventions/?in_force=true", self.c087)
        self.assertFinds("/conventions/?in_force=false", self.c131, self.c176)
        sentence = "Select a valid choice. perhaps is not one of the available choices."
        self.assertRefuses("/conventions/?in_force=perhaps", "in_force", sentence)

    def test_ratified_by_a_country(self):
        Ratification.objects.create(country=self.kaz, convention=self.c131, status="in-force", verification="none")
        Ratification.objects.create(country=self.kaz, convention=self.c176, delisted_on="2026-01-01", **COUNTS)
        ended = COUNTS | {"status": "denounced", "denounced_on": "1990-01-01"}
        Ratification.objects.create(country=self.kaz, convention=self.c190, **ended)
        self.assertFinds("/conventions/?ratified_by=kazakhstan", self.c087)
        self.assertFinds("/conventions/?ratified_by=uzbekistan")
        self.assertRefuses(
            "/conventions/?ratified_by=atlantis",
            "ratified_by",
            "Select a valid choice. That choice is not one of the available choices.",
        )

    def test_the_order(self):
        Ratification.objects.create(country=self.kaz, convention=self.c176, **COUNTS)
        Ratification.objects.create(country=self.uzb, convention=self.c176, **COUNTS)
        for sort, codes in [
            ("", ["C087", "C131", "C176", "C190", "R206"]),
            ("year", ["R206", "C190", "C176", "C131", "C087"]),
            ("title", ["C087", "C131", "C176", "C190", "R206"]),
            ("ratifications", ["C176", "C087", "C131", "C190", "R206"]),
        ]:
            self.assertEqual([each.code for each in self.found(f"/conventions/?sort={sort}")], codes, sort)
        sentence = "Select a valid choice. size is not one of the available choices."
        self.assertRefuses("/conventions/?sort=size", "sort", sentence)

    def test_filters_together(self):
        Convention.objects.update(category=Category.FUNDAMENTAL, entry_into_force="entered")
        path = "/conventions/?q=freedom&kind=convention&category=fundamental&year=1948&in_force=true&ratified_by=kazakhstan"
        self.assertFinds(f"{path}&sort=year", self.c087)
        self.assertFinds(f"{path}&status=abrogated")

    def test_equal_rows_keep_their_order_from_page_to_page(self):
        for sort in ("year", "title", "ratifications"):
            page = self.client.get(f"/conventions/?sort={sort}").context["page"]
            self.assertEqual(page.paginator.object_list.query.order_by[-1], "pk")


class CountryListTests(ListTestCase):
    def test_a_state_that_was_struck_stays_on_the_list(self):
        Country.objects.filter(pk=self.uzb.pk).update(delisted_on="2026-01-01")
        self.assertFinds("/countries/", self.kaz, self.uzb)
