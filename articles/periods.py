"""A period as a day finds it: how much of it is used, in months and in words."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conventions.records import PartialDate, Precision

DAY = timedelta(days=1)


def after(day):
    """The next day; no calendar of ours goes beyond the last."""
    return day if day == date.max else day + DAY


def whole_months(begin, end):
    """How many whole months lie between two days, the second one left out."""
    return (end.year - begin.year) * 12 + end.month - begin.month - (end.day < begin.day)


@dataclass(frozen=True)
class TimeUsed:
    """A period as a day finds it. What is known to the month or the year counts from its first day and to its last.

    `is_past` is whether the day is one that the reader chose, so that what was to come then is told as past.
    """

    starts: PartialDate | None
    ends: PartialDate | None
    day: date
    is_past: bool = False

    @property
    def begin(self):
        return self.starts and self.starts.first_day

    @property
    def end(self):
        return self.ends and self.ends.last_day

    @property
    def share(self):
        """Which part of it is used, from 0 to 1; None where one of its ends is not known."""
        if not (self.begin and self.end):
            return None
        return min(max((after(self.day) - self.begin) / (after(self.end) - self.begin), 0), 1)

    @property
    def width(self):
        """The length of a bar that shows it."""
        return None if self.share is None else f"{100 * self.share:.2f}%"

    @property
    def is_partial(self):
        """Whether one of its ends is known only to the month or the year."""
        return any(known and known.precision != Precision.DAY for known in (self.starts, self.ends))

    @property
    def words(self):
        """The same in words: 24 of 24 months, ended 326 days ago."""
        return ", ".join(part for part in (self.counted(), self.told()) if part)

    def counted(self):
        """How many of its months, or of its days where it is short."""
        if self.share is None:
            return ""
        end = after(self.end)
        months = whole_months(self.begin, end)
        if months < 2:
            total = (end - self.begin).days
            used = min(max((after(self.day) - self.begin).days, 0), total)
            return ngettext("%(used)d of %(total)d day", "%(used)d of %(total)d days", total) % {"used": used, "total": total}
        used = min(max(whole_months(self.begin, after(self.day)), 0), months)
        if self.begin.day != end.day:
            return _("%(used)d of more than %(total)d months") % {"used": used, "total": months}
        return _("%(used)d of %(total)d months") % {"used": used, "total": months}

    def told(self):
        """How far the day is from where it begins, or ends."""
        if self.end and self.day > self.end:
            return self.ended((self.day - self.end).days)
        if self.begin and self.day < self.begin:
            return self.begins((self.begin - self.day).days)
        if self.end:
            return self.left((self.end - self.day).days)
        return _("its end is not known") if self.begin else ""

    def ended(self, days):
        if self.is_past:
            return ngettext("had ended %d day before", "had ended %d days before", days) % days
        return ngettext("ended %d day ago", "ended %d days ago", days) % days

    def begins(self, days):
        if self.is_past:
            return ngettext("began %d day later", "began %d days later", days) % days
        return ngettext("begins in %d day", "begins in %d days", days) % days

    def left(self, days):
        if not days:
            return _("ended on that day") if self.is_past else _("ends today")
        if self.is_past:
            return ngettext("%d day was left", "%d days were left", days) % days
        return ngettext("%d day left", "%d days left", days) % days
