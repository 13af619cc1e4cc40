"""The list of commitments as data: the same filter, the same order, on all pages; as CSV and as JSON."""

import csv
import json
from collections import defaultdict
from hashlib import sha256
from io import StringIO

from django.conf import settings
from django.db.models import Case, Count, F, OuterRef, Subquery, When
from django.db.models.functions import Coalesce
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.days import NAMES

from .commitment_filters import CommitmentFilter
from .models import Commitment, Evidence, Responsibility, Status
from .tracker import query

#: Up to so many rows an answer is made whole, so that it can be kept like a page; more are sent as they are read.
WHOLE = 5_000
#: How many rows are read from the database at a time.
AT_ONCE = 2_000

#: What a spreadsheet takes for a formula when it opens a file.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: Spreadsheets read a file without this mark in the encoding of their country, and Cyrillic is lost. Programs skip it.
BOM = "\ufeff"

#: The evidence of an update, as far as it is told: of what was withdrawn since, it is not.
SHOWN = Case(When(status=Status.WITHDRAWN, then=None), default=F("evidence"))

NO_DAY = _("This is no day, or has not come yet: write it as 2025-06-30.")
NO_NAME = _("Nothing is asked by this name. There are: %(names)s.")
#: By which names the list is asked. Its page is one, because the list's own addresses have it; data are all pages.
LIST_NAMES = (*CommitmentFilter.base_filters, "page")

#: What `known` does not reach: a list never reads the versions of what it lists.
OF_TODAY = "Titles, strengths and due dates are those of today; the page of each commitment has those of then."

COLUMNS = (
    "slug", "address", "title", "roadmap", "country_iso3", "country", "area", "exact_words", "strength", "convention",
    "also_concerns", "responsible", "made", "due", "delivery", "effect", "since", "confirmed", "overdue", "updates",
    "last_evidence_publisher", "last_evidence_voice", "last_evidence_address", "source",
)  # fmt: skip


# --- What is asked, or why it is refused ---------------------------------------------------------------------------


def errors_in(query, errors, names=NAMES):
    """What is wrong in a question, by name: the `errors` in what was read, and whatever is asked by none of the `names`."""
    sentence = NO_NAME % {"names": ", ".join(names)}
    return {**errors, **{name: [sentence] for name in query if name not in names}}


def refused(errors, as_json=False):
    """Answer 400 to a question that cannot be understood: data that silently left a filter out would be taken for filtered.

    A page shows the present instead of a day that is none, and its sentence says so; here nothing is shown.
    """
    errors = {name: [NO_DAY] if name in NAMES else list(sentences) for name, sentences in errors.items()}
    if as_json:
        errors = {name: [str(sentence) for sentence in sentences] for name, sentences in errors.items()}
        return JsonResponse({"errors": errors}, status=400, json_dumps_params={"ensure_ascii": False})
    lines = [f"{name}: {sentence}" for name, sentences in errors.items() for sentence in sentences]
    return HttpResponse("\n".join(lines) + "\n", status=400, content_type="text/plain; charset=utf-8")


# --- The rows ------------------------------------------------------------------------------------------------------


def collected(pairs):
    """Many values for one key: {key: [value, …]}."""
    found = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


class Rows:
    """What a filter lets through, row by row: five questions to the database, however many rows there are."""

    def __init__(self, filterset, root):
        self.filterset, self.root = filterset, root
        found = filterset.qs.order_by().values("pk")
        concerned = Commitment.also_concerns.through.objects.filter(commitment__in=found).order_by("convention__code")
        self.concerned = collected(concerned.values_list("commitment", "convention__code"))
        responsible = Responsibility.objects.filter(commitment__in=found).order_by("organisation__name", "pk")
        self.responsible = collected(responsible.values_list("commitment", "organisation__name"))
        evidence = Evidence.objects.filter(leads__commitment__in=found).order_by()
        self.evidence = {pk: facts for pk, *facts in evidence.values_list("pk", "publisher", "voice", "url")}

    def __iter__(self):
        updates = self.filterset.updates().filter(commitment=OuterRef("pk"))
        many = updates.order_by().values("commitment").annotate(many=Count("pk")).values("many")
        rows = self.filterset.with_state(self.filterset.qs).annotate(
            seen=Coalesce(Subquery(many), 0),
            shown_by=Subquery(updates.latest_first(self.filterset.days.known).annotate(shown=SHOWN).values("shown")[:1]),
        )
        rows = rows.select_related("roadmap__country", "area", "convention")
        return map(self.row, rows.iterator(chunk_size=AT_ONCE))

    def row(self, commitment):
        """One commitment as plain data, by the names of COLUMNS."""
        roadmap = commitment.roadmap
        publisher, voice, address = self.evidence[commitment.shown_by] if commitment.shown_by else ("", "", "")
        return {
            "slug": commitment.slug,
            "address": self.root + commitment.get_absolute_url(),
            "title": commitment.title,
            "roadmap": roadmap.title,
            "country_iso3": roadmap.country.iso3 if roadmap.country else "",
            "country": roadmap.whose,
            "area": commitment.area.title if commitment.area else "",
            "exact_words": commitment.exact,
            "strength": commitment.strength,
            "convention": commitment.convention.code if commitment.convention else "",
            "also_concerns": self.concerned.get(commitment.pk, []),
            "responsible": self.responsible.get(commitment.pk, []),
            "made": iso(commitment.made or roadmap.signed),
            "due": iso(commitment.due_date),
            "delivery": commitment.delivery,
            "effect": commitment.effect,
            "since": iso(commitment.stands_since),
            "confirmed": commitment.confirmed if commitment.is_closed else None,
            "overdue": commitment.is_overdue,
            "updates": commitment.seen,
            "last_evidence_publisher": publisher,
            "last_evidence_voice": voice,
            "last_evidence_address": address,
            "source": commitment.source,
        }


def iso(when):
    """A partial date as precise as it is known: 2025, 2025-06, 2025-06-30; nothing for nothing."""
    return when.iso if when else ""


# --- CSV -----------------------------------------------------------------------------------------------------------


def cell(name, value):
    """What stands in a cell: several values with semicolons, yes and no in words, and never a formula."""
    if name == "confirmed":
        return {True: "yes", False: "no", None: "not applicable"}[value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_lines(rows):
    """The lines of the table, its head first."""
    buffer = StringIO()
    writer = csv.writer(buffer)

    def line(cells):
        writer.writerow(cells)
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    yield BOM + line(COLUMNS)
    for row in rows:
        yield line([cell(name, row[name]) for name in COLUMNS])


# --- JSON ----------------------------------------------------------------------------------------------------------


def json_parts(rows, head):
    """One object: what was asked and when, and the list of commitments, each on a line of its own."""
    yield json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}") + ',\n "commitments": ['
    comma = "\n"
    for row in rows:
        yield comma + json.dumps(row, ensure_ascii=False)
        comma = ",\n"
    yield "\n]}\n"


def head(filterset, count, root):
    """What must be known to read the rows rightly, and to ask for them again."""
    days, now = filterset.days, timezone.now()
    contact = {"contact": settings.SITE_CONTACT} if settings.SITE_CONTACT else {}
    note = {"note": OF_TODAY} if days.known else {}
    return {
        "publisher": settings.SITE_NAME,
        **contact,
        "address": root + reverse("articles:commitments") + query(filterset),
        "as_of": days.day.isoformat(),
        "known": (days.known or now).isoformat(),
        "generated_at": now.isoformat(),
        **note,
        "filter": filterset.asked,
        "count": count,
    }


# --- The answers ---------------------------------------------------------------------------------------------------


def answer(parts, count, content_type, filename, way="attachment"):
    """The whole text at once, or as it is read where there is much of it."""
    headers = {"Content-Disposition": f'{way}; filename="{filename}"', "Content-Type": content_type}
    if count > WHOLE:
        return StreamingHttpResponse(parts, headers=headers)
    return HttpResponse("".join(parts), headers=headers)


def root_of(request):
    """Scheme and host, before which an address is absolute."""
    return request.build_absolute_uri("/").removesuffix("/")


def commitments_csv(request):
    """The list of commitments as a table."""
    filterset = CommitmentFilter(request.GET)
    if errors := errors_in(request.GET, filterset.form.errors, LIST_NAMES):
        return refused(errors)
    rows = Rows(filterset, root_of(request))
    return answer(csv_lines(rows), filterset.qs.count(), "text/csv; charset=utf-8; header=present", "commitments.csv")


def commitments_json(request):
    """The list of commitments as JSON."""
    filterset = CommitmentFilter(request.GET)
    if errors := errors_in(request.GET, filterset.form.errors, LIST_NAMES):
        return refused(errors, as_json=True)
    root, count = root_of(request), filterset.qs.count()
    told = head(filterset, count, root)
    parts = json_parts(Rows(filterset, root), told)
    response = answer(parts, count, "application/json; charset=utf-8", "commitments.json", way="inline")
    if not response.streaming:  # whoever asks again is told what is new, and the moment of the answer alone is not
        same = response.content.replace(told["generated_at"].encode(), b"")
        response.headers["ETag"] = f'W/"{sha256(same).hexdigest()}"'
    return response
