"""Versions of the newsroom's records, as far as whoever reads them may know what they name."""

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from articles.models import Embargo, Publishable
from articles.models.embargoes import sees_all
from conventions.models import Version
from conventions.snapshots import references

from .guarding import is_guarded


class DiscreetVersionsMixin:
    """For the form of a record that is under embargo itself, or names what is. Old versions tell no more than today's form."""

    def readable(self, request, shot):
        named = [(kind, each) for kind, each in references(self.model, shot) if is_guarded(kind)]
        for kind in {kind for kind, each in named}:
            keys = [each["id"] for other, each in named if other is kind]
            hidden = set(kind._default_manager.hidden_from(request.user).filter(pk__in=keys).values_list("pk", flat=True))
            for other, each in named:
                if other is kind and each["id"] in hidden:
                    each["name"] = _("under embargo")
        return shot

    def deleted_versions(self, request):
        """What was deleted under embargo stays hidden from whom it was, as long as the embargo holds."""
        found = super().deleted_versions(request)
        if not issubclass(self.model, Publishable) or sees_all(self.model, request.user):
            return found
        kind = ContentType.objects.get_for_model(self.model)
        wrote = Version.objects.filter(content_type=kind, by=request.user).values("object_id")
        closed = Embargo.objects.on(self.model).in_force().closed_to(request.user).exclude(object_id__in=wrote)
        return found.exclude(object_id__in=closed.values("object_id"))
