"""What a person wants to be told by mail."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticesQuerySet(models.QuerySet):
    def for_account(self, user):
        """What this person wants; whoever never said so wants everything."""
        return self.filter(user=user).first() or self.model(user=user)

    def refusing(self, kind):
        """Those who do not want notices of one kind: the name of a field."""
        return self.filter(**{kind: False})


class Notices(models.Model):
    """The kinds of mail that one account wants. There is a row only where somebody chose."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, editable=False, related_name="+", verbose_name=_("account")
    )
    review_requested = models.BooleanField(
        _("a text waits for my review"), default=True, help_text=_("It was handed in to you, or to everybody who may review it.")
    )
    changes_requested = models.BooleanField(
        _("changes of my text are requested"), default=True, help_text=_("With the reason that the reviewer gave.")
    )
    published = models.BooleanField(
        _("my text is published"), default=True, help_text=_("Or it is scheduled, or a change of it was applied.")
    )

    objects = NoticesQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail settings")
        verbose_name_plural = _("mail settings")
        default_permissions = ()

    def __str__(self):
        return str(self.user)
