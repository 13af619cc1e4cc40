"""What two versions side by side, and putting one back, cost for an article of 5,000 words: at most 100 bare views each.

verb NAME MULTIPLE QUERIES
"""

import time

WORDS, LIMIT = 5_000, 100


def body(word):
    """A text of so many words in paragraphs of a hundred; in every tenth of them, one word in twenty is `word`."""
    words = [word if number % 20 == 0 and number // 100 % 10 == 0 else f"word{number % 997}" for number in range(WORDS)]
    return "".join(f"<p>{' '.join(words[start : start + 100])}.</p>" for start in range(0, WORDS, 100))


def make_versions():
    """A draft of two versions."""
    from articles.models import Article
    from conventions.models import Version

    article = Article.objects.get(slug="article-1")
    draft = Article.objects.create(
        headline="A long one", slug="long", standfirst="-", body=body("before"), dated=article.dated, source_name="A source"
    )
    Version.objects.keep(draft, by=None)
    draft.body = body("after")
    draft.save()
    Version.objects.keep(draft, by=None)
    return draft


def least(do, requests):
    """The processor time of doing it once, in seconds: the least of several after one to warm up."""
    times = []
    for number in range(requests + 1):
        before = time.process_time()
        do(number)
        times.append(time.process_time() - before)
    return min(times[1:])


def measure_versions(floor, requests):
    """Print the lines of both; return those that cost too much."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.template.loader import render_to_string
    from django.test.utils import CaptureQueriesContext

    from articles.models import Article
    from conventions.diff import compare
    from conventions.models import Version
    from conventions.restoring import restore

    draft, by = make_versions(), get_user_model().objects.get(username="bench")
    old, new = versions = list(Version.objects.of(draft))
    dear = []
    for name, do in {
        "diff-5000-words": lambda number: render_to_string(
            "_partials/diff.html", {"changes": compare(Article, old.snapshot, new.snapshot)}
        ),
        "restore-5000-words": lambda number: restore(draft, versions[number % 2], by=by),
    }.items():
        multiple = least(do, max(requests, 9)) / floor
        with CaptureQueriesContext(connection) as captured:
            do(requests + 1)
        print(f"verb {name} {multiple:.1f} {len(captured)}", flush=True)
        dear += [f"{name} costs {multiple:.1f} bare views; at most {LIMIT} are allowed."] if multiple > LIMIT else []
    return dear
