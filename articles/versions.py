"""What the public reads of the versions of an article: each as it stood, and what changed from one to the next.

A version keeps the text. What it names is looked up: what the public may read today stands as it does today, what it may
not read stands as it was called then, without a page of its own. An article that was withdrawn and published again keeps
its earlier versions withdrawn.
"""

from collections import defaultdict
from itertools import chain

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from conventions.diff import compare
from conventions.models import Version
from conventions.snapshots import Restoring, references

from .models import Article, Commitment, Image, Organisation, Person, Roadmap, Statistic
from .previews import without_links
from .views import Gone, article_context, public_article, with_tombstone


@with_tombstone
def version_detail(request, year, slug, number):
    """An article as it stood by one of its versions, under a bar that says from when to when."""
    article = public_article(year, slug)
    refuse(article, number)
    versions = read(article, number, number + 1)
    version, following = versions[number], versions.get(number + 1)
    named = Named(article, version.snapshot)
    context = {
        **article_context(version.in_memory(article, named)),
        **around(article, version),
        "canonical": request.build_absolute_uri(article.get_absolute_url()),
        "until": following and following.public_at,
        "figures_then": named.figures,
    }
    html = render_to_string("articles/article_version.html", context, request)
    return HttpResponse(without_links(html, named.without_page))


@with_tombstone
def version_changes(request, year, slug, number):
    """What changed from the version before to this one, in what the public reads."""
    article = public_article(year, slug)
    refuse(article, number)
    if number == 1:
        raise Http404
    refuse(article, number - 1)
    versions = read(article, number - 1, number)
    before, version = versions[number - 1], versions[number]
    context = {
        **around(article, version),
        "article": article,
        "before": before,
        "changes": compare(Article, *public_shots(before.snapshot, version.snapshot)),
        "has_changes_before": number - 1 > article.first_version,
    }
    return render(request, "articles/article_changes.html", context)


def refuse(article, number):
    """Not found is what no version has; gone is what was withdrawn with the article, and not published again."""
    if number > (article.last_version or 0):
        raise Http404
    if number < article.first_version:
        raise Gone(article)


def read(article, *numbers):
    """The versions of these public numbers, as far as there are such."""
    return {version.public_number: version for version in Version.objects.of(article).public().filter(public_number__in=numbers)}


def around(article, version):
    """The version among the others: where it is read, and which stand before and after it."""
    number = version.public_number
    return {
        "live": article,
        "address": article.get_absolute_url(),
        "version": version,
        "previous": number - 1 if number > article.first_version else None,
        "next": number + 1 if number < article.last_version else None,
    }


# --- What an old version may tell of what it names --------------------------------------------------------------------


class Named:
    """Looks up, for a page, what a version of a public article names.

    `without_page` are the addresses of the people and organisations that are not public any more, and `figures` what the
    figures were that nothing public gives today.
    """

    def __init__(self, article, shot):
        self.names = {(kind, named["id"]): named["name"] for kind, named in references(Article, shot)}
        self.at_hand = [article.lead_image, article.responsible_editor]
        self.without_page, self.figures = set(), []

    def __call__(self, kind, keys):
        if kind in (Article, Roadmap, Commitment):
            return {key: kind(pk=key) for key in keys}  # the page asks itself which of them are public
        if held := {each.pk: each for each in self.at_hand if type(each) is kind and {each.pk} == keys}:
            return held
        special = {Person: self.with_page, Organisation: self.with_page, Statistic: self.figure, Image: self.picture}
        return special.get(kind, Restoring.rows)(kind, keys)

    def with_page(self, kind, keys):
        """People or organisations. Without a page today, they are called what they were called then."""
        public = kind.objects.published().filter(pk=OuterRef("pk"))
        found = kind.objects.annotate(has_page=Exists(public)).in_bulk(keys)
        for key in keys:
            if key not in found or not found[key].has_page:
                found[key] = kind(pk=key, name=self.names[kind, key], slug=f"-{key}")
                self.without_page.add(found[key].get_absolute_url())
        return found

    def figure(self, kind, keys):
        found = kind.objects.published().select_related("country").in_bulk(keys)
        self.figures = [self.names[kind, key] for key in sorted(keys - found.keys())]
        return found

    def picture(self, kind, keys):
        """A picture that no published article leads with is not shown any more; its caption and credit are."""
        found = kind.objects.annotate(is_shown=Exists(kind.objects.published().filter(pk=OuterRef("pk")))).in_bulk(keys)
        return {key: image if image.is_shown else only_words(image) for key, image in found.items()}


def only_words(image):
    return Image(pk=image.pk, caption=image.caption or image.alt_text, credit=image.credit)


# --- What the public may read of a difference ---------------------------------------------------------------------------

#: What of an article the public reads. Whatever else a snapshot holds, now or later, is not told.
FIELDS = {"headline", "slug", "standfirst", "dateline_place", "dated", "body", "language", "translation_of", "byline"}
FIELDS |= {"responsible_editor", "source_name", "source_url", "source_date", "source_note", "lead_image"}
SETS = {"countries", "topics", "roadmaps", "commitments", "related", "statistics"}
PARTS = {
    "citations": {"convention", "words", "note", "position"},
    "appearances": {"person", "organisation", "role_as_stated", "reported_speech", "position"},
    "participations": {"organisation", "role_as_stated", "position"},
    "outside_links": {"title", "url", "publisher", "note", "position"},
}


def published_names(kind, keys):
    return {record.pk: str(record) for record in kind.objects.published().filter(pk__in=keys)}


def captions(kind, keys):
    return {image.pk: image.caption or image.alt_text for image in kind.objects.filter(pk__in=keys)}


def full_names(kind, keys):
    return {user.pk: user.get_full_name() for user in kind.objects.filter(pk__in=keys)}


#: How the public knows what bears another name in the back office, or what it may not know of: names by key.
NAMES = dict.fromkeys((Article, Roadmap, Commitment), published_names)
NAMES |= {Image: captions, get_user_model(): full_names}


def public_shots(*shots):
    """Snapshots of an article without what the public does not read, and with the names that it knows."""
    keys = defaultdict(set)
    for kind, named in chain.from_iterable(references(Article, shot) for shot in shots):
        keys[kind].add(named["id"])
    names = {kind: tell(kind, keys[kind]) for kind, tell in NAMES.items() if kind in keys}

    def told(name, value):
        kind = Article._meta.get_field(name).related_model
        if value is None or kind not in names:
            return value
        known = names[kind].get(value["id"])
        return {**value, "name": known} if known else None

    return [
        {
            "fields": {name: told(name, value) for name, value in shot["fields"].items() if name in FIELDS},
            "sets": {name: [*filter(None, (told(name, each) for each in shot["sets"].get(name, [])))] for name in SETS},
            "parts": {name: [shown_row(row, shown) for row in shot["parts"].get(name, [])] for name, shown in PARTS.items()},
        }
        for shot in shots
    ]


def shown_row(row, shown):
    return {**row, "fields": {name: value for name, value in row["fields"].items() if name in shown}}
