"""When commitments are due, for calendar programs (RFC 5545). A program that is given the address follows it."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.http.request import split_domain_port
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

from conventions.days import Days, beginning
from conventions.models import Country, Version
from conventions.records import Precision

from .citing import records
from .commitment_filters import CommitmentFilter
from .feeds import NOT_XML
from .models import Commitment, Delivery, ProgressUpdate, Roadmap
from .outputs import LIST_NAMES, errors_in, refused, root_of
from .views import public, with_tombstone

#: How many events a calendar holds: those due last. It says so where there are more.
MOST = 1_000
#: How often a program is asked to come again.
EVERY = timedelta(days=1)
DAY = timedelta(days=1)
#: From when the seconds are counted that number a change: until 2068 they are an integer as RFC 5545 knows it.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def text(words):
    """Words as a calendar holds them: no control character, and a line ends in one way only."""
    return "\n".join(NOT_XML.sub("", words).splitlines())


class Changes:
    """When each of some commitments changed, as far as an event tells of it.

    By its updates, as far as `known` lets them through; by edits of what the event is worded with, which are those until
    today, as its words are; and by time alone.
    """

    def __init__(self, commitments, days):
        self.end = days.end or timezone.now()
        self.kinds = ContentType.objects.get_for_models(Commitment, Roadmap, Country)
        self.moments, self.edits = defaultdict(list), defaultdict(list)
        self.read_updates(commitments)
        self.read_versions(commitments)

    def read_updates(self, commitments):
        """The moments at which something was recorded, confirmed or withdrawn, by commitment."""
        updates = ProgressUpdate.objects.ever_public().filter(commitment__in=[commitment.pk for commitment in commitments])
        columns = ("commitment", "recorded_at", "published_at", "confirmed_at", "withdrawn_at")
        for pk, recorded, published, *further in updates.order_by().values_list(*columns):
            moments = (max(recorded, published or recorded), *further)
            self.moments[pk] += [moment for moment in moments if moment and moment <= self.end]

    def read_versions(self, commitments):
        """The moments at which words were edited, by kind and key of the record; of a roadmap, when the public got to read it."""

        def of(model, keys):
            return Q(content_type=self.kinds[model], object_id__in=set(keys))

        edited = of(Roadmap, (commitment.roadmap_id for commitment in commitments)) & Q(public_at__lte=timezone.now())
        edited |= of(Commitment, (commitment.pk for commitment in commitments))
        edited |= of(Country, (commitment.roadmap.country_id for commitment in commitments))
        versions = Version.objects.saved().filter(edited).order_by().annotate(moment=Coalesce("public_at", "at"))
        for kind, key, moment in versions.values_list("content_type", "object_id", "moment"):
            self.edits[kind, key].append(moment)

    def worded_with(self, commitment):
        """The records whose words stand in its event, by kind and key."""
        keys = {Commitment: commitment.pk, Roadmap: commitment.roadmap_id, Country: commitment.roadmap.country_id}
        return [(self.kinds[model].pk, key) for model, key in keys.items()]

    def of(self, commitment):
        """The number of its last change, which rises with every change and never falls, and the moment of that change.

        What comes about by time alone does so at a midnight, and counts while it lasts: whatever ends it comes later. The
        number is that of the seconds until the last change and, so that two within one second differ, of those recorded.
        """
        moments = [commitment.recorded_at, *self.moments[commitment.pk]]
        moments += chain.from_iterable(self.edits[record] for record in self.worded_with(commitment))
        by_time = [beginning(commitment.since)] if commitment.since else []
        if commitment.is_overdue:
            by_time.append(beginning(commitment.due + DAY))
        last = max(moments + by_time).astimezone(UTC).replace(microsecond=0)
        return int((last - EPOCH).total_seconds()) + len(moments), last


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
    number, changed = changes.of(commitment)
    day = Event()
    day.add("uid", f"commitment-{commitment.pk}@{host}")
    day.add("dtstamp", changed)
    day.add("last-modified", changed)
    day.add("sequence", number)
    day.add("dtstart", commitment.due)
    if commitment.due < date.max:  # without an end it is one day too
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
    changes = Changes(shown, days)
    for commitment in reversed(shown):
        file.add_component(event(commitment, changes, days, root, host))
    headers = {"Content-Disposition": f'attachment; filename="{filename}.ics"'}
    return HttpResponse(file.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)


def commitments_calendar(request):
    """The due dates of what the filter of the list lets through."""
    filterset = CommitmentFilter(request.GET)
    if errors := errors_in(request.GET, filterset.form.errors, LIST_NAMES):
        return refused(errors)
    found = filterset.with_state(filterset.qs)
    return calendar(request, found, filterset.days, _("when commitments are due"), "commitments")


@with_tombstone
def record_calendar(request, kind, slug):
    """The due dates of one commitment, or of those of a roadmap or a country."""
    record = public(*records(kind, slug))
    days = Days.read(request.GET)
    if errors := errors_in(request.GET, days.wrong):
        return refused(errors)
    of = {"commitment": "pk", "roadmap": "roadmap", "country": "roadmap__country"}[kind]
    found = Commitment.objects.published().held(days.as_of, days.known).filter(**{of: record.pk})
    found = found.with_state(days.as_of, days.known)
    return calendar(request, found, days, str(record), f"{record.slug}-due")
