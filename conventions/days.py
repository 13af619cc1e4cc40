"""The two axes of time in an address: `?as_of=` asks what had happened by a day, `&known=` what was recorded here by then."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .records import PartialDate

NAMES = ("as_of", "known")


def beginning(day):
    """The moment at which a day begins here. Of the first day in the calendar: the first moment that is one everywhere."""
    try:
        return timezone.make_aware(datetime.combine(day, time.min)).astimezone(UTC)
    except OverflowError:  # east of Greenwich that was the year before the first
        return datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Days:
    """What an address asks of time: a day of events, a day (or a moment) of this record's knowledge; None is now.

    `wrong` are the sentences for what could not be read, by name: it is shown, and asks nothing.
    """

    as_of: date | None = None
    known: date | datetime | None = None
    typed: dict = field(default_factory=dict)
    wrong: dict = field(default_factory=dict)

    @classmethod
    def read(cls, query):
        """Read them from the query of an address: 2025-06-30, or 2025-06, or 2025; `known` also as a moment."""
        typed = {name: text for name in NAMES if (text := query.get(name, "").strip())}
        found, wrong = {}, {}
        for name, text in typed.items():
            try:
                found[name] = day_in(text, name)
            except ValueError as error:
                wrong[name] = str(error)
        return cls(**found, typed=typed, wrong=wrong)

    @property
    def is_past(self):
        """Whether another time than now is asked for."""
        return self.as_of is not None or self.known is not None

    @property
    def day(self):
        """The day on which what is shown stands."""
        return self.as_of or timezone.localdate()

    @property
    def end(self):
        """Up to which moment what was recorded here is asked for: the end of a day of `known`, never beyond now. None is now."""
        if self.known is None or isinstance(self.known, datetime):
            return self.known
        return min(datetime.combine(self.known, time.max, timezone.get_current_timezone()), timezone.now())

    @property
    def query(self):
        """What was asked, for another address: as_of=2025-06-30&known=2025-07-01."""
        return urlencode({name: value.isoformat() for name in NAMES if (value := getattr(self, name))})

    @property
    def suffix(self):
        """The same with its question mark; empty for now."""
        return f"?{self.query}" if self.is_past else ""

    @property
    def sentences(self):
        return list(self.wrong.values())


def day_in(text, name):
    """Read a day, or a moment of `known`. Raise ValueError with a sentence for the reader."""
    shown = text[:40]
    day = moment_in(text) if name == "known" and "T" in text else None
    if day is None:
        try:
            day = PartialDate.parse(text).last_day
        except ValueError:
            raise ValueError(
                _("“%(text)s” is not a day: write it as 2025-06-30. What is shown is the present state.") % {"text": shown}
            ) from None
    last = timezone.now() if isinstance(day, datetime) else timezone.localdate()
    if day > last:
        return refuse_future(text, day, last)
    return day


def refuse_future(text, day, last):
    """A period that is not over is asked as of today; what has not come cannot be asked for."""
    if not isinstance(day, datetime) and len(text) < len("2025-06-30") and last.isoformat().startswith(text):
        return last
    raise ValueError(_("%(day)s has not come yet. What is shown is the present state.") % {"day": date_format(day, "j F Y")})


def moment_in(text):
    """A moment as ISO 8601 writes it, with its time zone or in the site's; None for anything else."""
    try:
        moment = parse_datetime(text.replace(" ", "+"))  # a plus in an address is read as a blank
        moment = timezone.make_aware(moment) if moment and timezone.is_naive(moment) else moment
        return moment and timezone.localtime(moment.astimezone(UTC))
    except (ValueError, OverflowError):  # no such moment, or one before the first year, here or in UTC
        return None
