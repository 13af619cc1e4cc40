"""Unsaved text: what somebody typed into a form outlives a closed tab, a lost connection and an expired login.

The form is kept as it was sent, half-written input included, and put back as it was: nothing is checked, nothing is saved.
Whoever may save the form may keep its text; nobody sees the text of others.
"""

import json
from dataclasses import dataclass

from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.forms.utils import ErrorDict
from django.http import Http404, HttpResponseRedirect, JsonResponse, QueryDict
from django.urls import path, reverse
from django.utils.crypto import get_random_string
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conventions.models import Version

KEY = "unsaved_key"  # the field with the key of the form's window
MOST_BYTES = 2_000_000  # of one form
OFFERED = 5  # texts offered above a form; the desk lists them all
NEVER_KEPT = ("csrfmiddlewaretoken", KEY)
TITLES = ("headline", "title", "name", "label", "summary", "code", "words")  # the first that is filled names the text


# --- What a form sends ------------------------------------------------------------------------------------------------


def storable(text):
    """The text without what PostgreSQL cannot hold: zero characters and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@dataclass(frozen=True)
class Sent:
    """A form as its script sends it: the key of its window, who opened it, for which record, when, and its fields."""

    key: str
    user: int
    record: int | None
    written: int  # milliseconds by the clock of the browser: of two texts of one window the later counts
    fields: list

    @classmethod
    def read(cls, body):
        """Read it, or raise ValueError."""
        data = json.loads(body)
        try:
            key, record = data["key"], data["record"]
            user, written = int(data["user"]), int(data["written"])
            fields = [[storable(name), storable(value)] for name, value in data["fields"] if cls.may_keep(name)]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(str(error)) from None
        if not (isinstance(key, str) and key.isalnum() and 10 <= len(key) <= 40):
            raise ValueError("This is no key.")
        if record is not None and not 0 < (record := int(record)) < 2**63:
            raise ValueError("This is no record.")
        return cls(key, user, record, written, fields)

    @staticmethod
    def may_keep(name):
        return name not in NEVER_KEPT and "password" not in name.lower()

    @property
    def headline(self):
        """What it is called so far, or ""."""
        values = dict(reversed(self.fields))
        return next((values[name].strip() for name in TITLES if values.get(name, "").strip()), "")[:400]

    @property
    def made_from(self):
        """The number of the version that the form was made from, or None."""
        number = dict(self.fields).get("made_from", "")
        return int(number) if number.isdecimal() and len(number) < 10 else None


def answer(status, sentence="", **values):
    return JsonResponse({"sentence": str(sentence), **values}, status=status)


# --- Put back ---------------------------------------------------------------------------------------------------------


def unchecked(form_class):
    """Make a form that shows its input, finds no fault with it, and can never be saved."""

    class PutBackForm(form_class):
        def full_clean(self):
            self._errors, self.cleaned_data = ErrorDict(), {}

        def is_valid(self):
            return False

    return PutBackForm


def unchecked_rows(formset_class):
    """The same of the rows of a part."""

    class PutBackRows(formset_class):
        form = unchecked(formset_class.form)

        def full_clean(self):
            self._errors, self._non_form_errors = [], self.error_class()

        def is_valid(self):
            return False

    return PutBackRows


def renumbered(data, prefix, stored):
    """The rows of a part with those last, as new ones, that the database no longer has: their words are still there."""
    total, known = (int(data.get(f"{prefix}-{name}_FORMS") or 0) for name in ("TOTAL", "INITIAL"))
    gone = [row for row in range(known) if data.get(f"{prefix}-{row}-id") not in stored]
    if not gone:
        return data
    order = [row for row in range(total) if row not in gone] + gone
    places = {f"{prefix}-{row}": f"{prefix}-{place}" for place, row in enumerate(order)}
    moved = QueryDict(mutable=True)
    for name, values in data.lists():
        row = name[: name.find("-", len(prefix) + 1)]
        moved.setlist(places.get(row, row) + name[len(row) :], values)
    for place in range(total - len(gone), total):
        moved.pop(f"{prefix}-{place}-id", None)
    moved[f"{prefix}-INITIAL_FORMS"] = str(known - len(gone))
    return moved


# --- In the form of a record ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A text that can be put back, with the address that does, and who saved the record since its form was opened."""

    version: Version
    address: str = ""
    since: Version | None = None

    @property
    def pk(self):
        return self.version.pk

    @property
    def headline(self):
        return self.version.headline

    @property
    def kind(self):
        return self.version.content_type.model_class()._meta.verbose_name

    @property
    def at(self):
        """The time; the day too, unless it is today."""
        return moment(self.version.at)

    @property
    def since_at(self):
        return moment(self.since.at)


def moment(at):
    at, now = localtime(at), localtime()
    return date_format(at, "H:i" if at.date() == now.date() else "j F, H:i")


def unsaved_texts(request, site):
    """All that whoever asks typed into forms of this site and did not save."""
    texts = []
    for row in Version.objects.unsaved_of(request.user).select_related("content_type").defer("snapshot"):
        form = site._registry.get(row.content_type.model_class())
        if form is None or not form.has_view_permission(request):
            continue
        name = f"admin:{form.opts.app_label}_{form.opts.model_name}"
        address = reverse(f"{name}_change", args=[row.object_id]) if row.object_id else reverse(f"{name}_add")
        texts.append(Offer(row, f"{address}?unsaved={row.pk}"))
    return texts


class AutosaveMixin:
    """For the form of a curated record: its script keeps the text, the form offers it and puts it back."""

    keeps_unsaved = True

    def get_urls(self):
        if not self.keeps_unsaved:
            return super().get_urls()
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("autosave/", require_POST(self.autosave_view), name=f"{name}_autosave"),
            path("autosave/discard/", require_POST(self.admin_site.admin_view(self.discard_view)), name=f"{name}_discard"),
            *super().get_urls(),
        ]

    def unsaved(self, request, key):
        """What this person has not saved of the record with this key, or of new ones; the newest first."""
        kind = ContentType.objects.get_for_model(self.model)
        return Version.objects.unsaved_of(request.user).filter(content_type=kind, object_id=key)

    # Kept.

    def autosave_view(self, request):
        """Answer the script of a form. Whoever is signed out is told so, and not led to a page that the script cannot use."""
        if not self.admin_site.has_permission(request):
            return answer(401)
        return self.admin_site.admin_view(self.keep_unsaved)(request)

    def keep_unsaved(self, request):
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            return answer(413, _("This text is too long to be kept before you save it."))
        try:
            sent = Sent.read(request.body)
        except ValueError:
            return answer(400, _("The form could not be read, so its text was not kept."))
        if sent.user != request.user.pk:  # somebody else signed in in this browser: the text is not theirs
            return answer(401)
        record = self.get_object(request, str(sent.record)) if sent.record else None
        if sent.record and record is None:
            return answer(403, _("The record was deleted."))
        may = self.has_change_permission(request, record) if record else self.has_add_permission(request)
        if not may:
            return answer(403, _("You may no longer change this record."))
        base = Version.objects.kept().at(self.model, sent.record).filter(number=sent.made_from).first() if record else None
        kept = Version.objects.autosave(
            sent, by=request.user, model=self.model, base=base, headline=sent.headline or str(record or "")[:400]
        )
        return answer(200, at=date_format(localtime(kept.at), "H:i"), held=kept.snapshot["written"])

    def discard_view(self, request):
        number = request.POST.get("unsaved", "")
        mine = Version.objects.unsaved_of(request.user).filter(content_type=ContentType.objects.get_for_model(self.model))
        if not number.isdecimal() or len(number) > 18 or not mine.filter(pk=number).delete()[0]:
            raise Http404
        self.message_user(request, _("The unsaved text was discarded."))
        back = request.POST.get("next", "")
        return HttpResponseRedirect(back if url_has_allowed_host_and_scheme(back, None) else reverse("admin:index"))

    # Offered.

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if self.keeps_unsaved and (self.has_add_permission(request) if add else self.has_change_permission(request, obj)):
            context["unsaved"] = self.unsaved_context(request, obj, context)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def unsaved_context(self, request, obj, context):
        """What the template of a form needs: the key of the window, and what can be put back."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        put_back = getattr(request, "put_back", None)
        query = request.GET.copy()
        query.pop("unsaved", None)
        found = {
            "key": request.POST.get(KEY) or get_random_string(20),
            "address": reverse(f"{name}_autosave"),
            "discard": reverse(f"{name}_discard"),
            "next": f"{request.path}?{query.urlencode()}" if query else request.path,
        }
        if put_back:
            context["made_from"] = request.POST.get("made_from", context.get("made_from"))
            return {**found, "put_back": self.offer(put_back, obj, query)}
        if request.method == "POST":  # a refused form: what it holds is the newest there is
            return {**found, "refused": True}
        rows = self.unsaved(request, obj.pk if obj else None).select_related("base").defer("snapshot", "base__snapshot")
        return {**found, "offers": [self.offer(row, obj, query) for row in rows[:OFFERED]]}

    def offer(self, row, obj, query):
        query["unsaved"] = row.pk
        later = Version.objects.of(obj).filter(number__gt=row.base.number if row.base else 0) if obj else Version.objects.none()
        since = later.select_related("by").defer("snapshot").last()
        return Offer(row, f"?{query.urlencode()}", since)

    # Put back, and forgotten when it was saved.

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            with transaction.atomic():
                response = super().changeform_view(request, object_id, form_url, extra_context)
                if hasattr(request, "is_saved"):
                    Version.objects.unsaved_of(request.user).filter(key=request.POST.get(KEY) or None).delete()
            return response
        if "unsaved" not in request.GET or not self.keeps_unsaved:
            return super().changeform_view(request, object_id, form_url, extra_context)
        number = request.GET["unsaved"]
        known = [number] if number.isdecimal() and len(number) < 19 else []
        row = self.unsaved(request, object_id and unquote(object_id)).filter(pk__in=known).select_related("base").first()
        if row is None:
            self.message_user(request, _("This unsaved text is no longer there: it was saved or discarded."))
            return HttpResponseRedirect(request.path)
        return self.put_back(request, row, object_id, form_url, extra_context)

    def put_back(self, request, row, object_id, form_url, extra_context):
        """Show the form as if it had been sent with this text, and refused."""
        data = QueryDict(mutable=True)
        for name, value in [*row.snapshot["form"], (KEY, row.key)]:
            data.appendlist(name, value)
        _none = request.FILES  # read while this is a GET, so that Django does not look for them, and the fields, later
        request.method, request.POST, request.put_back = "POST", data, row
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        finally:
            request.method = "GET"

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return unchecked(form) if hasattr(request, "put_back") else form

    def get_formsets_with_inlines(self, request, obj=None):
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            yield (unchecked_rows(formset) if hasattr(request, "put_back") else formset), inline

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if hasattr(request, "put_back"):
            whole = {inline.get_formset(request, obj).fk.name: obj if obj and obj.pk else None}
            keys = inline.get_queryset(request).filter(**whole).values_list("pk", flat=True)
            kwargs["data"] = renumbered(kwargs["data"], prefix, {str(key) for key in keys})
        return kwargs

    def response_add(self, request, obj, post_url_continue=None):
        request.is_saved = True
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        request.is_saved = True
        return super().response_change(request, obj)
