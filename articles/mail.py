"""Mail about moves: a text waits for review, changes of it are requested, it is published.

A mail goes out after the move is committed. The move stands whether or not it arrives.
"""

import logging
from functools import partial
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from articles.models import Notices, name_of, reviewers
from articles.previews import public_address

logger = logging.getLogger(__name__)

#: What each move tells, by the name of the notice: a field of Notices and a template.
NOTICES = {
    "submit": "review_requested",
    "submit_change": "review_requested",
    "request_changes": "changes_requested",
    "return_change": "changes_requested",
    "publish": "published",
    "apply": "published",
}
DOWN = "mail-server-is-down"
PAUSE = 60  # seconds in which a server that did not answer is left alone, so that a hundred moves wait for it once


def is_off():
    """Whether this site sends no mail at all."""
    return settings.EMAIL_BACKEND == "django.core.mail.backends.dummy.EmailBackend"


def announce(record, move, authors):
    """Once the logged `move` is committed, tell whom it concerns. `authors` are the accounts that had written the text."""
    if move.verb in NOTICES and not is_off():
        transaction.on_commit(partial(tell, record, move, authors))


def tell(record, move, authors):
    """Send the mails about a move. What was done stays done: a failure is logged, and `record.untold` says it."""
    try:
        record.untold = not send(messages_about(move, authors))
    except Exception:  # whatever is wrong with a mail, whoever made the move did nothing wrong
        logger.exception("The mail about “%s” (%s) was not written.", move.headline, move.verb)
        record.untold = True


# --- To whom ------------------------------------------------------------------------------------------------------------


def recipients(move, authors):
    """Whom a move concerns, who have an address and want to know. Nobody is told what they did themselves."""
    kind, accounts = NOTICES[move.verb], get_user_model().objects.filter(is_active=True)
    if kind != "review_requested":
        accounts = accounts.filter(pk__in=authors)
    elif move.to_id:
        accounts = accounts.filter(pk=move.to_id)
    else:
        accounts = reviewers(move.content_type.model_class()).exclude(pk__in=authors)
    unwilling = Notices.objects.refusing(kind).values("user")
    return accounts.exclude(pk=move.by_id).exclude(email="").exclude(pk__in=unwilling).order_by("pk")


# --- What it says -------------------------------------------------------------------------------------------------------


def messages_about(move, authors):
    """One message for each person: the first line of the template is its subject."""
    kind, record = NOTICES[move.verb], move.content_type.get_object_for_this_type(pk=move.object_id)
    page = reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
    facts = {
        "move": move,
        "by": name_of(move.by),
        "record": record,
        "title": " ".join(str(record).split()),  # a line of its own
        "is_change": move.verb in ("submit_change", "return_change", "apply"),
        "is_scheduled": record.is_scheduled,
        "zone": timezone.get_current_timezone_name(),
        "page": urljoin(settings.SITE_URL, page),
        "public_page": urljoin(settings.SITE_URL, address) if (address := public_address(record)) else "",
        "settings_page": urljoin(settings.SITE_URL, reverse("admin:mail")),
        "SITE_NAME": settings.SITE_NAME,
    }
    told = [account for account in recipients(move, authors) if record.is_visible_to(account)]
    return [message(kind, {**facts, "recipient": account}) for account in told]


def message(kind, facts):
    subject, _line, body = render_to_string(f"articles/mail/{kind}.txt", facts).strip().partition("\n")
    headers = {"Auto-Submitted": "auto-generated"}  # so that nobody's absence is announced to us
    return EmailMessage(subject, body.strip() + "\n", to=[facts["recipient"].email], headers=headers)


# --- On its way ---------------------------------------------------------------------------------------------------------


def send(messages):
    """Hand the messages to the mail server. Return whether it took them all; why not is in the log."""
    if not messages:
        return True
    if cache.get(DOWN):
        logger.error("Not sent, because the mail server was down a moment ago: %s", "; ".join(map(about, messages)))
        return False
    try:
        with get_connection() as connection:
            taken = [sent(message, connection) for message in messages]
    except OSError as error:
        cache.set(DOWN, True, PAUSE)
        logger.error("The mail server cannot be reached (%s). Not sent: %s", error, "; ".join(map(about, messages)))
        return False
    return all(taken)


def sent(message, connection):
    """Whether the server took this one: what is wrong with one address must not keep the mail from the others."""
    try:
        connection.send_messages([message])
    except (OSError, ValueError) as error:
        logger.error("Not sent (%s): %s", error, about(message))
        return False
    return True


def about(message):
    return f"“{message.subject}” to {', '.join(message.to)}"
