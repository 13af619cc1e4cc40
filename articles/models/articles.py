"""The news: articles, what they cite, who appears in them, their pictures and links."""

import uuid
from datetime import UTC, datetime
from pathlib import PurePosixPath

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from conventions.models import Convention, Country, Topic, Version
from conventions.records import Record, RecordQuerySet, RichTextField, named_by, web_address
from conventions.snapshots import keys_of

from .commitments import Commitment
from .log import Transition
from .people import Organisation, Person
from .publishing import Publishable, PublishableQuerySet
from .roadmaps import Roadmap
from .states import is_public

IMAGE_MEGABYTES = 8


def image_path(image, filename):
    """Store a picture under a name that tells nothing of what is not yet published."""
    return f"images/{uuid.uuid4().hex}{PurePosixPath(filename).suffix.lower()}"


def validate_image_size(file):
    """Refuse a picture that no reader on a phone should have to load."""
    if file.size > IMAGE_MEGABYTES * 1024 * 1024:
        raise ValidationError(
            _("The picture is larger than %(limit)s MB; make it smaller first."), params={"limit": IMAGE_MEGABYTES}
        )


class ImageQuerySet(RecordQuerySet):
    def published(self):
        """Pictures that lead a published article."""
        return self.filter(named_by(self.model, "articles"))


class Image(Record):
    """A picture with what must stand beside it. Without a file it is the caption of a picture that is not ours."""

    name = models.CharField(_("name"), max_length=200, unique=True, help_text=_("For editors: how to find it again."))
    file = models.ImageField(
        _("file"),
        upload_to=image_path,
        blank=True,
        width_field="width",
        height_field="height",
        validators=[FileExtensionValidator(["jpg", "jpeg", "png", "webp"]), validate_image_size],
    )
    width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    alt_text = models.CharField(
        _("alternative text"), max_length=300, blank=True, help_text=_("What is to be seen, for those who do not see it.")
    )
    caption = models.TextField(_("caption"), blank=True)
    credit = models.CharField(_("credit"), max_length=200, blank=True)

    natural = ("name",)
    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="image_has_alt_text_and_credit",
                condition=Q(file="") | (~Q(alt_text="") & ~Q(credit="")),
                violation_error_message=_("A picture needs an alternative text and a credit."),
            ),
            models.CheckConstraint(
                name="image_has_file_or_caption",
                condition=~Q(file="") | ~Q(caption=""),
                violation_error_message=_("Without a file there must at least be a caption."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def filename(self):
        """The last part of its address."""
        return PurePosixPath(self.file.name).name


class ArticleQuerySet(PublishableQuerySet):
    def reporting(self, roadmap):
        """Those that report on a roadmap: on the whole, or on a commitment of it."""
        whole = Article.roadmaps.through.objects.filter(roadmap=roadmap).values("article")
        part = Article.commitments.through.objects.filter(commitment__roadmap=roadmap).values("article")
        return self.filter(Q(pk__in=whole) | Q(pk__in=part))

    def other_than(self, article):
        """Those that are neither the article nor a translation of it, nor what it translates; of other stories the originals."""
        original = article.translation_of_id or article.pk
        return self.filter(translation_of__isnull=True).exclude(pk__in=[article.pk, original])

    def with_versions(self):
        """Annotate the numbers of the first and the last version that the public reads at an address of its own.

        What a withdrawal took from the public stays gone, but for the text that was published again.
        """
        numbers = Version.objects.at(self.model, OuterRef("pk")).public().values("public_number")
        since = numbers.filter(public_at__gt=Coalesce(OuterRef("withdrawn_at"), datetime.min.replace(tzinfo=UTC)))
        kind = ContentType.objects.get_for_model(self.model)
        published = Transition.objects.filter(content_type=kind, object_id=OuterRef("pk"), verb="publish").order_by("-pk")
        first = [published.values("version__public_number"), since.order_by("public_number")]
        last = Subquery(numbers.order_by("-public_number")[:1])
        return self.annotate(last_version=last, first_version=Coalesce(*(Subquery(each[:1]) for each in first), last))


class Article(Publishable):
    """A piece of news in our own words, with its source, and the structured facts behind it.

    `dated` is the day of the news: it orders and is shown. `published_at` is ours.
    """

    headline = models.CharField(_("headline"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=200, unique=True)
    standfirst = models.TextField(_("standfirst"), help_text=_("One or two sentences under the headline."))
    dateline_place = models.CharField(_("dateline: place"), max_length=100, blank=True)
    dated = models.DateField(_("dated"), help_text=_("The day of the news; it is part of the address."))
    body = RichTextField(_("body"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    translation_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="translations", verbose_name=_("translation of")
    )
    byline = models.CharField(_("byline"), max_length=200, blank=True)
    responsible_editor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="articles_answered_for",
        verbose_name=_("responsible editor"),
    )
    source_name = models.CharField(_("source"), max_length=300, help_text=_("Publisher and title of what this article reports."))
    source_url = models.CharField(_("source: address"), max_length=500, blank=True, validators=[web_address])
    source_date = models.DateField(_("source: date"), null=True, blank=True)
    source_note = models.CharField(
        _("note on the source"), max_length=300, blank=True, help_text=_("Shown beside it: a reprint, an address not found.")
    )
    lead_image = models.ForeignKey(
        Image, on_delete=models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("lead image")
    )
    countries = models.ManyToManyField(Country, blank=True, related_name="articles", verbose_name=_("countries"))
    topics = models.ManyToManyField(Topic, blank=True, related_name="articles", verbose_name=_("topics"))
    roadmaps = models.ManyToManyField(Roadmap, blank=True, related_name="articles", verbose_name=_("roadmaps"))
    commitments = models.ManyToManyField(
        Commitment,
        blank=True,
        related_name="articles",
        verbose_name=_("commitments"),
        help_text=_("Those the article reports on, besides those of its roadmaps."),
    )
    conventions = models.ManyToManyField(Convention, through="Citation", related_name="articles", verbose_name=_("instruments"))
    people = models.ManyToManyField(Person, through="Appearance", related_name="articles", verbose_name=_("people"))
    organisations = models.ManyToManyField(
        Organisation, through="Participation", related_name="articles", verbose_name=_("organisations")
    )
    related = models.ManyToManyField("self", blank=True, verbose_name=_("related articles"))

    objects = ArticleQuerySet.as_manager()

    natural = ("slug",)
    parts = ("citations", "appearances", "participations", "outside_links")
    also = ("statistics",)
    is_corrected = True

    class Meta(Publishable.Meta):
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-dated", "-published_at", "-pk"]
        indexes = [models.Index(fields=["status", "-dated"], name="article_status_dated")]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                name="article_has_source",
                condition=~Q(source_name=""),
                violation_error_message=_("An article names its source."),
            ),
            models.CheckConstraint(
                name="article_not_its_own_translation",
                condition=Q(translation_of__isnull=True) | ~Q(translation_of=F("pk")),
                violation_error_message=_("An article cannot be a translation of itself."),
            ),
            models.UniqueConstraint(
                fields=["translation_of", "language"],
                name="article_one_translation_a_language",
                violation_error_message=_("There is a translation into this language already."),
            ),
        ]

    def __str__(self):
        return self.headline

    def get_absolute_url(self):
        return reverse("articles:article", args=[self.dated.year, self.slug])

    def version_address(self, number):
        """Where the public reads the version that it knows by this number."""
        return reverse("articles:version", args=[self.dated.year, self.slug, number])

    def clean(self):
        if self.translation_of_id and self.translation_of.language == self.language:
            raise ValidationError({"language": _("A translation is in another language than its original.")})

    def reported_commitments(self):
        """The published commitments of its roadmaps, and those named one by one, with their present state."""
        mine = Q(roadmap__in=keys_of(self, "roadmaps")) | Q(pk__in=keys_of(self, "commitments"))
        return Commitment.objects.published().with_state().filter(mine)


class PartOfArticleQuerySet(RecordQuerySet):
    """Parts of an article: public with it and never without it."""

    def published(self):
        return self.filter(is_public(through="article__"))


class PartOfArticle(Record):
    """What the parts share: their article, their order, their visibility."""

    position = models.PositiveSmallIntegerField(_("position"), default=1)

    objects = PartOfArticleQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "pk"]


class Citation(PartOfArticle):
    """An instrument that an article cites, in which words, and what a reader should know about them."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="citations")
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="citations", verbose_name=_("instrument"))
    words = models.CharField(
        _("words used"),
        max_length=300,
        blank=True,
        help_text=_("As the source names it, letter by letter. Empty where the source’s own wording was not seen."),
    )
    note = models.TextField(_("note"), blank=True, help_text=_("Shown to the public: where the source and the register differ."))

    natural = ("article__slug", "convention__code")

    class Meta(PartOfArticle.Meta):
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(
                fields=["article", "convention"],
                name="citation_once",
                violation_error_message=_("The article cites this instrument already."),
            )
        ]

    def __str__(self):
        return self.words or str(self.convention)


class Appearance(PartOfArticle):
    """A person in an article: the role as it was stated then, for whom, and what they said, as reported speech."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="appearances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appearances", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="appearances", verbose_name=_("organisation")
    )
    role_as_stated = models.CharField(_("role as stated then"), max_length=300)
    reported_speech = models.TextField(_("what they said"), blank=True, help_text=_("In our own words, as reported speech."))

    natural = ("article__slug", "person__slug")

    class Meta(PartOfArticle.Meta):
        verbose_name = _("appearance")
        verbose_name_plural = _("appearances")
        constraints = [
            models.UniqueConstraint(
                fields=["article", "person"],
                name="appearance_once",
                violation_error_message=_("This person is listed already."),
            )
        ]

    def __str__(self):
        return f"{self.person}, {self.role_as_stated}"


class Participation(PartOfArticle):
    """An organisation's part in what an article reports: it initiated the conference, it sent a delegation."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="participations")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="participations", verbose_name=_("organisation")
    )
    role_as_stated = models.CharField(_("part in it"), max_length=300)

    natural = ("article__slug", "organisation__slug")

    class Meta(PartOfArticle.Meta):
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.UniqueConstraint(
                fields=["article", "organisation"],
                name="participation_once",
                violation_error_message=_("This organisation is listed already."),
            )
        ]

    def __str__(self):
        return f"{self.organisation}: {self.role_as_stated}"


class OutsideLink(PartOfArticle):
    """A page elsewhere that the source or the editor recommends; without an address where none was found."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="outside_links")
    title = models.CharField(_("title"), max_length=300)
    url = models.CharField(_("address"), max_length=500, blank=True, validators=[web_address])
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    natural = ("article__slug", "title")

    class Meta(PartOfArticle.Meta):
        verbose_name = _("outside link")
        verbose_name_plural = _("outside links")
        constraints = [
            models.UniqueConstraint(
                fields=["article", "title"], name="outsidelink_once", violation_error_message=_("This link is listed already.")
            )
        ]

    def __str__(self):
        return self.title
