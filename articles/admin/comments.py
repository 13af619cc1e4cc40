"""Comments in the back office: below the form of what waits for the public, and on a page of their own."""

from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Comment, Refused
from articles.models.comments import places, said, waits
from articles.passages import Quote
from conventions.models import Version


class CommentForm(forms.Form):
    """A comment on the whole, on a field, or on a passage in it. What adjoins the passage is the script's to add."""

    field = forms.ChoiceField(label=gettext_lazy("On"), required=False)
    exact = forms.CharField(
        label=gettext_lazy("Passage"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Letter by letter, as it was saved. Empty: the whole field."),
    )
    prefix = forms.CharField(required=False, strip=False, max_length=100, widget=forms.HiddenInput)
    suffix = forms.CharField(required=False, strip=False, max_length=100, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    text = forms.CharField(label=gettext_lazy("Comment"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, model, *args, **kwargs):
        super().__init__(*args, auto_id="id_comment_%s", **kwargs)
        self.fields["field"].choices = [("", _("the whole")), *places(model).items()]

    def values(self):
        """As the model's verb takes them."""
        data = self.cleaned_data
        quoted = Quote(data["exact"], data["prefix"], data["suffix"])
        return {"text": data["text"], "field": data["field"], "quoted": quoted, "seen": data["seen"]}


@dataclass(frozen=True)
class Thread:
    """A comment with its replies as a page shows them: what it is about, and what this person may do with it."""

    comment: Comment
    label: str
    anchor: str
    is_gone: bool
    may_resolve: bool
    replies: list = field(default_factory=list)


def anchor_of(model_admin, name):
    """Where a field, or the rows of a part, stand in the form; "" for what the site writes by itself."""
    if name in model_admin.readonly_fields:
        return ""
    relation = model_admin.model._meta.get_field(name)
    if relation.auto_created:
        return f"{relation.through.__name__ if relation.many_to_many else name}-group"
    return f"id_{name}"


class CommentsMixin:
    """For the form of a record with a life before the public: what was said about it."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.comments_view)
        return [path("<int:pk>/comments/", view, name=self.url_name("comments")), *super().get_urls()]

    def comments_view(self, request, pk):
        """All comments on a record, and the one place to which comments, replies and resolutions are sent."""
        record = self.viewed(request, pk)
        form = CommentForm(self.model, request.POST if request.method == "POST" and "seen" in request.POST else None)
        if request.method == "POST" and (not form.is_bound or form.is_valid()):
            try:
                done = self.act_on_comment(request, record, form)
            except (Refused, PermissionDenied) as refusal:
                if form.is_bound:
                    form.add_error("exact" if form.cleaned_data.get("exact") else None, str(refusal))
                else:
                    self.message_user(request, str(refusal), messages.ERROR)
            else:
                self.message_user(request, done, messages.SUCCESS)
            if not form.errors:
                return HttpResponseRedirect(self.preview_url(record, "comments"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Comments"),
            "opts": self.opts,
            "original": record,
            **self.comments_of(request, record, form),
            "form_address": self.preview_url(record, "change"),
        }
        return TemplateResponse(request, "admin/comments.html", context)

    def act_on_comment(self, request, record, form):
        """Do what was sent, and return the sentence that says so."""
        if form.is_bound:
            Comment.objects.make(record, by=request.user, **form.values())
            return _("The comment is made.")
        for name, done in [("resolve", _("The comment is resolved.")), ("reopen", _("The comment is open again."))]:
            if name in request.POST:
                getattr(self.comment(record, request.POST[name]), name)(by=request.user)
                return done
        comment = self.comment(record, request.POST.get("reply_to", ""))
        Comment.objects.make(record, by=request.user, text=request.POST.get("text", ""), reply_to=comment)
        return _("The reply is made.")

    def comment(self, record, number):
        found = Comment.objects.of(record).filter(pk=number if number.isdecimal() and len(number) < 19 else None).first()
        if found is None:
            raise Http404
        return found

    # Shown.

    def comments_of(self, request, record, form=None):
        """What the section of comments needs."""
        comments = list(Comment.objects.of(record))
        threads = self.threads(request, record, comments)
        can_comment = waits(record)
        if can_comment and form is None:
            form = CommentForm(self.model)
        if can_comment and not form.is_bound:
            version = record.pending or Version.objects.of(record).defer("snapshot").last()
            form.initial["seen"] = version and version.number
        return {
            "open_threads": [each for each in threads if each.comment.resolved_at is None],
            "resolved_threads": [each for each in threads if each.comment.resolved_at is not None],
            "comment_form": form if can_comment or (form and form.is_bound) else None,
            "comments_url": self.preview_url(record, "comments"),
        }

    def threads(self, request, record, comments):
        """The comments with their replies. Each text that a passage is looked for in is read once."""
        authors = record.author_ids() if comments else set()
        texts = {name: said(record, name) for name in {each.field for each in comments if each.exact} & set(places(self.model))}
        found = {each.pk: self.thread(request, record, each, texts, authors) for each in comments if each.reply_to_id is None}
        for reply in comments:
            if reply.reply_to_id:
                found[reply.reply_to_id].replies.append(reply)
        return list(found.values())

    def thread(self, request, record, comment, texts, authors):
        comment.record = record
        known = places(self.model).get(comment.field)
        return Thread(
            comment,
            label=known or comment.field,
            anchor=anchor_of(self, comment.field) if known else "",
            is_gone=bool(comment.exact) and not comment.stands(texts.get(comment.field, "")),
            may_resolve=comment.may_resolve(request.user, authors),
        )

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context.update(self.comments_of(request, obj))
        return super().render_change_form(request, context, add, change, form_url, obj)
