"""What stands beside an article: the news that shares records with it, and what came before and after it on its roadmap."""

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from .models import Appearance, Article, Citation

#: To how many the related articles of an editor's choice are filled up.
ENOUGH = 4

#: How much each kind of shared record says of two articles: a promise most, a person least.
WEIGHTS = [(Article.commitments.through, "commitment", 3), (Article.roadmaps.through, "roadmap", 3)]
WEIGHTS += [(Citation, "convention", 2), (Appearance, "person", 1)]


def related_to(article, named, shared):
    """The public articles that an editor `named`, then those that share most records with it, the newest first of equals.

    `shared` holds the keys of its records by name of the field: commitment, roadmap, convention, person.
    """
    known = [each.pk for each in named]
    rule, score = Q(), Value(0, output_field=IntegerField())
    for through, field, weight in WEIGHTS:
        if keys := shared.get(field):
            rows = through.objects.filter(**{f"{field}__in": keys})
            rule |= Q(pk__in=rows.values("article"))
            counted = rows.filter(article=OuterRef("pk")).order_by().values("article").annotate(found=Count("pk")).values("found")
            score = score + weight * Coalesce(Subquery(counted), 0)
    if not rule or len(named) >= ENOUGH:
        return named
    others = (
        Article.objects.published().other_than(article).defer("body").filter(rule).exclude(pk__in=known).annotate(score=score)
    )
    return named + list(others.order_by("-score", "-dated", "-pk")[: ENOUGH - len(named)])


def beside(article, roadmap):
    """The news before and after an article among what is reported of a roadmap: one query, None where there is none."""
    told = Article.objects.published().reporting(roadmap).other_than(article)
    before = told.filter(Q(dated__lt=article.dated) | Q(dated=article.dated, pk__lt=article.pk)).order_by("-dated", "-pk")
    after = told.filter(Q(dated__gt=article.dated) | Q(dated=article.dated, pk__gt=article.pk)).order_by("dated", "pk")
    ends = [Subquery(found.values("pk")[:1]) for found in (before, after)]
    found = Article.objects.defer("body").filter(Q(pk=ends[0]) | Q(pk=ends[1]))
    sides = {(each.dated, each.pk) < (article.dated, article.pk): each for each in found}
    return sides.get(True), sides.get(False)
