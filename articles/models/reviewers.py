"""Who can be asked to review: a second person who works here and has the right."""

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _


def name_of(account):
    """What a person is called."""
    return account.get_full_name() or account.get_username()


def right_to_review(model):
    return f"{model._meta.app_label}.review_{model._meta.model_name}"


def reviewers(model):
    """The accounts that may review records of a kind."""
    return get_user_model().objects.with_perm(right_to_review(model)).filter(is_staff=True)


def reason_against(person, record, authors):
    """The sentence that says why this person cannot be asked to review what the `authors` wrote, or ""."""
    names = {"person": name_of(person), "record": record}
    if not (person.is_active and person.is_staff):
        return _("%(person)s has no working account here; ask somebody else.") % names
    if not person.has_perm(right_to_review(record)):
        return _("%(person)s may not review “%(record)s”; ask somebody else.") % names
    if person.pk in authors:
        return _("%(person)s is an author of “%(record)s”; ask somebody else.") % names
    return ""
