"""What each side said of a commitment, beside each other: in their own words, dated, with the way to where they said it."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from conventions.records import PartialDate

from .models import Voice

#: Those of tripartism stand there also when nothing of them was seen, so that their silence is.
ALWAYS = (Voice.GOVERNMENT, Voice.WORKERS, Voice.EMPLOYERS)


@dataclass(frozen=True)
class Statement:
    """One thing that somebody said: the words where we have them, else what it was; and what it is about.

    `kind` is "words" of the promise, "update" or "reply".
    """

    kind: str
    quote: str
    title: str
    publisher: str
    url: str
    dated: PartialDate | None
    update: object = None

    @property
    def last_day(self):
        return self.dated.last_day if self.dated else date.min


def voices_of(wordings, updates, replies, as_of=None):
    """The statements by voice, the newest first: of other wordings, of the evidence of `updates`, and of published replies.

    What bears a later day than `as_of` had not been said by then.
    """
    said = [(row.evidence.voice, of_evidence("words", row.evidence, row.exact)) for row in wordings]
    heard = set()
    further = [(update, evidence) for update in updates for evidence in update.further_evidence.all()]
    for update, evidence in [*((update, update.evidence) for update in updates), *further]:
        if evidence.pk not in heard:
            heard.add(evidence.pk)
            said.append((evidence.voice, of_evidence("update", evidence, evidence.excerpt, update)))
    said += [(reply.voice, of_reply(reply)) for reply in replies]
    by_voice = {voice: [] for voice in Voice}
    for voice, statement in said:
        if as_of is None or statement.last_day <= as_of:
            by_voice[Voice(voice)].append(statement)
    for statements in by_voice.values():
        statements.sort(key=lambda statement: statement.last_day, reverse=True)
    return [(voice, statements) for voice, statements in by_voice.items() if statements or voice in ALWAYS]


def of_evidence(kind, evidence, quote, update=None):
    return Statement(kind, quote, evidence.title, evidence.publisher, evidence.url, evidence.dated, update)


def of_reply(reply):
    received = PartialDate(timezone.localdate(reply.received_at))
    return Statement("reply", reply.text, "", reply.organisation, reply.url, received)
