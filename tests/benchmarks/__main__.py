"""`make bench`: how much work each kind of page is, in multiples of a bare Django view.

In a scratch folder it makes a database, loads the real content, adds a crowd of 10,000 articles, and asks for
each page through `django.test.Client`, so through every middleware and no network. Measured is the processor time of this
process, the median of several requests after one to warm up; waiting and other programs do not count. The measure,
1.0, is a view that returns 30 KB and nothing else, through the same client and the same middleware. Two lines a page:

    bench PAGE MULTIPLE QUERIES    as readers get it: kept until something public changes
    fresh PAGE MULTIPLE QUERIES    as the first reader after a change gets it: made anew

Then two versions side by side and putting one back (versions.py), and what an import costs (imports.py).
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

PAGES = {
    "front": "/",
    "article-list": "/articles/",
    "article-list-words": "/articles/?q=mines",
    "article-list-country": "/articles/?country=kazakhstan",
    "article-list-last-page": "/articles/?page=last",
    "article": "/articles/2000/article-1/",
    "roadmap-list": "/roadmaps/",
    "roadmap": "/roadmaps/roadmap-1/",
    "commitment-list": "/commitments/",
    "commitment-list-delivery": "/commitments/?delivery=under-way",
    "commitment-list-past": "/commitments/?as_of=2020-06-30",
    "commitment-data": "/commitments/data.json?country=kazakhstan",
    "commitment-calendar": "/commitments/due.ics?country=kazakhstan",
    "commitment": "/commitments/commitment-1/",
    "commitment-feed": "/commitments/commitment-1/feed/",
    "discrepancies": "/discrepancies/",
    "method": "/method/",
    "convention-list": "/conventions/",
    "convention-list-ratified-by": "/conventions/?ratified_by=kazakhstan&in_force=true&sort=ratifications",
    "convention": "/conventions/c087/",
    "convention-all-states": "/conventions/c182/",
    "convention-reported": "/conventions/c131/",
    "convention-long-chain": "/conventions/c186/",
    "country-list": "/countries/",
    "country": "/countries/kazakhstan/",
    "country-most-acts": "/countries/kyrgyzstan/",
    "register-report": "/method/register/",
    "people": "/people/",
    "person": "/people/person-1/",
    "organisations": "/organisations/",
    "organisation": "/organisations/organisation-1/",
    "topics": "/topics/",
    "topic": "/topics/occupational-safety-and-health/",
    "corrections": "/corrections/",
    "about": "/about/",
    "sitemap-articles": "/sitemap-articles.xml",
}

#: What a page may cost at most as readers get it, in multiples of the measure.
LIMITS = dict.fromkeys(["commitment-list", "commitment-list-delivery", "commitment-list-past"], 40)


def options(arguments):
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--articles", type=int, default=10_000, help="how many articles (10000); all else in proportion")
    parser.add_argument("--requests", type=int, default=5, help="how many requests of each page (5)")
    parser.add_argument("--acts", type=int, default=20_000, help="how many ratifications are imported (20000)")
    parser.add_argument(
        "--server", metavar="URL", help="a PostgreSQL on which a database is made, measured and dropped (an own SQLite file)"
    )
    chosen = parser.parse_args(arguments)
    if chosen.articles < 50 or chosen.requests < 1 or chosen.acts < 10:
        parser.error("50 articles, one request and ten ratifications are the least.")
    return chosen


@contextmanager
def scratch(server):
    """A database of our own, dropped at the end: on the server, or None for the file in the folder."""
    if server is None:
        yield None
        return
    import psycopg

    name = f"ilonews_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def start(folder, database):
    """Wake Django on a database of its own, whatever the environment says."""
    os.environ.pop("DATABASE_URL", None)
    if database:
        os.environ["DATABASE_URL"] = database
    os.environ.update(ILONEWS_ENV="development", VAR_DIR=folder, DEBUG="false", DJANGO_SETTINGS_MODULE="ilonews.settings")
    import django
    from django.conf import settings

    settings.ROOT_URLCONF = "tests.benchmarks.urls"
    django.setup()


def fill(articles):
    """The real content and the crowd."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from tests.benchmarks.crowd import Crowd, make_crowd

    for command in ("migrate", "collectstatic", "load_content"):
        call_command(command, verbosity=0, **({"interactive": False} if command != "load_content" else {}))
    crowd = Crowd(articles, articles // 50, articles // 5, articles // 5, articles // 20)
    with transaction.atomic():
        make_crowd(crowd)
    if connection.vendor == "postgresql":  # a server does so by itself within a minute, but for those told not to
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def sign_in():
    """The admin's pages, and a client that may see them."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from articles.models import Article

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(get_user_model().objects.create_superuser("bench"))
    pk = Article.objects.get(slug="article-1").pk
    return client, {
        "admin-article-list": "/admin/articles/article/",
        "admin-article-form": f"/admin/articles/article/{pk}/change/",
    }


def cost(client, address, requests):
    """The processor time of one request in seconds, the median of several."""
    times = []
    for _ in range(requests + 1):
        before = time.process_time()
        response = client.get(address)
        b"".join(response) if response.streaming else response.content
        times.append(time.process_time() - before)
        if response.status_code != 200:
            sys.exit(f"{address} answered {response.status_code}; nothing is measured.")
    return statistics.median(times[1:])


def queries(client, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def measure(requests):
    """Print the line of each page. Return what costs more than it may."""
    from django.test import Client

    from tests.benchmarks.versions import measure_versions

    anybody = Client(headers={"host": "127.0.0.1"})
    with keeping(False):
        floor = cost(anybody, "/bare/", 100 * requests)
    print(f"The measure, a bare view of 30 KB: {floor * 1_000_000:.0f} µs", flush=True)
    staff, admin_pages = sign_in()
    dear = []
    for word, kept, client, pages in [
        ("bench", True, anybody, PAGES),
        ("bench", False, staff, admin_pages),
        ("fresh", False, anybody, PAGES),
    ]:
        with keeping(kept):
            for name, address in pages.items():
                multiple = cost(client, address, requests) / floor
                print(f"{word} {name} {multiple:.1f} {queries(client, address)}", flush=True)
                if word == "bench" and multiple > LIMITS.get(name, multiple):
                    dear.append(f"{name} costs {multiple:.1f} measures; it may cost {LIMITS[name]}.")
    return dear + measure_versions(floor, requests)


@contextmanager
def keeping(pages):
    """Let the site keep its pages, or make each anew."""
    from django.conf import settings

    settings.PAGE_CACHE = pages
    yield


def main(arguments=None):
    chosen = options(arguments)
    with tempfile.TemporaryDirectory(prefix="ilonews-bench-") as folder, scratch(chosen.server) as database:
        start(folder, database)
        began = time.monotonic()
        fill(chosen.articles)
        print(f"{chosen.articles:,} articles with their records, made in {timedelta(seconds=round(time.monotonic() - began))}")
        dear = measure(chosen.requests)
        from django.db import connection

        from tests.benchmarks.imports import measure_import

        measure_import(chosen.acts)  # the last, because the register loses its acts

        connection.close()
    sys.exit("\n".join(dear) if dear and chosen.articles >= 10_000 else None)  # fewer only show that it works


if __name__ == "__main__":
    main()
