"""The public pages of the newsroom. Each fetches what is published and renders it."""

from collections import Counter
from datetime import MAXYEAR, MINYEAR, timedelta
from functools import wraps
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, prefetch_related_objects
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from conventions.models import Convention, Country, Topic
from conventions.pages import listing
from conventions.snapshots import keys_of

from .figures import picture_of, reports_of, series_of
from .filters import (
    ArticleFilter,
    CorrectionFilter,
    OrganisationFilter,
    PersonFilter,
)
from .instruments import notes_on
from .kin import beside, related_to
from .models import (
    Appearance,
    Article,
    Citation,
    Commitment,
    Correction,
    Delivery,
    Image,
    Membership,
    Organisation,
    Participation,
    Person,
    ProgressUpdate,
    Roadmap,
    Statistic,
)
from .models.commitments import SETTLED
from .models.states import is_public


class Gone(Exception):
    """What stood here was withdrawn; its argument is the withdrawn record."""


def public(published, withdrawn):
    """The one record of the queryset `published`, or Gone if it is in `withdrawn`, or simply not found."""
    if (record := published.first()) is not None:
        return record
    if (record := withdrawn.first()) is not None:
        raise Gone(record)
    raise Http404


def with_tombstone(view):
    """Answer 410 where a withdrawn record stood: its headline then, its dates and the public note, and nothing more."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Gone as gone:
            record = gone.args[0]
            last = record.history().filter(verb="withdraw").last()
            context = {
                "record": record,
                "headline": last.headline if last else str(record),
                "published_at": last.effective_at if last else record.published_at,
            }
            return render(request, "articles/gone.html", context, status=410)

    return answer


#: For how many days something that happened to a promise is new.
NEW_FOR = timedelta(days=31)


def front(request):
    """The front page: the lead, the latest, what changed in commitments, what falls due, a figure, and ways in."""
    today = timezone.localdate()
    latest = list(Article.objects.published().defer("body").prefetch_related("countries")[:7])
    updates = ProgressUpdate.objects.published().in_effect().select_related("commitment__roadmap__country", "evidence")
    changed = list(updates.latest_first()[:6])
    lately = [update for update in changed if update.happened_on >= today - NEW_FOR]
    unsettled = Commitment.objects.published().with_state().exclude(delivery__in=SETTLED).select_related("roadmap__country")
    context = {
        "lead": latest[0] if latest else None,
        "latest": latest[1:],
        "changed": lately or changed,
        "is_quiet": bool(changed) and not lately,
        "next": unsettled.filter(due__gte=today).order_by("due", "roadmap", "number")[:4],
        "overdue": unsettled.filter(is_overdue=True).order_by("-due", "roadmap", "number")[:4],
        "standing": Commitment.objects.published().standing(),
        "picture": picture_of(today),
        "countries": most_named(Country, WAYS_IN),
        "topics": most_named(Topic, WAYS_IN),
        "instruments": most_named(Convention, WAYS_IN),
    }
    return render(request, "articles/front.html", context)


#: How many countries, topics and instruments the front page leads to.
WAYS_IN = 16


def most_named(model, most):
    """The rows of `model` that most published articles name, in their own order."""
    counted = model.objects.filter(is_public(through="articles__")).annotate(named=Count("articles"))
    return model.objects.filter(pk__in=counted.order_by("-named", "pk").values("pk")[:most])


def article_list(request):
    """All published articles, newest news first."""
    articles = Article.objects.published().defer("body").prefetch_related("countries", "conventions")
    return listing(request, ArticleFilter, articles, "articles/article_list.html")


@with_tombstone
def article_detail(request, year, slug):
    """One article with the facts behind it, and the way to its earlier versions."""
    article = public_article(year, slug)
    earlier = range(article.first_version, article.last_version) if article.last_version else ()
    return render(request, "articles/article_detail.html", {**article_context(article), "earlier": earlier})


def public_article(year, slug):
    """The article at an address, with the numbers of its versions; or its tombstone."""
    if not MINYEAR <= year <= MAXYEAR:  # no calendar has it, and no database would compare it
        raise Http404
    where = {"slug": slug, "dated__year": year}
    bare = Exists(bare_roadmaps().filter(articles=OuterRef("pk")))
    articles = Article.objects.published().with_versions().annotate(has_bare_roadmaps=bare)
    return public(
        articles.filter(**where).select_related("lead_image", "responsible_editor"),
        Article.objects.tombstones().filter(**where),
    )


def article_context(article):
    """What the page of an article shows beside its text: of everything else, only what is public.

    The article may be a version in memory: then its sets and parts are read from there.
    """
    original = article.translation_of_id or article.pk
    kin = Q(pk__in=keys_of(article, "related")) | Q(translation_of=original) | Q(pk=original)
    others = list(Article.objects.published().defer("body").filter(kin).exclude(pk=article.pk))
    translations = [other for other in others if original in (other.pk, other.translation_of_id)]
    commitments = list(article.reported_commitments().select_related("roadmap", "area", "convention"))
    roadmaps = roadmaps_of(article, commitments)
    prefetch_related_objects(
        [article],
        "countries",
        Prefetch("citations", Citation.objects.select_related("convention")),
        Prefetch("appearances", Appearance.objects.select_related("person", "organisation")),
        Prefetch("participations", Participation.objects.select_related("organisation")),
        Prefetch("statistics", Statistic.objects.select_related("country")),
    )
    named = [other for other in others if other not in translations]
    return {
        "article": article,
        "address": article.get_absolute_url(),
        "commitments": commitments,
        "roadmaps": roadmaps,
        "citations": article.citations.all(),
        "instruments": notes_on([citation.convention for citation in article.citations.all()], article.countries.all()),
        "appearances": article.appearances.all(),
        "participations": article.participations.all(),
        "figures": reports_of(series_of(article.statistics.all())),
        "translations": translations,
        "related": related_to(article, named, shared_by(article, commitments, roadmaps)),
        **told_beside(article, roadmaps),
    }


def shared_by(article, commitments, roadmaps):
    """The keys of the records that an article may share with another, by name of the field."""
    return {
        "commitment": [commitment.pk for commitment in commitments],
        "roadmap": [roadmap.pk for roadmap in roadmaps],
        "convention": [citation.convention_id for citation in article.citations.all()],
        "person": [appearance.person_id for appearance in article.appearances.all()],
    }


def told_beside(article, roadmaps):
    """The news before and after an article on its roadmap: the first agreement of those that it reports, or single promises."""
    if not roadmaps:
        return {}
    roadmap = min(roadmaps, key=lambda roadmap: not roadmap.is_agreement)
    before, after = beside(article, roadmap)
    return {"along": roadmap, "before": before, "after": after}


def roadmaps_of(article, commitments):
    """The public roadmaps that an article reports: those of its `commitments`, and those in which none is recorded yet.

    These are asked for only where there are any: most articles have none.
    """
    found = {commitment.roadmap_id: commitment.roadmap for commitment in commitments}
    if getattr(article, "has_bare_roadmaps", True):
        found |= {roadmap.pk: roadmap for roadmap in bare_roadmaps().filter(pk__in=keys_of(article, "roadmaps"))}
    return list(found.values())


def bare_roadmaps():
    return Roadmap.objects.published().filter(commitments__isnull=True)


#: How many appearances, or articles about an organisation, stand on one page of it.
IN_THE_NEWS = 50


def grouped(records, name):
    """The records under what their field `name` holds, in the order in which each of those comes first."""
    groups = {}
    for record in records:
        groups.setdefault(getattr(record, name), []).append(record)
    return list(groups.items())


def page_of(request, records):
    """The page of the records that the address asks for."""
    return Paginator(records, IN_THE_NEWS).get_page(request.GET.get("page"))


def person_list(request):
    """The people whom something published names, each with the role stated last."""
    memberships = Membership.objects.select_related("organisation")
    people = Person.objects.published().prefetch_related(Prefetch("memberships", memberships))
    return listing(request, PersonFilter, people, "articles/person_list.html", per_page=50)


def person_detail(request, slug):
    """One person: names, what is known of their roles today and over time, what they signed, and where they appear."""
    person = get_object_or_404(Person.objects.published(), slug=slug)
    articles = Article.objects.published().filter(pk__in=person.appearances.values("article"))
    appearances = person.appearances.filter(article__in=articles).select_related("article", "organisation")
    context = {
        "person": person,
        "other_names": person.other_names.all(),
        "roles": person.roles_on(timezone.localdate()),
        "organisations": grouped(person.memberships.select_related("organisation", "post"), "organisation"),
        "signatures": person.signatures.published().select_related("roadmap", "organisation"),
        "page": page_of(request, appearances.defer("article__body").order_by("-article__dated", "-article__published_at", "pk")),
    }
    return render(request, "articles/person_detail.html", context)


def organisation_list(request):
    """The organisations that something published names."""
    organisations = Organisation.objects.published().select_related("country")
    return listing(request, OrganisationFilter, organisations, "articles/organisation_list.html", per_page=50)


def organisation_detail(request, slug):
    """One organisation: names, what it has to do and where that stands, what it agreed to, who spoke for it, and its news."""
    organisation = get_object_or_404(Organisation.objects.published().select_related("country"), slug=slug)
    named = Q(pk__in=organisation.participations.values("article")) | Q(pk__in=organisation.appearances.values("article"))
    agreed = Q(pk__in=organisation.parties.values("roadmap")) | Q(pk__in=organisation.signatures.values("roadmap"))
    commitments = responsible_for(organisation)
    holders = organisation.memberships.published().select_related("person", "post")
    context = {
        "organisation": organisation,
        "other_names": organisation.other_names.all(),
        "commitments": commitments,
        "standing": sorted(Counter(commitment.delivery for commitment in commitments).items(), key=order_of_delivery),
        "overdue": sum(commitment.is_overdue for commitment in commitments),
        "roadmaps": Roadmap.objects.published().filter(agreed).select_related("country"),
        "posts": sorted(grouped(holders, "post"), key=lambda group: group[0] is None),  # roles without a post come last
        "page": page_of(request, Article.objects.published().defer("body").filter(named)),
    }
    return render(request, "articles/organisation_detail.html", context)


def responsible_for(organisation):
    """The public commitments of an organisation with their present state and its role in each (`role`)."""
    commitments = Commitment.objects.published().with_state().filter(responsibilities__organisation=organisation)
    return list(commitments.annotate(role=F("responsibilities__role")).select_related("roadmap__country"))


def order_of_delivery(standing):
    """The order in which the states of commitments are listed: as `Delivery` lists them."""
    return Delivery.values.index(standing[0])


def correction_list(request):
    """What was changed in published articles, the latest first."""
    corrections = Correction.objects.published().latest_first().select_related("article").defer("article__body")
    return listing(request, CorrectionFilter, corrections, "articles/correction_list.html")


@require_safe
def image(request, name):
    """A picture, once an article that leads with it is public; to the staff also before."""
    path = PurePosixPath("images", name).as_posix()
    pictures = Image.objects if request.user.is_staff else Image.objects.published()
    if "\0" in name or not pictures.filter(file=path).exists():
        raise Http404
    response = picture(path)
    response["Cache-Control"] = f"{'private' if request.user.is_staff else 'public'}, max-age={settings.IMAGE_MAX_AGE}"
    return response


def picture(path):
    """The file of a picture, or simply not found if it is lost."""
    if not default_storage.exists(path):
        raise Http404
    return FileResponse(default_storage.open(path))


def robots(request):
    """What crawlers may read: all that is public."""
    return render(request, "robots.txt", {"sitemap": request.build_absolute_uri("/sitemap.xml")}, content_type="text/plain")


def server_error(request):
    """The 500 page: what happened and what to do, without touching the database."""
    return render(request, "500.html", status=500)
