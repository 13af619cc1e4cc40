"""When commitments are due, for calendar programs (RFC 5545). A program that is given the address follows it."""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.http.request import split_domain_port
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

from conventions.days import Days
from conventions.records import Precision

from .citing import records
from .commitment_filters import CommitmentFilter
from .feeds import NOT_XML
from .models import Commitment, Delivery, ProgressUpdate, end_of
from .outputs import refused, root_of
from .views import public, with_tombstone

#: How many events a calendar holds: those due last. It says so where there are more.
MOST = 1_000
#: How often a program is asked to come again.
EVERY = timedelta(days=1)
DAY = timedelta(days=1)


def text(words):
    """Words as a calendar holds them: no control character, and a line ends in one way only."""
    return "\n".join(NOT_XML.sub("", words).splitlines())


class Changes:
    """When each of some commitments changed: the moments at which something of it was recorded, confirmed or withdrawn."""

    def __init__(self, commitments, known):
        self.end = end_of(known) or timezone.now()
        self.moments = defaultdict(list)
        updates = ProgressUpdate.objects.ever_public().filter(commitment__in=[commitment.pk for commitment in commitments])
        columns = ("commitment", "recorded_at", "published_at", "confirmed_at", "withdrawn_at")
        for pk, recorded, published, *further in updates.order_by().values_list(*columns):
            self.moments[pk] += [moment for moment in (max(recorded, published or recorded), *further) if moment]

    def of(self, commitment):
        """How often it changed, and when last. To become overdue, at the midnight after the last day, is a change too."""
        moments = [moment for moment in self.moments[commitment.pk] if moment <= self.end]
        if commitment.is_overdue:
            moments.append(timezone.make_aware(datetime.combine(commitment.due + DAY, time.min)))
        return len(moments), max([commitment.recorded_at, *moments]).astimezone(UTC).replace(microsecond=0)


def state_in_words(commitment):
    """Its state as every outlet says it: the word, whether a verdict waits for a second person, and whether it is late."""
    words = [str(Delivery(commitment.delivery).label)]
    if commitment.is_closed and not commitment.confirmed:
        words.append(_("not yet confirmed"))
    if commitment.is_overdue:
        words.append(_("overdue"))
    return ", ".join(words)


def description(commitment):
    """What was promised and where, how far it is, and on what the day rests."""
    lines = [f"{commitment.roadmap.whose}: {commitment.roadmap.title}"]
    if commitment.exact:
        lines.append(f"“{commitment.exact}”")
    lines.append(state_in_words(commitment))
    if commitment.due_date.precision != Precision.DAY:
        lines.append(_("Due in %(period)s; no day is stated, so it stands on the last one.") % {"period": commitment.due_date})
    if commitment.due_on is None:
        lines.append(_("No date of its own: the end of the roadmap."))
    return "\n".join(lines)


def event(commitment, changes, days, root, host):
    """The whole day on which a commitment is due. What changes by time alone changes at a known moment: no clock is read."""
    times, changed = changes.of(commitment)
    day = Event()
    day.add("uid", f"commitment-{commitment.pk}@{host}")
    day.add("dtstamp", changed)
    day.add("last-modified", changed)
    day.add("sequence", times)
    day.add("dtstart", commitment.due)
    day.add("dtend", commitment.due + DAY)
    day.add("summary", text(f"{_('Due')}: {commitment.title} ({state_in_words(commitment)})"))
    day.add("description", text(description(commitment)))
    day.add("url", f"{root}{commitment.get_absolute_url()}{days.suffix}")
    day.add("transp", "TRANSPARENT")
    return day


def calendar(request, commitments, days, name, filename):
    """Answer with the due dates of commitments; one without a date is no event."""
    dated = commitments.select_related("roadmap__country").filter(due__isnull=False).order_by("-due", "pk")
    dated = list(dated[: MOST + 1])
    shown, root, host = dated[:MOST], root_of(request), split_domain_port(request.get_host())[0]
    file = Calendar()
    file.add("prodid", text(f"-//{settings.SITE_NAME}//commitments//EN"))
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    name = text(f"{settings.SITE_NAME}: {name}")
    file.add("name", name)
    file.add("x-wr-calname", name)
    if len(dated) > MOST:
        file.add("description", _("There are more: this calendar holds the %(most)s that are due last.") % {"most": MOST})
    file.add("refresh-interval", vDuration(EVERY), parameters={"VALUE": "DURATION"})
    file.add("x-published-ttl", vDuration(EVERY))
    changes = Changes(shown, days.known)
    for commitment in reversed(shown):
        file.add_component(event(commitment, changes, days, root, host))
    headers = {"Content-Disposition": f'attachment; filename="{filename}.ics"'}
    return HttpResponse(file.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)


def commitments_calendar(request):
    """The due dates of what the filter of the list lets through."""
    filterset = CommitmentFilter(request.GET)
    if not filterset.is_valid():
        return refused(filterset.form.errors)
    found = filterset.with_state(filterset.qs)
    return calendar(request, found, filterset.days, _("when commitments are due"), "commitments")


@with_tombstone
def record_calendar(request, kind, slug):
    """The due dates of one commitment, or of those of a roadmap or a country."""
    record = public(*records(kind, slug))
    days = Days.read(request.GET)
    if days.wrong:
        return refused(days.wrong)
    of = {"commitment": "pk", "roadmap": "roadmap", "country": "roadmap__country"}[kind]
    found = Commitment.objects.published().held(days.as_of, days.known).filter(**{of: record.pk})
    found = found.with_state(days.as_of, days.known)
    return calendar(request, found, days, str(record), f"{record.slug}-due")
