"""What readers send: the form under every commitment and article, and what becomes of it. Nobody needs an account for it."""

import time
from datetime import timedelta
from functools import wraps
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import OperationalError, transaction
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from .models import Commitment, Refused, Reply, ReplyKind, Roadmap
from .views import public, public_article, with_tombstone

FASTEST = 3  # seconds in which nobody has read the form and written something
LONGEST = 24 * 60 * 60  # seconds for which an opened form can be sent
SALT = "articles.replies"

#: Nobody keeps these pages: each form says when it was opened, and each answer is for one person.
HEADERS = {"Cache-Control": "no-store, private", "X-Robots-Tag": "noindex"}


# --- The form ---------------------------------------------------------------------------------------------------------


class LinesField(forms.CharField):
    """Text of several lines. People count the end of a line as one sign; browsers send two."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class ReplyForm(forms.ModelForm):
    """What a reader writes. `opened` says when the form was opened, signed by us; `website` is a trap for programs."""

    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), choices=ReplyKind.choices, widget=forms.RadioSelect)
    text = LinesField(
        label=gettext_lazy("Your text"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
        help_text=gettext_lazy("At most 5,000 characters."),
    )
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Reply
        fields = ["kind", "text", "url", "organisation", "voice", "name", "email"]
        labels = {
            "url": gettext_lazy("Address of a source"),
            "name": gettext_lazy("Your name"),
            "voice": gettext_lazy("For whom you speak"),
        }
        help_texts = {
            "url": gettext_lazy("Where it is published, if it is."),
            "organisation": gettext_lazy("A reply is published under its name."),
            "voice": gettext_lazy("Needed for a reply."),
            "email": gettext_lazy("Never shown. We ask you there who you are, or what is unclear."),
        }

    def __init__(self, *args, about, **kwargs):
        super().__init__(*args, **kwargs)
        self.page = f"{about._meta.model_name}-{about.pk}"
        self.fields["opened"].initial = self.opened_now()
        del self.fields["text"].widget.attrs["maxlength"]  # the browser would cut off what was pasted, and not say so
        for name, word in {"name": "name", "organisation": "organization", "email": "email", "url": "off"}.items():
            self.fields[name].widget.attrs["autocomplete"] = word

    def opened_now(self):
        return signing.dumps({"page": self.page, "at": int(time.time())}, salt=SALT)

    def clean(self):
        super().clean()
        if self.cleaned_data.get("kind") == ReplyKind.REPLY and not self.cleaned_data.get("voice"):
            self.add_error("voice", _("Say for whom you speak: a reply is published with it."))
        if not self.errors and (sentence := self.trapped() or self.out_of_time()):
            self.add_error(None, sentence)

    def trapped(self):
        """What to tell whoever filled in the field that no reader sees, or None."""
        if not self.cleaned_data.get("website"):
            return None
        self.show_anew("website", "")
        return _("A field was filled in that readers do not see, as programs do. It is empty again: send your text once more.")

    def out_of_time(self):
        """What to tell whoever is faster than a person can be, or sends a form of yesterday or of another page; or None."""
        try:
            opened = signing.loads(self.cleaned_data.get("opened") or "", salt=SALT)
            age = time.time() - opened["at"] if opened["page"] == self.page else None
        except signing.BadSignature:
            age = None
        if age is not None and age < FASTEST:
            return _("That was faster than anybody writes. Send it once more in a few seconds.")
        if age is not None and age <= LONGEST:
            return None
        self.show_anew("opened", self.opened_now())
        return _("This form was opened too long ago. Look whether your text still says what you mean, and send it once more.")

    def show_anew(self, name, value):
        """Show another value than what was sent; all else stays as it was."""
        self.data = self.data.copy()
        self.data[name] = value


# --- Whose, and how many ------------------------------------------------------------------------------------------


def client_address(request):
    """The address of whoever asks: of the connection, or what the outermost of our own proxies wrote."""
    said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    behind = settings.TRUSTED_PROXIES
    return said[-behind] if 0 < behind <= len(said) else request.META.get("REMOTE_ADDR", "")


def one_sender(address):
    """What one sender can be expected to have: an IPv4 address, or a network of IPv6, of which everybody has 2^64 addresses."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    found = getattr(found, "ipv4_mapped", None) or found
    return str(found if found.version == 4 else ip_network((found, 64), strict=False))


def senders(address):
    """By which hash a sender is known today, and by which yesterday: keyed, and changing daily, so that no address is kept."""
    today = timezone.localdate()
    days = (today, today - timedelta(days=1))
    sender = one_sender(address)
    return [salted_hmac(f"{SALT}.{day.isoformat()}", sender, algorithm="sha256").hexdigest() for day in days]


def came_before(reply, hashes):
    """Whether this sender sent the same within the time for which an opened form can be sent: the button pressed twice."""
    same = {name: getattr(reply, name) for name in ("commitment", "article", *ReplyForm.Meta.fields)}
    since = timezone.now() - timedelta(seconds=LONGEST)
    return Reply.objects.filter(**same, sender__in=hashes, received_at__gt=since).exists()


def receive(reply, address):
    """Store it, or raise Refused where this sender, or all together, sent too much in the last hour.

    What came before is received already: it is stored once, and counted once.

    However many processes take replies, one after the other counts: on PostgreSQL by the lock of a row that is there
    always, on SQLite because it has one writer.
    """
    with transaction.atomic():
        ContentType.objects.select_for_update(no_key=True).get(app_label="articles", model="reply")
        hashes = senders(address)
        if came_before(reply, hashes):
            return
        lately = Reply.objects.filter(received_at__gt=timezone.now() - timedelta(hours=1)).aggregate(
            all=Count("pk"), theirs=Count("pk", filter=Q(sender__in=hashes))
        )
        if lately["theirs"] >= settings.REPLIES_PER_SENDER:
            raise Refused(_("You sent as many messages in the last hour as we can take. Your text stands below: send it later."))
        if lately["all"] >= settings.REPLIES_PER_HOUR:
            raise Refused(_("More came in the last hour than we can read. Your text stands below: send it later."))
        reply.sender, reply.received_at = hashes[0], timezone.now()
        reply.save()


def comes_from_elsewhere(request):
    """Whether the browser says that a page of another site sent this."""
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        parts = urlsplit(said)
    except ValueError:
        return True
    ours = parts.netloc == request.get_host() or f"{parts.scheme}://{parts.netloc}" in settings.CSRF_TRUSTED_ORIGINS
    return bool(said) and not ours


# --- The pages --------------------------------------------------------------------------------------------------------


def unkept(view):
    """A page that no cache keeps and no search engine lists; what was withdrawn leaves a tombstone here too."""

    @wraps(view)
    def answer(*args, **kwargs):
        response = with_tombstone(view)(*args, **kwargs)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return answer


class SeeOther(HttpResponseRedirect):
    """What was sent led to another page, which is asked for with GET: reading it again sends nothing again."""

    status_code = 303


def public_commitment(slug):
    """The commitment at an address, or the tombstone of its roadmap."""
    commitments = Commitment.objects.published().filter(slug=slug).select_related("roadmap")
    return public(commitments, Roadmap.objects.tombstones().filter(commitments__slug=slug))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@unkept
def to_commitment(request, slug):
    """Report an error in a commitment, or reply to it.

    Exempt from the check of tokens, because there is nothing for it to protect: no cookie is read, nobody is signed in
    here, and whoever can make somebody else's browser send this can as well send it themselves.
    """
    return take(request, public_commitment(slug), reverse("articles:commitment-reply-received", args=[slug]))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@unkept
def to_article(request, year, slug):
    """The same for an article; exempt for the same reason."""
    return take(request, public_article(year, slug), reverse("articles:article-reply-received", args=[year, slug]))


def take(request, about, received):
    """Show the form, or take what was sent. Whatever stands against it, the form comes back with all that was written."""
    if request.method != "POST":
        return form_page(request, about, ReplyForm(about=about))
    form, status = ReplyForm(request.POST, instance=Reply(**{about._meta.model_name: about}), about=about), 200
    if comes_from_elsewhere(request):
        status = 403
        form.add_error(None, _("This was sent from another site. Look whether it is what you meant, and send it from here."))
    elif form.is_valid():
        try:
            receive(form.instance, client_address(request))
        except Refused as refusal:
            status = 429
            form.add_error(None, str(refusal))
        except OperationalError:
            status = 503
            form.add_error(None, _("We could not store it at this moment. Your text stands below: send it once more."))
        else:
            return SeeOther(received)
    return form_page(request, about, form, status)


def form_page(request, about, form, status=200):
    context = {"about": about, "form": form, "days": settings.REPLY_DAYS}
    return render(request, "articles/reply_form.html", context, status=status)


@require_safe
@unkept
def commitment_received(request, slug):
    """What happens now with what was sent. It is the same for everybody, and says nothing of what they wrote."""
    return render(request, "articles/reply_received.html", {"about": public_commitment(slug)})


@require_safe
@unkept
def article_received(request, year, slug):
    return render(request, "articles/reply_received.html", {"about": public_article(year, slug)})
