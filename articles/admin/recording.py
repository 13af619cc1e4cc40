"""Recording what happened: one short form for an update and its evidence, reached from wherever one reads of it."""

import re
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article, Commitment, Delivery, Evidence, ProgressUpdate, Status, Voice
from articles.recording_forms import EvidenceForm, RecordForm
from conventions.admin import refusal_of
from conventions.models import Ratification

from .base import admin_url

ADDRESS = re.compile(r"https?://[^\s<>“”\"]+")
QUOTED = re.compile(r"(.+?): [“\"](.+)[”\"]")  # publisher and title, as an article names its source


def record_url(commitment, **given):
    """The address of the form for one commitment; `given` are the article, or the act, that tells what happened."""
    return f"{reverse('admin:articles_progressupdate_record')}?{urlencode({'commitment': commitment.pk, **given})}"


def record_link(commitment, label=None, **given):
    return format_html('<a class="addlink" href="{}">{}</a>', record_url(commitment, **given), label or _("Record what happened"))


# --- What is filled in already ----------------------------------------------------------------------------------------


def said_by_act(met):
    """What an act in the register says of a commitment of `met_by_register()`. It is no rung: the register tells that one."""
    facts = {"state": met.roadmap.country, "code": met.convention.short_code, "day": met.met}
    if met.met is None:
        return {
            "delivery": Delivery.DELIVERED,
            "summary": _("The ILO registered the ratification of %(code)s by %(state)s.") % facts,
        }
    return {
        "delivery": Delivery.DELIVERED,
        "summary": _("The ILO registered the ratification of %(code)s by %(state)s (%(day)s).") % facts,
        "happened_on": met.met_on,
        "happened_on_precision": met.met_on_precision,
    }


def source_of_act(act):
    """The source of an act as evidence, where it has an address; who speaks in it only where the address says so."""
    found = ADDRESS.search(act.source)
    if found is None:
        return {}
    url = found[0].rstrip(".,;)]")
    host = urlsplit(url).hostname or ""
    of_ilo = {"publisher": "ILO", "voice": Voice.ILO} if host == "ilo.org" or host.endswith(".ilo.org") else {}
    return {"title": act.source.replace(url, "").strip(" .,;()[]") or str(act), "url": url, **of_ilo}


def source_of_article(article):
    """The source that an article reports, as evidence."""
    named = QUOTED.fullmatch(article.source_name)
    publisher, title = named.groups() if named else ("", article.source_name)
    return {"title": title, "url": article.source_url, "publisher": publisher, "dated_on": article.source_date}


def recorded_already(source):
    """The evidence with the address of a source, if there is one."""
    return Evidence.objects.filter(url=source["url"]).first() if source.get("url") else None


# --- The form ---------------------------------------------------------------------------------------------------------


class RecordingMixin:
    """For the form of updates: the short one beside it, which saves as it does."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.record_view)
        return [path("record/", view, name="articles_progressupdate_record"), *super().get_urls()]

    def record_view(self, request):
        """Show the form for the commitment in the address, or save what was sent: an update with its evidence, or nothing."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        commitment = self.named_record(request, Commitment.objects.with_state().select_related("roadmap__country", "convention"))
        if commitment is None:
            raise Http404
        article = self.named_record(request, Article.objects.all())
        form, evidence_form = self.record_forms(request, commitment, article)
        if request.method == "POST" and self.are_valid(form, evidence_form):
            try:
                update, is_new = self.record(request, form, evidence_form, article)
            except (ValidationError, IntegrityError, OperationalError) as error:
                form.add_error(None, refusal_of(error))
            else:
                return self.after_recording(request, update, is_new, evidence_form)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Record what happened"),
            "opts": self.opts,
            "commitment": commitment,
            "commitment_url": admin_url(commitment),
            "article": article,
            "form": form,
            "evidence_form": evidence_form,
            "media": self.media + form.media + evidence_form.media,
            "may_submit": self.has_submit_permission(request),
        }
        return TemplateResponse(request, "admin/record_update.html", context)

    def named_record(self, request, records):
        """The record whose number stands in the address under its kind, of those that this person may see; None without one."""
        name = records.model._meta.model_name
        if (key := request.GET.get(name)) is None:
            return None
        form = self.admin_site.get_model_admin(records.model)
        known = form.has_view_permission(request) and key.isdecimal() and len(key) < 19
        if (found := known and records.visible_to(request.user).filter(pk=key).first()) in (False, None):
            raise Http404
        return found

    def record_forms(self, request, commitment, article):
        """Both halves, filled in with what the article or the act in the address says."""
        update, source = self.given(request, commitment, article)
        if known := recorded_already(source):
            update, source = {**update, "evidence": known.pk}, {}
        sent = request.POST if request.method == "POST" else None
        form = RecordForm(sent, instance=ProgressUpdate(commitment=commitment), initial=update, user=request.user)
        choice = form.fields["evidence"]
        choice.widget = AutocompleteSelect(ProgressUpdate._meta.get_field("evidence"), self.admin_site)
        choice.widget.choices, choice.widget.is_required = choice.choices, False
        hosts = {request.get_host().lower(), urlsplit(settings.SITE_URL).netloc.lower()} - {""}
        is_chosen = bool(sent and sent.get("evidence"))
        return form, EvidenceForm(sent, initial=source, own_hosts=hosts, empty_permitted=is_chosen)

    def given(self, request, commitment, article):
        """What is known of the update, and of its source."""
        if article is not None:
            return {}, source_of_article(article)
        if (key := request.GET.get("act", "")).isdecimal() and len(key) < 19:
            met = Commitment.objects.met_by_register().filter(pk=commitment.pk, met_by=key)
            if met := met.select_related("roadmap__country", "convention").first():
                return said_by_act(met), source_of_act(Ratification.objects.get(pk=key))
        return {}, {}

    def are_valid(self, form, evidence_form):
        """Whether both halves are, and name one piece of evidence. All faults of both are shown at once."""
        of_update, of_evidence = form.is_valid(), evidence_form.is_valid()
        if form.cleaned_data.get("evidence") and evidence_form.has_changed():
            form.add_error("evidence", _("You chose one and described another: empty the choice, or the fields below it."))
            return False
        return of_update and of_evidence

    def record(self, request, form, evidence_form, article):
        """Save as the ordinary forms do: numbers, names, versions and log are theirs. Return the update, and whether it is new.

        The button pressed twice finds what the first press recorded: the number it takes locks the promise, so that of two
        presses at the same moment the second waits for the first.
        """
        with transaction.atomic():
            update = form.save(commit=False)
            update.take_number()
            update.recorded_by = request.user
            evidence_form.look_up()
            evidence = form.cleaned_data["evidence"] or evidence_form.known
            update.evidence_id = evidence and evidence.pk
            if twin := update.twin():
                return twin, False
            update.evidence = evidence or self.evidence_of(request, evidence_form, article)
            self.save_model(request, update, form, change=False)
            self.save_related(request, form, [], change=False)
            self.log_addition(request, update, [{"added": {}}])
        return update, True

    def evidence_of(self, request, form, article):
        """The piece that was described, recorded."""
        own = self.admin_site.get_model_admin(Evidence)
        if not own.has_add_permission(request):
            raise PermissionDenied
        evidence = form.save(commit=False)
        evidence.article = article
        own.save_model(request, evidence, form, change=False)
        own.save_related(request, form, [], change=False)
        own.log_addition(request, evidence, [{"added": {}}])
        return evidence

    def after_recording(self, request, update, is_new, evidence_form):
        """Hand it in where that was asked, and go on in its form."""
        if not is_new:
            told = _("You recorded this already, and nobody has decided on it yet: here it is.")
            self.message_user(request, told, messages.INFO)
        elif evidence_form.known is not None:
            told = _("This source was recorded already, and is used as it stands: “%(title)s”.")
            self.message_user(request, told % {"title": evidence_form.known.title}, messages.INFO)
        if "_submit" in request.POST and update.status == Status.DRAFT:
            self.make_move(request, update, "submit", {})
        elif is_new:
            self.message_user(request, _("Recorded as a draft. Nobody reads it before you submit it."), messages.SUCCESS)
        self.caution(request, update)
        return HttpResponseRedirect(admin_url(update))

    def caution(self, request, update):
        """Tell whoever saved it what to look at before it counts."""
        if update.caution:
            self.message_user(request, update.caution, messages.WARNING)


class RecordsMixin:
    """For the form of an article: the promises that it reports, and the way to record what it tells of them."""

    @admin.display(description=gettext_lazy("what happened"))
    def to_record(self, obj):
        if not obj.pk:
            return gettext_lazy("Save the article first; then record what its source tells of a commitment.")
        reported = Q(pk__in=obj.commitments.values("pk")) | Q(roadmap__in=obj.roadmaps.values("pk"))
        promises = list(Commitment.objects.filter(reported).visible_to(obj.viewer))
        if not promises or not obj.viewer.has_perm("articles.add_progressupdate"):
            return "—"
        items = ((promise, record_link(promise, article=obj.pk)) for promise in promises)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} {}</li>", items))
