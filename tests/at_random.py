"""One of several people at work at once: `python -m tests.at_random SEED STEPS` edits and moves articles at random.

It waits for a line, works, and prints as JSON what was done: how often each verb was done or refused, and a mark for each
text that it was told is saved. Refusals are part of the game; anything else ends it with a traceback.
"""

import json
import random
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import django

ARTICLES = 3
SOURCE = "ILO, press release of 12 June 2024, https://example.org/release"


def prepare():
    """Accounts of every role, and the articles that they will fight for."""
    from django.contrib.auth.models import Group, User

    from articles.models import Article
    from conventions.models import Convention

    for role in ("reporter", "editor", "chief"):
        for number in (1, 2):
            User.objects.create_user(f"{role}{number}", is_staff=True).groups.add(Group.objects.get(name=role))
    for number in range(ARTICLES):
        Article.objects.create(
            headline=f"Article {number}", slug=f"article-{number}", dated="2024-06-12", standfirst="In short.",
            body="<p>Text.</p>", source_name=SOURCE, drafted_by=User.objects.get(username=f"reporter{number % 2 + 1}"),
        )  # fmt: skip
    for number in (87, 98, 176, 190):
        facts = {"kind": "convention", "title": f"Convention {number}", "year": 1900 + number, "source": SOURCE}
        Convention.objects.create(code=f"C{number:03}", number=number, **facts)


#: Who mostly does what: whoever writes cannot review, so a newsroom in which all do everything publishes nothing.
CAST = {"edit": "reporter", "submit": "reporter", "advance": "editor chief", "withdraw": "chief"}


class Person:
    """Somebody who does whatever comes to mind, as whoever comes to mind."""

    def __init__(self, seed):
        from django.contrib.auth.models import User

        self.random, self.seed = random.Random(seed), seed
        self.accounts = list(User.objects.order_by("username"))
        self.done, self.refused, self.marks = Counter(), Counter(), []

    def work(self, steps):
        from django.core.exceptions import PermissionDenied
        from django.db import OperationalError

        from articles.models import Article, Refused

        for step in range(steps):
            article = self.random.choice(Article.objects.order_by("pk"))
            name = self.random.choice(["edit"] * 4 + ["advance"] * 6 + ["submit", "request_changes", "publish", "withdraw"])
            by = self.random.choice(self.accounts_for(name))
            try:
                name = getattr(self, name)(article, by, f"mark-{self.seed}-{step}") or name
            except (Refused, PermissionDenied, OperationalError) as refusal:
                self.refused[f"{name}: {type(refusal).__name__}"] += 1
            else:
                self.done[name] += 1

    def accounts_for(self, name):
        """Mostly those whose work it is; now and then anybody."""
        roles = tuple(CAST.get(name, "").split())
        fitting = [account for account in self.accounts if account.username.startswith(roles)] if roles else []
        return fitting if fitting and self.random.random() < 0.9 else self.accounts

    def edit(self, article, by, mark):
        """Save the form: a draft is changed, what is published gets a change that waits."""
        from django.db import transaction

        from articles.models import Article
        from conventions.models import Convention, Version
        from conventions.snapshots import snapshot, write

        with transaction.atomic():
            row = Article.objects.select_for_update().get(pk=article.pk)
            shot = row.pending.snapshot if row.pending else snapshot(row)
            codes = self.random.sample(list(Convention.objects.order_by("code")), 2)
            rows = [
                {"convention": {"id": code.pk, "name": str(code)}, "words": mark, "note": "", "position": 1} for code in codes
            ]
            shot = {**shot, "fields": {**shot["fields"], "standfirst": mark}}
            shot["parts"] = {**shot["parts"], "citations": [{"id": -n, "fields": row} for n, row in enumerate(rows, 1)]}
            if row.takes_changes:
                row.propose(shot, by=by)
            else:
                Version.objects.keep(row, by=None)
                write(row, shot)
                Version.objects.keep(row, by=by)
        self.marks.append(mark)

    def advance(self, article, by, mark):
        """Do what comes next, with the version that was read a moment ago."""
        from conventions.models import Version

        last = Version.objects.of(article).saved().last()
        seen = last and last.number
        if article.pending_status == "draft":
            name, values = "submit_change", {"seen": article.pending.number}
            by = self.random.choice(self.accounts_for("submit"))
        elif article.pending_status == "in_review":
            name = self.random.choice(["apply", "apply", "apply", "return_change", "discard"])
            values = {"seen": article.pending.number} if name != "discard" else {}
            values |= {"apply": {"reason": mark}, "return_change": {"reason": mark}}.get(name, {})
        elif article.status == "in_review":
            name, values = "publish", {"seen": seen, "at": self.random.choice([None, None, None, self.later()])}
        else:
            name, values = "submit", {"seen": seen}
            by = self.random.choice(self.accounts_for("submit"))
        getattr(article, name)(by=by, **values)
        return name

    def later(self):
        return datetime.now(UTC) + timedelta(seconds=self.random.choice([1, 3600]))

    def submit(self, article, by, mark):
        article.submit(by=by)

    def request_changes(self, article, by, mark):
        article.request_changes(by=by, reason=mark)

    def publish(self, article, by, mark):
        article.publish(by=by)

    def withdraw(self, article, by, mark):
        article.withdraw(by=by, note=mark)


def main(seed, steps):
    person = Person(seed)
    print("ready", flush=True)
    sys.stdin.readline()
    person.work(steps)
    print(json.dumps({"done": person.done, "refused": person.refused, "marks": person.marks}))


if __name__ == "__main__":
    django.setup()
    prepare() if sys.argv[1:] == ["prepare"] else main(*map(int, sys.argv[1:]))
