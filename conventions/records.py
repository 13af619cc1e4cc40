"""What any record can have: a source, a date known only in part, rich text, and an address that once was its own."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import reduce

import nh3
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Case, DateField, Q, When
from django.db.models.functions import Cast, TruncMonth, TruncYear
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from .pasted import in_our_elements, is_foreign, without_empty


class Refused(Exception):
    """A verb that may not be done now. Its text is the sentence for the person who tried."""


class RecordQuerySet(models.QuerySet):
    """Records are referred to by what people know them by ("C087", "KAZ"), never by a number of the database."""

    def get_by_natural_key(self, *key):
        return self.get(**dict(zip(self.model.natural, key, strict=True)))


class Record(models.Model):
    """A record with a natural key: the lookups in `natural`, read off itself.

    Its versions hold, beside its own fields, the rows of its `parts` (accessors of what is edited in its form), its own
    sets but those edited `elsewhere`, and those that it takes `also` from other records' relations.
    """

    natural = ()
    parts = ()
    also = ()
    elsewhere = ()
    #: Fields that no version holds: what somebody may ask us to forget cannot stand in a table that nobody rewrites.
    forgettable = ()
    #: Whether what is written now waits for a second person, beside what stands.
    takes_changes = False
    #: The links that its name is made with, where one of them may be empty.
    named_with = ()

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def natural_key(self):
        return tuple(reduce(follow, lookup.split("__"), self) for lookup in self.natural)

    def begun_by(self, author):
        """Name whoever began it, where the record itself remembers that."""


def follow(record, name):
    """What a record says under a name; None beyond a link that is empty."""
    return None if record is None else getattr(record, name)


#: Addresses of sources: the web's two schemes and no other.
web_address = URLValidator(schemes=["http", "https"])


def named_by(model, relation):
    """The rule that something published reaches a row of `model` by its reverse `relation`.

    A list of keys and not EXISTS: the database makes it once, where it would ask anew for each row.
    """
    field = model._meta.get_field(relation)
    return Q(pk__in=field.related_model.objects.published().values(field.remote_field.name))


def violated(model, error):
    """The editor's sentence for the constraint of `model` that a database refused with this error, or None."""
    broken = [each for each in model._meta.constraints if each.name in str(error) or columns_of(model, each) in str(error)]
    return broken[0].violation_error_message if broken else None


def columns_of(model, constraint):
    """How SQLite calls a constraint by which rows differ: it names the columns."""
    columns = [model._meta.get_field(name).column for name in getattr(constraint, "fields", ())]
    return ", ".join(f"{model._meta.db_table}.{column}" for column in columns) or constraint.name


class Sourced(models.Model):
    """A fact together with where it is stated. Nothing is shown as true without a source."""

    source = models.TextField(
        _("source"),
        help_text=_("Where this is stated: publisher, title and address. Separate several sources by a semicolon."),
    )

    class Meta:
        abstract = True


class Listed(models.Model):
    """A record of the register. What a later release leaves out stays, with the day on which it was struck."""

    delisted_on = models.DateField(
        _("struck on"),
        null=True,
        blank=True,
        help_text=_("The day on which a release of the register left it out. It stays on its page, and counts nowhere."),
    )

    class Meta:
        abstract = True


# --- Dates known only in part ------------------------------------------------------------------------------------


class Precision(models.TextChoices):
    """How much of a date is known. The words of ISO 8601's reduced precision."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")


@dataclass(frozen=True)
class PartialDate:
    """A date known to the day, the month or the year. It counts from the last day of its period.

    `last_day` is that day, so that a plain comparison in the database is the rule: what happened "in 2000"
    had happened by 31 December 2000 and, for all we know, not before.
    """

    last_day: date
    precision: Precision = Precision.DAY

    PATTERN = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")

    @classmethod
    def parse(cls, text):
        """Read `2000`, `2000-12` or `2000-12-13`. Raise ValueError with a sentence for anything else."""
        match = cls.PATTERN.fullmatch(text.strip())
        if not match:
            raise ValueError(f"“{text}” is not a date: write 2000, 2000-12 or 2000-12-13.")
        year, month, day = (None if part is None else int(part) for part in match.groups())
        try:
            known = date(year, 12 if month is None else month, 1 if day is None else day)
        except ValueError:
            raise ValueError(f"“{text}” is not a day in the calendar.") from None
        precision = Precision.YEAR if month is None else Precision.MONTH if day is None else Precision.DAY
        return cls.ending(known, precision)

    @classmethod
    def ending(cls, day, precision):
        """The period of the given precision that holds `day`."""
        if precision == Precision.YEAR:
            return cls(date(day.year, 12, 31), Precision.YEAR)
        if precision == Precision.MONTH:
            return cls(day.replace(day=calendar.monthrange(day.year, day.month)[1]), Precision.MONTH)
        return cls(day, Precision.DAY)

    @property
    def first_day(self):
        """The first day of the period."""
        if self.precision == Precision.YEAR:
            return date(self.last_day.year, 1, 1)
        return self.last_day.replace(day=1) if self.precision == Precision.MONTH else self.last_day

    @property
    def iso(self):
        """What a `<time datetime>` holds: `2000`, `2000-12` or `2000-12-13`."""
        return self.last_day.isoformat()[: {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}[self.precision]]

    def __str__(self):
        """What a reader sees: `2000`, `December 2000` or `13 December 2000`."""
        if self.precision == Precision.YEAR:
            return f"{self.last_day.year:04}"
        return date_format(self.last_day, "F Y" if self.precision == Precision.MONTH else "j F Y")


def precision_field(of):
    """Make the companion column of a partial date; `of` names the date for the editor."""
    return models.CharField(
        _("precision of %(date)s") % {"date": of},
        max_length=5,
        choices=Precision.choices,
        default=Precision.DAY,
        help_text=_("How much of the date the source states. “Year” keeps the year only, whatever day is typed."),
    )


def partial_date(name):
    """Make the property that reads `<name>` and `<name>_precision` as one PartialDate (or None)."""

    def read(record):
        day = getattr(record, name)
        return PartialDate(day, Precision(getattr(record, f"{name}_precision"))) if day else None

    return property(read)


def end_of_period(record, *names):
    """Move the partial dates `names` of a record to the last day of their period, as a constraint demands."""
    for name in names:
        day, precision = getattr(record, name), getattr(record, f"{name}_precision")
        if isinstance(day, date) and precision in Precision.values:  # what a form could not read has its own sentence
            setattr(record, name, PartialDate.ending(day, precision).last_day)


def begins(record, name):
    """The first day of the period of a partial date in hand; None without one, or where a form could not read it."""
    day, precision = getattr(record, name), getattr(record, f"{name}_precision")
    return PartialDate.ending(day, precision).first_day if isinstance(day, date) and precision in Precision.values else None


def first_day(name):
    """The first day of the period of the partial date `name`, as the database works it out."""
    precision = f"{name}_precision"
    period = [(Precision.YEAR, TruncYear(name)), (Precision.MONTH, TruncMonth(name))]
    return Cast(Case(*(When(**{precision: value, "then": first}) for value, first in period), default=name), DateField())


def partial_date_constraint(model, name):
    """Refuse a date of reduced precision that does not stand on the last day of its period."""

    def stands(**parts):
        return Q(**{f"{name}__{part}": value for part, value in parts.items()})

    last_of_month = (
        stands(month__in=[1, 3, 5, 7, 8, 10, 12], day=31) | stands(month__in=[4, 6, 9, 11], day=30) | stands(month=2, day__gte=28)
    )
    return models.CheckConstraint(
        name=f"{model}_{name}_ends_its_period",
        condition=Q(**{f"{name}__isnull": True})
        | Q(**{f"{name}_precision": Precision.DAY})
        | (Q(**{f"{name}_precision": Precision.MONTH}) & last_of_month)
        | (Q(**{f"{name}_precision": Precision.YEAR}) & stands(month=12, day=31)),
        violation_error_message=_("A date known to the month or the year must stand on the last day of that period."),
    )


# --- Rich text ---------------------------------------------------------------------------------------------------

RICH_TEXT_TAGS = {"h2", "h3", "p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote"}
RICH_TEXT_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}


def clean_html(html):
    """Keep the few elements an article is made of; scripts, styles, pictures and handlers are dropped.

    What other programs wrote is told in these elements first, so that the words of a table do not run into one.
    """
    foreign = is_foreign(html)
    cleaned = nh3.clean(
        in_our_elements(html) if foreign else html,
        tags=RICH_TEXT_TAGS,
        attributes=RICH_TEXT_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return without_empty(cleaned) if foreign else cleaned


class RichTextField(models.TextField):
    """HTML that is cleaned as it enters the database: by form, fixture, import, `save()` or a text given to `update()`."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return clean_html(value) if isinstance(value, str) else value


# --- Addresses ---------------------------------------------------------------------------------------------------


class OldAddressQuerySet(models.QuerySet):
    def remember(self, path, record):
        """Let `path` lead to `record` for ever; a path that the record takes back is its own again."""
        self.filter(path=record.get_absolute_url()).delete()
        if path != record.get_absolute_url():
            self.update_or_create(
                path=path,
                defaults={"content_type": ContentType.objects.get_for_model(record), "object_id": record.pk},
            )


class OldAddress(models.Model):
    """A path at which the public once found a record. It redirects for ever."""

    path = models.CharField(_("path"), max_length=400, unique=True)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey()

    objects = OldAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")

    def __str__(self):
        return self.path
