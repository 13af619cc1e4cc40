"""What readers send: errors they report, and replies of those whom a promise or an article concerns."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions.records import web_address

from .articles import Article
from .commitments import Commitment
from .evidence import Voice
from .publishing import Publishable, PublishableQuerySet, Refused
from .states import Status, is_public


class ReplyKind(models.TextChoices):
    """What a reader wants of us."""

    ERROR = "error", _("Something here is wrong")
    REPLY = "reply", _("A reply, to be published")


#: What is public, or on its way there, still says who wrote it.
STAYING = (Status.IN_REVIEW, Status.PUBLISHED)
#: Stands where the hash of a sender stood: the flood that it was kept against is over within a day.
FORGOTTEN = "forgotten"


class ReplyQuerySet(PublishableQuerySet):
    def published(self, at=None):
        """The replies that the public reads, each with what it replies to."""
        about = is_public(through="commitment__roadmap__") | is_public(through="article__")
        return super().published(at).filter(about)

    def waiting(self):
        """What was received and that nobody has settled or published yet."""
        return self.filter(settled_at__isnull=True, status__in=[Status.DRAFT, Status.IN_REVIEW])

    def forgettable(self, days):
        """What was settled so many days ago, is not public and on no way there, and still says who wrote it."""
        old = self.filter(settled_at__lt=timezone.now() - timedelta(days=days)).exclude(status__in=STAYING)
        return old.exclude(name="", email="", identity="")

    def forget(self, days):
        """Remove from what was settled so long ago who wrote it, and from all but the last day's by which address it came.

        Return of how many. What they wrote, and for which organisation, stays with what was done about it.
        """
        self.filter(received_at__lt=timezone.now() - timedelta(days=1)).exclude(sender=FORGOTTEN).update(sender=FORGOTTEN)
        return self.forgettable(days).update(name="", email="", identity="")

    forget.alters_data = True


class Reply(Publishable):
    """What somebody wrote to us about a commitment or an article. Public only if it is a reply and an editor made sure whose.

    Name, organisation and address of the sender are theirs; the address is never shown.
    """

    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="replies"
    )
    article = models.ForeignKey(Article, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="replies")
    kind = models.CharField(_("kind"), max_length=10, choices=ReplyKind.choices)
    text = models.TextField(_("text"), max_length=5000)
    url = models.CharField(_("address of a source"), max_length=500, blank=True, validators=[web_address])
    name = models.CharField(_("name"), max_length=200, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    voice = models.CharField(_("for whom they speak"), max_length=20, choices=Voice.choices, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True, help_text=_("Never shown."))
    identity = models.TextField(
        _("how we know who wrote it"), blank=True, help_text=_("Needed before it is published. Never shown.")
    )
    received_at = models.DateTimeField(_("received at"), default=timezone.now, editable=False)
    sender = models.CharField(_("sender"), max_length=64, editable=False, help_text=_("A keyed hash, against floods."))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    outcome = models.TextField(_("what was done"), blank=True, editable=False)

    natural = ("received_at", "sender")
    forgettable = ("name", "email", "identity")
    #: It stands on the page of what it is about, which is public already.
    has_preview = False
    objects = ReplyQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["-received_at", "-pk"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                name="reply_to_one",
                condition=Q(commitment__isnull=True) ^ Q(article__isnull=True),
                violation_error_message=_("A reply is to a commitment or to an article."),
            ),
            models.CheckConstraint(
                name="reply_public_has_voice",
                condition=~Q(status=Status.PUBLISHED)
                | (Q(kind=ReplyKind.REPLY) & ~Q(voice="") & ~Q(organisation="") & ~Q(identity="")),
                violation_error_message=_(
                    "Only a reply is published, with the organisation, for whom it speaks, and how we know who wrote it."
                ),
            ),
            models.CheckConstraint(
                name="reply_settled_by_somebody",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome="")),
                violation_error_message=_("What is settled says when, by whom and how."),
            ),
        ]
        indexes = [models.Index(fields=["sender", "received_at"], name="reply_sender")]

    def __str__(self):
        who = self.organisation or gettext("a reader")  # no name: headings are kept in logs, for ever
        return gettext("%(kind)s, from %(who)s on “%(about)s”") % {
            "kind": self.get_kind_display(),
            "who": who,
            "about": self.about,
        }

    @property
    def about(self):
        """What it replies to."""
        return self.commitment or self.article

    @property
    def takes_changes(self):
        """Never: what was published is what they sent."""
        return False

    def state(self):
        """It was received, and not drafted by anybody here."""
        if self.status != Status.DRAFT:
            return super().state()
        return gettext("Settled") if self.settled_at else gettext("Received")

    def refuse(self, name, verb, by):
        """Nobody is asked to read what the database would not let be public."""
        super().refuse(name, verb, by)
        told = self.kind == ReplyKind.REPLY and self.voice and self.organisation and self.identity.strip()
        if name in ("submit", "publish") and not told:
            raise Refused(
                gettext("Only a reply is published, with the organisation, for whom it speaks, and how we know who wrote it.")
            )

    def refuse_settlement(self):
        """What is settled, public or on its way there is not settled again."""
        if self.settled_at:
            raise Refused(gettext("This is settled already."))
        if self.status in STAYING:
            raise Refused(gettext("“%(record)s” is %(state)s.") % {"record": self, "state": self.state().lower()})

    def settle(self, *, by, outcome):
        """Say what was done about it, and take it off the desk."""
        if not by.has_perm("articles.change_reply"):
            raise PermissionDenied(gettext("You may not settle replies."))
        self._require_text(outcome, gettext("Say what was done: whoever looks later reads it."))
        with transaction.atomic():
            row = Reply.objects.select_for_update().get(pk=self.pk)
            row.refuse_embargoed("settle", by, None)
            row.refuse_settlement()
            row.settled_at, row.settled_by, row.outcome = timezone.now(), by, outcome
            row.save(update_fields=["settled_at", "settled_by", "outcome"])
        self.refresh_from_db(fields=["settled_at", "settled_by", "outcome"])


class LinkState(models.TextChoices):
    """What an address answered when it was last asked."""

    ANSWERS = "answers", _("Answers")
    MOVED = "moved", _("Answers elsewhere")
    GONE = "gone", _("Answers no more")
    UNREACHABLE = "unreachable", _("Could not be reached")
    REFUSED = "refused", _("Does not answer programs")
    NOT_ASKED = "not-asked", _("Not asked: not a public address")


class Link(models.Model):
    """The address of a piece of evidence, and what it answered when `manage.py check_links` last asked."""

    url = models.CharField(_("address"), max_length=500, unique=True)
    state = models.CharField(_("state"), max_length=20, choices=LinkState.choices)
    code = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    told = models.CharField(_("what happened"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["failing_since", "url"]
        default_permissions = ("view",)

    def __str__(self):
        return self.url
