"""How to cite a page of the record: as of a day and as known at a moment, so that what was cited never changes."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _

from conventions.days import Days
from conventions.models import Country

from .models import Commitment, Roadmap
from .outputs import errors_in, refused, root_of
from .views import public, with_tombstone

#: What TeX takes for a sign of its own. Braces are written out, because BibTeX counts them whatever stands before them.
TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@dataclass(frozen=True)
class Citation:
    """A page as it stood on the day `as_of`, by what was recorded here until `known`; `made` is when it is cited.

    The present is cited by the moment at which the page was made. A page is kept only while nothing public changes, so
    whoever reads a kept one reads what a page made now would say, and the address leads there.
    """

    record: object
    root: str
    as_of: date
    known: date | datetime
    made: datetime

    @classmethod
    def of(cls, record, days, root):
        """The citation of a page that was asked for by these days. A day of `known` that is not over is cited as of now."""
        now = timezone.now()
        known = days.known if isinstance(days.known, datetime) or (days.known and days.known < timezone.localdate(now)) else now
        return cls(record, root, days.as_of or timezone.localdate(now), known, now)

    @property
    def kind(self):
        return self.record._meta.model_name

    @property
    def title(self):
        """What the page is about, with what it belongs to."""
        if self.kind == "commitment":
            return f"{self.record.title} ({self.record.roadmap.whose}, {self.record.roadmap.title})"
        if self.kind == "roadmap" and self.record.whose not in self.record.title:
            return f"{self.record.title} ({self.record.whose})"
        return self.record.official_name if self.kind == "country" else self.record.title

    @property
    def until(self):
        """The moment or day of `known` as an address holds it; a plus would be read as a blank, so moments are in UTC."""
        if not isinstance(self.known, datetime):
            return self.known.isoformat()
        return self.known.astimezone(UTC).isoformat().replace("+00:00", "Z")

    @property
    def address(self):
        """Where this stays."""
        return f"{self.root}{self.record.get_absolute_url()}?as_of={self.as_of.isoformat()}&known={self.until}"

    @cached_property
    def recorded_on(self):
        """The day of `known`."""
        return timezone.localdate(self.known) if isinstance(self.known, datetime) else self.known

    @property
    def cited_on(self):
        return timezone.localdate(self.made)

    @property
    def key(self):
        """The name by which a bibliography knows it."""
        return f"{slugify(settings.SITE_NAME) or 'record'}-{self.kind}-{self.record.slug}-{self.as_of.isoformat()}"

    @property
    def note(self):
        return _("As things stood on %(day)s, by what was recorded here until %(known)s.") % {
            "day": self.as_of.isoformat(),
            "known": self.until,
        }

    @property
    def bibtex(self):
        """An entry of BibTeX. Its letters are UTF-8, as biber and today's LaTeX read them."""
        fields = {
            "author": f"{{{tex(settings.SITE_NAME)}}}",
            "title": f"{{{tex(self.title)}}}",
            "year": f"{self.recorded_on.year:04}",
            "url": self.address,
            "urldate": self.cited_on.isoformat(),
            "note": tex(self.note),
        }
        lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items()]
        return f"@misc{{{self.key},\n{''.join(lines)}  month = {MONTHS[self.recorded_on.month - 1]}\n}}\n"

    @property
    def csl(self):
        """The item in the form of the Citation Style Language."""
        return {
            "id": self.key,
            "type": "webpage",
            "title": plain_text(self.title),
            "container-title": settings.SITE_NAME,
            "author": [{"literal": settings.SITE_NAME}],
            "issued": date_parts(self.recorded_on),
            "accessed": date_parts(self.cited_on),
            "URL": self.address,
            "note": self.note,
        }


def plain_text(text):
    """In one line."""
    return " ".join(text.split())


def tex(text):
    """Text as TeX reads it."""
    return re.sub(r"[\\{}^~&%$#_]", lambda sign: TEX[sign[0]], plain_text(text))


def date_parts(day):
    return {"date-parts": [[day.year, day.month, day.day]]}


def records(kind, slug):
    """The public records of a kind at an address, and those whose tombstone stands there."""
    where = {"slug": slug}
    if kind == "commitment":
        shown = Commitment.objects.published().filter(**where).select_related("roadmap__country")
        return shown, Roadmap.objects.tombstones().filter(commitments__slug=slug)
    if kind == "roadmap":
        shown = Roadmap.objects.published().filter(**where).select_related("country")
        return shown, Roadmap.objects.tombstones().filter(**where)
    return Country.objects.filter(**where), Country.objects.none()


def address_of(record, form, days):
    """Where the citation of a record is found in the form `bib` or `json`, as of the same days."""
    return reverse(f"articles:{record._meta.model_name}-cite", args=[record.slug, form]) + days.suffix


@with_tombstone
def cite(request, kind, slug, form):
    """The citation of a page, for a program that keeps bibliographies."""
    record = public(*records(kind, slug))
    days = Days.read(request.GET)
    if errors := errors_in(request.GET, days.wrong):
        return refused(errors, as_json=form == "json")
    citation = Citation.of(record, days, root_of(request))
    if form == "bib":
        text, content_type = citation.bibtex, "application/x-bibtex; charset=utf-8"
    else:
        text = json.dumps([citation.csl], ensure_ascii=False, indent=1) + "\n"
        content_type = "application/vnd.citationstyles.csl+json; charset=utf-8"
    return HttpResponse(
        text, content_type=content_type, headers={"Content-Disposition": f'inline; filename="{record.slug}.{form}"'}
    )
