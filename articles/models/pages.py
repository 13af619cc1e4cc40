"""Pages about the site itself: what it is, how it works, by which rules. Editors write them, and a second person reads them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions.models import Version
from conventions.records import RichTextField

from .publishing import Publishable, PublishableQuerySet, Refused

#: The pages to which the foot of every page leads, by slug, and what it calls them.
LINKED = {
    "about": _("About"),
    "method": _("Method"),
    "editorial-policy": _("Editorial policy"),
    "licence": _("Licence"),
    "privacy": _("Privacy"),
    "accessibility": _("Accessibility"),
    "contact": _("Contact"),
}
#: Those with an address of their own, by its name; all others stand below the first.
OWN_ADDRESS = {"about": "articles:about", "method": "articles:method"}

STAYS = _("The foot of every page leads here by this slug: it stays as it is.")


class PageQuerySet(PublishableQuerySet):
    def with_last_change(self):
        """Annotate `changed_at`, since when the public reads the text as it stands."""
        public = Version.objects.at(self.model, OuterRef("pk")).public().order_by("-public_at").values("public_at")
        return self.annotate(changed_at=Coalesce(Subquery(public[:1]), F("published_at")))


class Page(Publishable):
    """A text about the site itself. What only its operator knows (name, address, licence) is a setting and stands below it."""

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(
        _("slug"),
        max_length=200,
        unique=True,
        help_text=_("Part of the address. Where the foot of every page leads to, it stays as it is once the page was public."),
    )
    standfirst = models.TextField(_("standfirst"), help_text=_("One or two sentences under the title."))
    body = RichTextField(_("body"), help_text=_("Addresses on this site begin with a slash: /corrections/."))
    position = models.PositiveSmallIntegerField(_("position"), default=1, help_text=_("Its place in the list of pages."))

    natural = ("slug",)
    objects = PageQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = _("page about the site")
        verbose_name_plural = _("pages about the site")
        ordering = ["position", "title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        if self.slug in OWN_ADDRESS:
            return reverse(OWN_ADDRESS[self.slug])
        return reverse("articles:page", args=[self.slug])

    def clean(self):
        """Tell whoever types another slug for what the foot of every page leads to."""
        stored = Page.objects.ever_public().filter(pk=self.pk).first()
        if stored and stored.loses_its_place(self.slug):
            raise ValidationError({"slug": STAYS})

    def refuse(self, name, verb, by):
        """Refuse a change that came past the form."""
        super().refuse(name, verb, by)
        if name in ("submit_change", "apply") and self.loses_its_place(self.pending.in_memory(self).slug):
            raise Refused(gettext(STAYS))

    def loses_its_place(self, slug):
        """Whether under this slug nobody would find it from the foot of the pages."""
        return self.was_ever_public and self.slug in LINKED and slug != self.slug
