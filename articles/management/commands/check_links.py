"""Ask whether the evidence still answers, and write down what each address said."""

import argparse
import json
from collections import Counter
from datetime import timedelta
from http.client import HTTPException
from urllib.parse import urlencode, urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.links import FAILING, UNKNOWN_HOST, Asker, NotPublic, addresses, cited, taking_turns, write_down
from articles.models import Link, LinkState

#: After how many hosts whose name is not known, and none that is, this machine is at fault.
OFFLINE = 5
#: Who knows whether a copy exists.
ARCHIVE = "https://archive.org/wayback/available"


def machine(text):
    host, _colon, port = text.rpartition(":")
    return host.strip("[]"), int(port)


class Command(BaseCommand):
    help = (
        "Ask the addresses of all evidence on which something public rests, and of its copies: politely, one thing at a time "
        "for each host, and never a machine that is not public. What each said is written down at once."
    )

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, metavar="N", help="ask at most N addresses (default: all that are due)")
        parser.add_argument(
            "--older-than", type=int, default=7, metavar="DAYS", help="only what was not asked in the last DAYS (default: 7)"
        )
        parser.add_argument(
            "--pause", type=float, default=2, metavar="SECONDS", help="between two requests to a host (default: 2)"
        )
        parser.add_argument("--only", default="", metavar="START", help="only addresses that begin so: https://example.org/")
        parser.add_argument("--dry-run", action="store_true", help="only print what would be asked; nobody is asked anything")
        parser.add_argument(
            "--archives",
            action="store_true",
            help="ask the Internet Archive for copies of what answers no more, and print them: a person looks, and records one",
        )
        parser.add_argument("--allow", type=machine, action="append", default=[], help=argparse.SUPPRESS)  # for tests

    def handle(self, *, limit, older_than, pause, only, dry_run, archives, allow, **options):
        if pause < 0 or older_than < 0 or (limit is not None and limit < 0):
            raise CommandError("--pause, --older-than and --limit are numbers of zero or more.")
        due = [url for url in addresses(timezone.now() - timedelta(days=older_than)) if url.startswith(only)]
        due = taking_turns(due[:limit])
        if dry_run:
            self.say("\n".join([*due, f"{len(due):,} addresses are due. Nobody was asked."]))
            return
        asker, found, tired = Asker(pause, tuple(allow)), Counter(), set()
        for url, answer in answers(asker, due, tired):
            link = write_down(url, *answer)
            found[link.state] += 1
            if link.code == 429:  # it asked us to stop; the rest of it is due again in the next run
                tired.add(urlsplit(url).netloc)
            self.say(f"{LinkState(link.state).label}: {url} ({link.told})")
        told = ", ".join(f"{LinkState(state).label.lower()} {count:,}" for state, count in found.items())
        self.say(f"{found.total():,} addresses asked{': ' if told else ''}{told}.")
        if archives:
            self.look_for_copies(asker)

    def look_for_copies(self, asker):
        """Print a copy of each piece that answers no more and has none. What it shows, only a person can tell."""
        dead = Link.objects.filter(state__in=FAILING).values("url")
        for evidence in cited().filter(url__in=dead, archived_url=""):
            copy = copy_of(asker, evidence)
            self.say(f"{evidence.url}: " + (f"a copy is at {copy}. Look at it, and record it." if copy else "no copy was found."))

    def say(self, text):
        """Print at once: who waits at a pipe wants to see it move."""
        self.stdout.write(text)
        self.stdout.flush()


def answers(asker, due, tired):
    """Ask address by address, but at no host that is `tired`, and yield each with its answer.

    While no name at all was found it is this machine that knows none: after so many hosts nothing is called dead.
    """
    unknown = []
    for url in due:
        if urlsplit(url).netloc in tired:
            continue
        answer = asker.ask(url)
        if unknown is not None and answer[2] == UNKNOWN_HOST:
            unknown.append((url, answer))
            if len({urlsplit(url).netloc for url, _answer in unknown}) == OFFLINE:
                raise CommandError(
                    f"None of {OFFLINE} hosts is known by name: this machine seems to have no network. Nothing was written down."
                )
            continue
        yield from unknown or ()
        unknown = None
        yield url, answer
    yield from unknown or ()


def copy_of(asker, evidence):
    """The address of the copy closest to the date of the evidence, or None; also where the archive does not answer."""
    asked = {"url": evidence.url}
    if evidence.dated_on:
        asked["timestamp"] = f"{evidence.dated_on:%Y%m%d}"
    try:
        answer = asker.request("GET", f"{ARCHIVE}?{urlencode(asked)}")
        closest = json.loads(answer.body)["archived_snapshots"]["closest"]
        return closest["url"] if closest["available"] else None
    except (NotPublic, OSError, HTTPException, ValueError, KeyError, TypeError):
        return None
