"""Figures as series: what belongs together, how long its bars are, and which one the front page draws in which month."""

from datetime import date

from django.core import serializers
from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from articles.figures import picture_of, reports_of, series_of
from articles.models import Statistic
from conventions.snapshots import in_memory, snapshot
from tests.cast import SOURCE, CastMixin
from tests.crawl import Page


class FiguresTestCase(CastMixin, TestCase):
    def figure(self, year, value, indicator="Inspectors", unit="persons", country=None, source=SOURCE, **further):
        facts = {"indicator": indicator, "unit": unit, "country": country or self.kaz, "source": source} | further
        figure = Statistic.objects.create(year=year, value=value, **facts)
        figure.articles.add(self.published)
        return figure


class SeriesTests(FiguresTestCase):
    def drawn(self, *figures):
        return [[(point.statistic.year, point.width) for point in series.points] for series in series_of(figures)]

    def test_it_works(self):
        figures = self.figure(2019, 308), self.figure(2017, 345), self.figure(2018, 320)
        self.assertEqual(self.drawn(*figures), [[(2017, "100.00%"), (2018, "92.75%"), (2019, "89.28%")]])

    def test_what_is_counted_otherwise_is_another_series(self):
        figures = [
            self.figure(2020, 1),
            self.figure(2021, 2, unit="%"),
            self.figure(2022, 3, country=self.uzb),
            self.figure(2023, 4, indicator="Inspectors, as the union counts them"),
        ]
        series = series_of(figures)
        self.assertEqual([each.first for each in series], figures)
        self.assertFalse(any(each.is_drawn for each in series))

    def test_nothing_below_nothing_is_drawn(self):
        [series] = series_of([self.figure(2020, -4), self.figure(2021, 2)])
        self.assertFalse(series.is_drawn)
        self.assertEqual(self.drawn(self.figure(2022, 0), self.figure(2023, 0)), [[(2022, "0.00%"), (2023, "0.00%")]])

    def test_what_another_source_says_is_another_series(self):
        """Nobody reads off a chart which figure is whose."""
        figures = [self.figure(2020, 1), self.figure(2021, 2), self.figure(2021, 4, source="B"), self.figure(2022, 3, source="B")]
        self.assertEqual(self.drawn(*figures), [[(2020, "50.00%"), (2021, "100.00%")], [(2021, "100.00%"), (2022, "75.00%")]])

    def test_a_note_on_one_year_says_which(self):
        [series] = series_of([self.figure(2020, 1, note="A"), self.figure(2021, 2, note="A")])
        self.assertEqual(series.notes, ["A"])
        [series] = series_of([self.figure(2022, 1, unit="%", note="A"), self.figure(2023, 2, unit="%", note="B")])
        self.assertEqual(series.notes, ["2022: A", "2023: B"])

    def test_what_the_same_sources_state_is_told_together(self):
        figures = [
            self.figure(2020, 1, indicator="A", note="Of the harvest."),
            self.figure(2020, 2, indicator="B", note="Of the harvest."),
            self.figure(2020, 3, indicator="C", source="Another source", note="Of the harvest."),
        ]
        [first, second] = reports_of(series_of(figures))
        self.assertEqual((first.source, first.notes), (SOURCE, ["Of the harvest."]))
        self.assertEqual([(each.first.indicator, notes) for each, notes in first.entries], [("A", []), ("B", [])])
        self.assertEqual([(each.first.indicator, notes) for each, notes in second.entries], [("C", ["Of the harvest."])])

    def test_two_years_are_a_chart_that_is_a_table_and_one_is_a_number(self):
        self.figure(2019, 308), self.figure(2017, 345)
        page = Page(self.client.get(self.published.get_absolute_url()).content.decode())
        self.assertIn("Inspectors, Kazakhstan (persons) Year persons Drawn 2017 345 2019 308", page.text)
        self.assertIn("657 persons victims, published-article, Kazakhstan, 2022", page.text)
        self.assertEqual([bar["width"] for bar in page.all("rect") if "class" not in bar], ["100.00%", "89.28%"])


class WorldwideTests(FiguresTestCase):
    """Figures of no single State."""

    def worldwide(self, year, value, **further):
        figure = self.figure(year, value, **further)
        Statistic.objects.filter(pk=figure.pk).update(country=None)
        return Statistic.objects.get(pk=figure.pk)

    def page(self):
        return Page(self.client.get(self.published.get_absolute_url()).content.decode()).text

    def test_it_works(self):
        self.worldwide(2026, 406, indicator="Votes for it", unit="votes")
        self.assertEqual(str(Statistic.objects.get(unit="votes")), "Votes for it, worldwide 2026: 406 votes")
        self.assertIn("406 votes Votes for it, worldwide, 2026", self.page())
        self.assertEqual(self.client.get(self.kaz.get_absolute_url()).content.decode().count("Votes for it"), 0)

    def test_they_are_a_series_of_their_own_and_a_picture_like_any_other(self):
        self.worldwide(2017, 100), self.worldwide(2019, 200)
        self.figure(2018, 345)
        figures = Statistic.objects.filter(indicator="Inspectors")
        years = sorted([point.statistic.year for point in series.points] for series in series_of(figures))
        self.assertEqual(years, [[2017, 2019], [2018]])
        self.assertIn("Inspectors, worldwide (persons) Year persons Drawn 2017 100 2019 200", self.page())
        [report] = picture_of(date(2026, 11, 28))
        self.assertEqual([point.statistic.country for point in report.series[0].points], [None, None])

    def test_each_is_recorded_once(self):
        self.worldwide(2017, 100)
        self.figure(2017, 100)
        with self.assertRaises(IntegrityError), transaction.atomic():
            self.worldwide(2017, 100, country=self.uzb)

    def test_it_is_known_by_its_natural_key_out_and_in(self):
        figure = self.worldwide(2017, 100)
        self.assertEqual(figure.natural_key(), ("Inspectors", None, 2017, SOURCE))
        self.assertEqual(Statistic.objects.get_by_natural_key(*figure.natural_key()), figure)
        keys = {"use_natural_primary_keys": True, "use_natural_foreign_keys": True}
        text = serializers.serialize("json", [figure], **keys).replace('"100.0000"', '"101.0000"')
        for loaded in serializers.deserialize("json", text):
            loaded.save()
        self.assertEqual(Statistic.objects.get(indicator="Inspectors").value, 101)
        self.assertEqual(Statistic.objects.get(indicator="Inspectors").pk, figure.pk)

    def test_more_of_them_take_no_more_questions(self):
        """Their names are made with what one query gives."""

        def questions():
            with CaptureQueriesContext(connection) as captured:
                shot = snapshot(self.published)
                in_memory(self.published, shot)
            self.assertEqual(len(shot["sets"]["statistics"]), Statistic.objects.filter(articles=self.published).count())
            return len(captured)

        self.worldwide(2017, 100), self.figure(2018, 100)
        before = questions()
        for year in range(2019, 2024):
            self.worldwide(year, 100), self.figure(year, 100)
        self.assertEqual(questions(), before)


class QualifierTests(FiguresTestCase):
    """Numbers that their source does not give exactly."""

    def test_it_works(self):
        words = {"about": "about", "fewer": "fewer than", "more": "more than", "up-to": "up to"}
        for number, (qualifier, word) in enumerate(words.items()):
            told = f"{word} 470,000"
            figure = self.figure(2021 + number, 470_000, indicator=told, qualifier=qualifier)
            figure.refresh_from_db()
            self.assertEqual(str(figure), f"{told}, Kazakhstan {2021 + number}: {told} persons")
            page = Page(self.client.get(self.published.get_absolute_url()).content.decode())
            self.assertIn(f"{told} persons {told}, Kazakhstan, {2021 + number}", page.text)

    def test_it_stands_in_a_chart_too(self):
        self.figure(2020, 1000), self.figure(2021, 2000, qualifier="about")
        page = Page(self.client.get(self.published.get_absolute_url()).content.decode())
        self.assertIn("Year persons Drawn 2020 1,000 2021 about 2,000", page.text)

    def test_an_exact_number_stands_alone(self):
        figure = self.figure(2021, -3, unit="%")
        figure.refresh_from_db()
        self.assertEqual(figure.amount, "\N{MINUS SIGN}3")


class PictureTests(FiguresTestCase):
    """Which figure stands on the front page."""

    def test_it_works(self):
        self.assertEqual(picture_of(date(2026, 11, 28)), [])  # one year is no picture
        self.figure(2017, 345), self.figure(2019, 308)
        [report] = picture_of(date(2026, 11, 28))
        self.assertEqual([len(series.points) for series in report.series], [2])
        self.assertIn("In figures Inspectors, Kazakhstan (persons)", Page(self.client.get("/").content.decode()).text)

    def test_it_is_another_one_every_month_and_the_same_within_it(self):
        for indicator in "ABC":
            self.figure(2017, 345, indicator), self.figure(2019, 308, indicator)
        shown = [self.shown(date(2026, month, 1)) for month in range(1, 7)]
        self.assertEqual(sorted(shown[:3]), ["A", "B", "C"])
        self.assertEqual(shown[:3], shown[3:])
        self.assertEqual(self.shown(date(2026, 1, 31)), shown[0])

    def test_what_falls_below_nothing_is_no_picture(self):
        self.figure(2017, -3), self.figure(2019, -4)
        self.assertEqual(picture_of(date(2026, 11, 28)), [])

    def test_what_is_not_public_is_no_picture(self):
        for year in (2017, 2019):
            figure = self.figure(year, 345, "SECRETSTATISTIC")
            figure.articles.set([self.draft])
        self.assertEqual(picture_of(date(2026, 11, 28)), [])

    def shown(self, day):
        [report] = picture_of(day)
        return report.series[0].first.indicator
