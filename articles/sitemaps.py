"""The sitemap: every public page, from the same querysets as the pages themselves."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from conventions.models import Convention, Country, Topic

from .models import OWN_ADDRESS, Article, Commitment, Discrepancy, Organisation, Page, Person, Roadmap

LISTS = ["articles:front", "articles:list", "articles:roadmaps", "articles:commitments", "articles:people"]
LISTS += ["articles:organisations", "articles:about", "conventions:list", "conventions:countries", "conventions:topics"]
LISTS += ["conventions:register-report", "articles:corrections", "articles:discrepancies", "articles:method"]


class ListSitemap(Sitemap):
    """The pages that are there whatever the database holds."""

    def items(self):
        return LISTS

    def location(self, name):
        return reverse(name)


class RecordSitemap(Sitemap):
    """The pages of one kind of record; a published one where the kind knows the word."""

    def __init__(self, model):
        self.model = model

    def items(self):
        records = self.model.objects.all()
        return records.published().order_by("pk") if hasattr(records, "published") else records.order_by("pk")


class ArticleSitemap(RecordSitemap):
    def items(self):
        return super().items().defer("body")

    def lastmod(self, article):
        return article.published_at


class PageSitemap(RecordSitemap):
    """The pages about the site, without those that are there without a text too."""

    def items(self):
        return super().items().exclude(slug__in=OWN_ADDRESS).with_last_change().defer("body")

    def lastmod(self, page):
        return page.changed_at


SITEMAPS = {
    "pages": ListSitemap(),
    "articles": ArticleSitemap(Article),
    "about": PageSitemap(Page),
    **{
        model._meta.model_name: RecordSitemap(model)
        for model in (Roadmap, Commitment, Discrepancy, Person, Organisation, Convention, Country, Topic)
    },
}
