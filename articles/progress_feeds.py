"""What happened to promises, as feeds: of one commitment, a roadmap, a country or an instrument. No account is needed."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Max, Prefetch, Q
from django.http import Http404
from django.http.request import split_domain_port
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from conventions.days import Days
from conventions.models import Convention

from .calendars import state_in_words
from .citing import records
from .feeds import NOT_XML
from .models import Commitment, Delivery, ProgressUpdate, Roadmap
from .outputs import refused
from .past import commitments_then, in_words_then, roadmap_then
from .views import public, with_tombstone

#: Which commitments a record's feed tells of.
OF = {
    "commitment": lambda record: Q(pk=record.pk),
    "roadmap": lambda record: Q(roadmap=record),
    "country": lambda record: Q(roadmap__country=record),
    "convention": lambda record: Q(convention=record) | Q(also_concerns=record),
}


class Atom(Atom1Feed):
    """A feed without entries is as old as the agreements that it tells of, and not as young as the question."""

    def latest_post_date(self):
        return self.feed["began"] if not self.items and self.feed.get("began") else super().latest_post_date()


@dataclass(frozen=True)
class Followed:
    """The record that a feed follows, the days as of which it is read, and the host in whose name entries are numbered."""

    record: object
    days: Days
    host: str

    @property
    def kind(self):
        return self.record._meta.model_name

    def commitments(self):
        found = Commitment.objects.published().filter(OF[self.kind](self.record)).values("pk")
        return Commitment.objects.filter(pk__in=found)

    def updates(self):
        """What was recorded of them and had happened by the day, also what another update superseded; newest recorded first.

        An update is recorded here when both are so: it is written, and it is public. What was withdrawn stays as an entry
        that says so: whoever has the old one gets it in its place.
        """
        known = self.days.known
        every = ProgressUpdate.objects.recorded(known)
        found = ProgressUpdate.objects.told(known).filter(commitment__in=self.commitments(), happened_on__lte=self.days.day)
        return (
            found.with_held()
            .latest_first(known)
            .order_by("-held", "-pk")
            .select_related("commitment__roadmap__country", "evidence")
            .prefetch_related(
                "further_evidence",
                Prefetch("supersedes", every),
                Prefetch("superseded_by", every.with_held().order_by("held")),
            )
        )


class ProgressFeed(Feed):
    """The newest updates of what a record promised. An entry keeps its name (RFC 4151) whatever its address becomes."""

    NEWEST = 50
    feed_type = Atom
    language = settings.LANGUAGE_CODE

    def get_object(self, request, record, days):
        return Followed(record, days, split_domain_port(request.get_host())[0])

    def title(self, followed):
        return clean(
            _("%(site)s: what happened to promises, %(record)s") % {"site": settings.SITE_NAME, "record": followed.record}
        )

    def subtitle(self, followed):
        """Of one commitment, the state that its updates give."""
        if followed.kind != "commitment":
            return _("Dated updates, each with its evidence.")
        days = followed.days
        mine = Commitment.objects.filter(pk=followed.record.pk).select_related("roadmap")
        [commitment] = commitments_then(mine.with_state(days.as_of, days.known), days)
        return _("Where it stands: %(state)s.") % {"state": state_in_words(commitment)}

    def feed_url(self, followed):
        """Its own address, with the days as of which it is read."""
        return address_of(followed.record) + followed.days.suffix

    def link(self, followed):
        return followed.record.get_absolute_url() + followed.days.suffix

    def feed_guid(self, followed):
        return f"tag:{followed.host},2026:{followed.kind}-{followed.record.pk}"

    def author_name(self):
        return settings.SITE_NAME

    def feed_extra_kwargs(self, followed):
        if (end := followed.days.end) is not None:  # a roadmap that came back is younger than what it told then
            return {"began": followed.commitments().filter(recorded_at__lte=end).aggregate(last=Max("recorded_at"))["last"]}
        roadmaps = Roadmap.objects.published().filter(commitments__in=followed.commitments())
        return {"began": roadmaps.order_by("-published_at").values_list("published_at", flat=True).first()}

    def items(self, followed):
        updates = list(followed.updates()[: self.NEWEST])
        told = in_words_then({update.commitment for update in updates}, followed.days)
        by_key = {commitment.pk: commitment for commitment in told}
        for update in updates:
            update.commitment = by_key[update.commitment_id]
        for update in updates:
            update.host, update.days = followed.host, followed.days
            update.counts = not update.is_withdrawn_by(followed.days.known)
            update.later = update.superseded_by.all()
        return updates

    def item_guid(self, update):
        return f"tag:{update.host},{update.recorded_at:%Y-%m-%d}:update-{update.pk}"

    def item_title(self, update):
        return clean(f"{verdict(update)}: {update.commitment}")

    def item_description(self, update):
        return clean(render_to_string("_partials/feed_entry.html", {"update": update}))

    def item_link(self, update):
        return f"{update.commitment.get_absolute_url()}{update.days.suffix}#update-{update.number}"

    def item_pubdate(self, update):
        return update.held

    def item_updateddate(self, update):
        """When it was recorded, confirmed, superseded, or withdrawn: the entry says so."""
        further = [update.confirmed_at] if update.is_confirmed else []
        further += [update.withdrawn_at] if update.is_withdrawn else []
        return max([update.held, *further, *(later.held for later in update.later)])

    def item_categories(self, update):
        return [update.get_delivery_display()] if update.counts else []


def clean(words):
    """Words that XML can hold."""
    return NOT_XML.sub("", words)


def verdict(update):
    """The state that an update gives, as every outlet says it, and whether it still counts."""
    if not update.counts:
        return _("Withdrawn")
    words = [str(Delivery(update.delivery).label)]
    if update.is_closing and not update.is_confirmed:
        words.append(_("not yet confirmed"))
    if update.later:
        words.append(_("superseded by a later update"))
    return ", ".join(words)


def feed(request, record):
    """The feed of a public record."""
    days = Days.read(request.GET)
    return refused(days.wrong) if days.wrong else ProgressFeed()(request, record=called_then(record, days), days=days)


def called_then(record, days):
    """The record under the name that it had in public at the end of `known`."""
    if isinstance(record, Roadmap):
        return roadmap_then(record, days)
    if isinstance(record, Commitment) and Commitment.objects.filter(pk=record.pk).held(known=days.known).exists():
        return in_words_then([record], days)[0]
    return record


@with_tombstone
def record_feed(request, kind, slug):
    """The feed of a commitment, a roadmap or a country."""
    return feed(request, public(*records(kind, slug)))


def convention_feed(request, code):
    """The feed of an instrument; a code as people write it (`C87`) leads to the register's own."""
    canonical = Convention.canonical_code(code)
    if canonical is None:
        raise Http404
    convention = get_object_or_404(Convention, code=canonical)
    if code != canonical.lower():
        return redirect(address_of(convention), permanent=True)
    return feed(request, convention)


def address_of(record):
    """Where the feed of a record is."""
    kind = record._meta.model_name
    return reverse(f"articles:{kind}-feed", args=[record.code.lower() if kind == "convention" else record.slug])
