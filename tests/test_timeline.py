"""The time of a roadmap: how much of it is used, in words and as a bar; and the geometry of its timeline."""

from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.test import SimpleTestCase, TestCase

from articles.models import Commitment, PriorityArea, ProgressUpdate, Roadmap
from articles.periods import TimeUsed
from articles.timeline import DUE, GIVEN, LEFT, MOST_LANES, MOST_ROWS, MOST_TICKS, RIGHT, SHORT, Axis, timeline_of
from conventions.records import PartialDate, Precision
from tests.cast import SOURCE, CastMixin

pytestmark = pytest.mark.once

parse = PartialDate.parse


def used(starts, ends, day, is_past=False):
    """The time of a period, from texts; an empty one is not known."""
    return TimeUsed(*(parse(text) if text else None for text in (starts, ends)), date.fromisoformat(day), is_past)


class TimeUsedTests(SimpleTestCase):
    def test_it_works(self):
        self.assertEqual(used("2024", "2025", "2026-11-22").words, "24 of 24 months, ended 326 days ago")
        self.assertEqual(used("2024", "2025", "2026-11-22").width, "100.00%")

    def test_months_are_whole_ones(self):
        for day, words in [
            ("2024-01-30", "0 of 24 months, 701 days left"),
            ("2024-01-31", "1 of 24 months, 700 days left"),
            ("2025-12-30", "23 of 24 months, 1 day left"),
            ("2025-12-31", "24 of 24 months, ends today"),
            ("2026-01-01", "24 of 24 months, ended 1 day ago"),
            ("2023-12-31", "0 of 24 months, begins in 1 day"),
        ]:
            self.assertEqual(used("2024-01-01", "2025-12-31", day).words, words)

    def test_on_a_chosen_day_what_was_to_come_is_past(self):
        for day, words in [
            ("2024-06-30", "6 of 24 months, 549 days were left"),
            ("2025-12-30", "23 of 24 months, 1 day was left"),
            ("2025-12-31", "24 of 24 months, ended on that day"),
            ("2026-01-02", "24 of 24 months, had ended 2 days before"),
            ("2023-12-30", "0 of 24 months, began 2 days later"),
        ]:
            self.assertEqual(used("2024", "2025", day, is_past=True).words, words)

    def test_a_month_that_was_broken_off_is_not_told_as_whole(self):
        self.assertEqual(used("2024-06-12", "2025-12-31", "2024-08-12").words, "2 of more than 18 months, 506 days left")

    def test_a_short_one_is_counted_in_days(self):
        self.assertEqual(used("2024-06-12", "2024-06-21", "2024-06-14").words, "3 of 10 days, 7 days left")
        self.assertEqual(used("2024-06-12", "2024-06-12", "2024-06-13").words, "1 of 1 day, ended 1 day ago")

    def test_what_is_not_known_is_not_told(self):
        for starts, ends, words in [
            ("", "2025", "ended 326 days ago"),
            ("2024", "", "its end is not known"),
            ("2027", "", "begins in 40 days"),
            ("", "", ""),
        ]:
            time = used(starts, ends, "2026-11-22")
            self.assertEqual((time.words, time.share, time.width), (words, None, None))

    def test_the_share_never_leaves_the_bar(self):
        shares = [
            used("2024", "2025", day).share for day in ("1900-01-01", "2024-01-01", "2024-12-31", "2025-12-31", "2999-01-01")
        ]
        self.assertEqual(shares, [0, 1 / 731, 366 / 731, 1, 1])

    def test_a_partial_date_says_so(self):
        self.assertTrue(used("2024", "2025-12-31", "2025-01-01").is_partial)
        self.assertFalse(used("2024-01-01", "2025-12-31", "2025-01-01").is_partial)

    def test_the_calendar_ends_without_a_fall(self):
        self.assertIn("of more than", used("2024", "9999", "2026-11-22").words)


class AxisTests(SimpleTestCase):
    def test_it_works(self):
        axis = Axis.holding([date(2024, 6, 12), date(2025, 2, 4)])
        self.assertEqual((axis.first, axis.last), (date(2024, 6, 1), date(2025, 2, 28)))
        self.assertEqual([axis.place(day) for day in (axis.first, axis.last)], [LEFT, RIGHT])

    def test_the_names_stand_apart_however_long_it_is(self):
        for years in (0, 1, 2, 3, 5, 8, 13, 34, 107, 900, 7900):
            axis = Axis.holding([date(1919, 11, 3), date(1919 + years, 11, 30)])
            ticks = list(axis.ticks())
            self.assertLessEqual(len(ticks), MOST_TICKS + 1, years)
            self.assertTrue(ticks, years)
            named = [tick for tick in ticks if tick.name]
            room = [later.at - tick.at - 5 * (later.is_late and not tick.is_late) for tick, later in pairwise(named)]
            self.assertTrue(all(each > 15 for each in room), (years, room))
            self.assertTrue(all(LEFT <= tick.at <= RIGHT for tick in ticks))

    def test_ticks_are_named_as_precisely_as_they_stand(self):
        names = [tick.name for tick in Axis.holding([date(2024, 1, 1), date(2025, 12, 31)]).ticks()]
        self.assertEqual(names, ["Jan 2024", "Jul 2024", "Jan 2025", "Jul 2025"])
        names = [tick.name for tick in Axis.holding([date(2001, 1, 1), date(2020, 12, 31)]).ticks()]
        self.assertEqual(names, ["2005", "2010", "2015", "2020"])


class Drawing:
    """A roadmap that exists in memory only, with its commitments and what happened to them."""

    def __init__(self, starts="2024", ends="2025", signed="2024-06", areas=()):
        self.roadmap = SimpleNamespace(
            starts=starts and parse(starts), ends=ends and parse(ends), signed=signed and parse(signed),
            areas=SimpleNamespace(all=lambda: areas),
        )  # fmt: skip
        self.commitments, self.updates = [], []

    def commitment(self, due="2025-12-31", made="", area=None):
        number = len(self.commitments) + 1
        made = made and parse(made)
        commitment = Commitment(
            pk=number, number=number, title=f"Promise {number}", area_id=area,
            made_on=made.last_day if made else None, made_on_precision=made.precision if made else Precision.DAY,
        )  # fmt: skip
        commitment.due = (due and parse(due).last_day) or None
        commitment.due_precision = parse(due).precision if due else Precision.DAY
        self.commitments.append(commitment)
        return commitment

    def update(self, commitment, happened, delivery="under-way"):
        happened = parse(happened)
        update = ProgressUpdate(
            pk=len(self.updates) + 1, commitment=commitment, delivery=delivery,
            happened_on=happened.last_day, happened_on_precision=happened.precision,
        )  # fmt: skip
        self.updates.append(update)
        return update

    def drawn(self, day="2026-11-22"):
        return timeline_of(self.roadmap, self.commitments, self.updates, date.fromisoformat(day))


class TimelineTests(SimpleTestCase):
    def test_it_works(self):
        drawing = Drawing()
        first, second = drawing.commitment(), drawing.commitment(due="")
        drawing.update(first, "2024-09-01")
        drawing.update(second, "2025-03-10", "delivered")
        timeline = drawing.drawn()
        self.assertEqual([lane.name for lane in timeline.lanes], ["The roadmap", "Promise 1", "Promise 2"])
        self.assertEqual(
            [[mark.kind for mark in lane.marks] for lane in timeline.lanes], [[GIVEN], ["under-way", DUE], ["delivered"]]
        )
        self.assertEqual(
            [str(event.when) for event in timeline.events], ["June 2024", "1 September 2024", "10 March 2025", "31 December 2025"]
        )
        self.assertEqual(timeline.states, ["under-way", "delivered"])

    def test_every_mark_stands_within_the_drawing(self):
        drawing = Drawing()
        for number in range(20):
            commitment = drawing.commitment(due=f"20{20 + number % 9}", made="2019")
            for step in range(6):
                drawing.update(commitment, f"20{18 + step * 2}-0{1 + step}")
        timeline = drawing.drawn()
        for lane in timeline.lanes:
            self.assertLess(lane.top, lane.name_y)
            for mark in lane.marks:
                self.assertTrue(LEFT <= mark.begin <= mark.at <= RIGHT)
                self.assertTrue(lane.name_y < mark.y <= lane.foot, (lane, mark))
        for above, below in pairwise(timeline.lanes):
            self.assertEqual(above.foot, below.top)
        self.assertEqual(timeline.height, timeline.lanes[-1].foot)

    def test_marks_stand_in_the_order_of_their_days(self):
        drawing = Drawing()
        commitment = drawing.commitment(due="")
        days = ["2024-02-01", "2024-02-02", "2024-08-15", "2025-01-31", "2025-11-30"]
        for day in reversed(days):
            drawing.update(commitment, day)
        marks = drawing.drawn().lanes[-1].marks
        self.assertEqual([mark.at for mark in marks], sorted(mark.at for mark in marks))
        span = (date(2025, 12, 31) - date(2024, 1, 1)).days
        for day, mark in zip(days, marks, strict=True):
            share = (date.fromisoformat(day) - date(2024, 1, 1)).days / span
            self.assertAlmostEqual(mark.at, LEFT + (RIGHT - LEFT) * share)

    def test_a_partial_date_is_drawn_as_the_span_of_its_period(self):
        drawing = Drawing(signed="")
        commitment = drawing.commitment(due="2025")
        for happened in ("2024", "2025-02", "2025-02-04"):
            drawing.update(commitment, happened)
        timeline = drawing.drawn()
        axis, marks = timeline.axis, {mark.begin: mark for mark in timeline.lanes[-1].marks if mark.kind != DUE}
        for begin, end in [(date(2024, 1, 1), date(2024, 12, 31)), (date(2025, 2, 1), date(2025, 2, 28))]:
            mark = marks[axis.place(begin)]
            self.assertEqual(mark.at, axis.place(end))  # it counts from the last day
            self.assertTrue(mark.bar_width)
        self.assertEqual(marks[axis.place(date(2025, 2, 4))].bar_width, "")
        [due] = timeline.lanes[-1].dues
        self.assertEqual((due.begin, due.at), (axis.place(date(2025, 1, 1)), axis.place(date(2025, 12, 31))))
        self.assertEqual(len(timeline.lanes[-1].spans), 2)
        self.assertTrue(timeline.has_periods)

    def test_no_mark_is_upon_another_while_there_is_room(self):
        drawing = Drawing()
        commitment = drawing.commitment()
        for number in range(24):
            drawing.update(commitment, (date(2024, 1, 1) + timedelta(days=30 * number)).isoformat())
        marks = drawing.drawn().lanes[-1].marks
        for row in {mark.row for mark in marks}:
            placed = [mark.at for mark in marks if mark.row == row]
            self.assertTrue(all(later - at >= 4 for at, later in pairwise(placed)), placed)

    def test_a_crowded_day_does_not_make_the_drawing_endless(self):
        drawing = Drawing()
        commitment = drawing.commitment()
        for _ in range(100):
            drawing.update(commitment, "2024-09-01")
        timeline = drawing.drawn()
        self.assertEqual(len(timeline.lanes[-1].marks), 101)
        self.assertEqual(timeline.lanes[-1].rows, MOST_ROWS)
        self.assertEqual(len(timeline.events), 102)

    def test_many_commitments_share_the_lanes_of_their_areas(self):
        areas = [PriorityArea(pk=number, number=number, title=f"Area {number}") for number in (1, 2)]
        drawing = Drawing(areas=areas)
        for number in range(MOST_LANES + 1):
            drawing.update(drawing.commitment(area=(1, 2, None)[number % 3]), "2024-09-01")
        timeline = drawing.drawn()
        self.assertEqual([lane.name for lane in timeline.lanes], ["The roadmap", "1. Area 1", "2. Area 2", "Promises"])
        updates = [mark for lane in timeline.lanes for mark in lane.marks if mark.kind == "under-way"]
        self.assertEqual(len(updates), MOST_LANES + 1)
        dues = [mark for lane in timeline.lanes for mark in lane.marks if mark.kind == DUE]
        self.assertEqual(len(dues), 3)  # all of a lane are due on one day
        self.assertEqual(len(timeline.events), 2 * (MOST_LANES + 1) + 1)  # the table tells each

    def test_single_promises_have_no_lane_of_their_roadmap(self):
        drawing = Drawing(starts="", ends="", signed="")
        drawing.commitment(due="", made="2023-03-08")
        drawing.commitment(due="2030", made="")
        timeline = drawing.drawn()
        self.assertEqual([lane.name for lane in timeline.lanes], ["Promise 1", "Promise 2"])
        self.assertEqual([mark.kind for lane in timeline.lanes for mark in lane.marks], [GIVEN, DUE])

    def test_without_a_date_there_is_nothing_to_draw(self):
        self.assertIsNone(Drawing(starts="", ends="", signed="").drawn())
        self.assertIsNone(Drawing(starts="", ends="2025", signed="").drawn())
        drawing = Drawing(starts="", ends="", signed="")
        drawing.commitment(due="")
        self.assertIsNone(drawing.drawn())

    def test_the_day_is_marked_where_it_is_on_the_axis(self):
        drawing = Drawing()
        self.assertEqual(drawing.drawn("2024-01-01").day_x, f"{LEFT:.2f}%")
        self.assertFalse(drawing.drawn("2024-01-01").day_is_late)
        self.assertTrue(drawing.drawn("2025-12-01").day_is_late)
        self.assertIsNone(drawing.drawn("2026-11-22").day_x)

    def test_a_long_title_is_cut_for_a_phone(self):
        drawing = Drawing()
        drawing.commitment().title = "Ratify the Convention on safety and health in mines, 1995 (No. 176)"
        lane = drawing.drawn().lanes[-1]
        self.assertEqual(lane.long, "Ratify the Convention on safety and health in mines, 1995 (No. 176)")
        self.assertEqual(lane.short, f"{lane.long[: SHORT - 1]}…")


class StoredTests(CastMixin, TestCase):
    """The same of records of the database, by area too."""

    def test_it_works(self):
        Commitment.objects.bulk_create(
            Commitment(
                roadmap=self.roadmap, number=number, title=f"Promise {number}", slug=f"promise-{number}", exact="-",
                strength="other", source=SOURCE, area=self.area if number % 2 else None,
            )
            for number in range(3, 30)
        )  # fmt: skip
        roadmap = Roadmap.objects.get(pk=self.roadmap.pk)
        commitments = list(roadmap.commitments.with_state())
        timeline = timeline_of(roadmap, commitments, [], date(2025, 1, 1))
        self.assertEqual([lane.name for lane in timeline.lanes], ["1. Occupational safety and health", "Promises"])
