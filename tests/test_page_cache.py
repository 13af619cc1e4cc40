"""The edition rises with whatever the public may see, and a kept page lives exactly as long as it is true."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest import mock

from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.test import RequestFactory, TransactionTestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Roadmap, next_publication
from conventions.edition import Edition, shown_tables, tables_without
from conventions.models import Convention, Release
from tests.cast import NEVER_YET, make_cast

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@override_settings(PAGE_CACHE=True)
class PageCacheCase(TransactionTestCase):
    """Transactions are real here: on PostgreSQL the edition is raised at their end."""

    serialized_rollback = True  # the groups come back, which the end of each such test empties

    def setUp(self):
        for name, value in vars(make_cast()).items():
            setattr(self, name, value)
        cache.clear()
        self.addCleanup(cache.clear)

    def queries(self, address, **headers):
        with CaptureQueriesContext(connection) as captured:
            self.response = self.client.get(address, **headers)
        return len(captured)

    @contextmanager
    def at(self, moment):
        """The clock of the site and that of its cache stand at `moment`."""
        with mock.patch.object(timezone, "now", return_value=moment), mock.patch("time.time", return_value=moment.timestamp()):
            yield


class EditionTests(PageCacheCase):
    def assert_raised(self, times=1):
        now = Edition.objects.current()
        self.assertGreaterEqual(now, self.before + times)
        self.before = now

    def test_every_shown_table_raises_it(self):
        self.assertEqual(tables_without(), [])
        self.assertIn("articles_article_countries", shown_tables())
        self.assertNotIn("conventions_proposal", shown_tables())

    def test_it_rises_whoever_writes_and_however(self):
        self.before = Edition.objects.current()
        self.published.headline = "Another headline"
        self.published.save()
        self.assert_raised()
        Convention.objects.filter(code="C087").update(note="A note")
        self.assert_raised()
        self.published.countries.add(self.uzb)
        self.assert_raised()
        Convention.objects.bulk_create([Convention(code="C998", number=998, kind="convention", title="-", year=2020)])
        self.assert_raised()
        Convention.objects.filter(code="C998").delete()
        self.assert_raised()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE articles_person SET name = 'Another name'")
        self.assert_raised()

    def test_what_the_public_never_sees_leaves_it(self):
        before = Edition.objects.current()
        Release.objects.create(name="A file")
        self.client.force_login(self.chloe)
        self.assertEqual(Edition.objects.current(), before)

    def test_what_is_taken_back_raises_nothing(self):
        before = Edition.objects.current()
        with transaction.atomic():
            Convention.objects.update(note="never")
            transaction.set_rollback(True)
        self.assertEqual(Edition.objects.current(), before)


class KeptPageTests(PageCacheCase):
    ADDRESS = "/conventions/c087/"

    def test_it_works(self):
        self.assertGreater(self.queries(self.ADDRESS), 1)
        first = self.response
        self.assertEqual(self.queries(self.ADDRESS), 1)
        self.assertEqual(self.response.content, first.content)
        self.assertEqual(self.response.headers, first.headers)
        self.assertIn("Content-Security-Policy", self.response.headers)

    def test_a_change_is_seen_at_once(self):
        self.client.get(self.ADDRESS)
        Convention.objects.filter(code="C087").update(title="Another title")
        self.assertContains(self.client.get(self.ADDRESS), "Another title")

    def test_whoever_has_it_already_is_told_so(self):
        tag = self.client.get(self.ADDRESS).headers["ETag"]
        questions = self.queries(self.ADDRESS, headers={"If-None-Match": tag})
        self.assertEqual((self.response.status_code, self.response.content, questions), (304, b"", 1))
        self.assertIn("Content-Security-Policy", self.response.headers)
        Convention.objects.filter(code="C087").update(title="Another title")
        response = self.client.get(self.ADDRESS, headers={"If-None-Match": tag})
        self.assertContains(response, "Another title")
        self.assertNotEqual(response.headers["ETag"], tag)

    def test_addresses_are_kept_apart(self):
        self.client.get("/conventions/?q=c087")
        self.assertNotContains(self.client.get("/conventions/?q=c131"), self.c087.title)
        self.client.get("/robots.txt")
        self.assertContains(self.client.get("/robots.txt", headers={"host": "localhost"}), "http://localhost/")

    def test_what_is_scheduled_appears_by_time_alone(self):
        Article.objects.filter(pk=self.scheduled.pk).update(published_at=NOON)
        for seconds, shown in [(-2, False), (-1, False), (1, True)]:
            moment = NOON + timedelta(seconds=seconds)
            with self.at(moment), self.subTest(seconds=seconds):
                self.assertEqual(next_publication(), None if shown else NOON)
                self.assertIs(self.scheduled.headline in self.client.get("/articles/").content.decode(), shown)

    def test_what_falls_due_does_so_at_midnight(self):
        Roadmap.objects.filter(pk=self.roadmap.pk).update(ends_on="2026-11-22")
        page = self.ratify.get_absolute_url()
        for moment, overdue in [(NOON, False), (NOON + timedelta(hours=13), True)]:
            with self.at(moment), self.subTest(moment=moment):
                self.assertIs("Overdue" in self.client.get(page).content.decode(), overdue)

    def test_whoever_signed_in_never_meets_a_kept_page(self):
        self.client.get(self.ADDRESS)
        self.client.force_login(self.boris)
        self.assertGreater(self.queries(self.ADDRESS), 1)

    def test_only_good_answers_are_kept(self):
        for address, status in [("/nowhere/", 404), (self.withdrawn.get_absolute_url(), 410), ("/conventions/C87/", 301)]:
            with self.subTest(address=address):
                first = self.queries(address)
                self.assertEqual((self.queries(address), self.response.status_code), (first, status))

    def test_long_addresses_and_posts_are_not_kept(self):
        for _ in range(2):
            self.assertGreater(self.queries("/articles/?q=" + "x" * 500), 1)
        self.client.get(self.ADDRESS)
        self.assertEqual(self.client.post(self.ADDRESS).status_code, 405)

    def test_a_head_is_answered_from_what_is_kept_and_keeps_nothing(self):
        self.client.head(self.ADDRESS)
        self.assertGreater(self.queries(self.ADDRESS), 1)
        with CaptureQueriesContext(connection) as captured:
            head = WSGIHandler().get_response(RequestFactory().head(self.ADDRESS))  # a client would drop a body itself
        self.assertEqual(len(captured), 1)
        whole = self.client.get(self.ADDRESS)
        self.assertEqual((head.status_code, head.content, head.headers["Content-Length"]), (200, b"", str(len(whole.content))))

    def test_without_an_edition_nothing_is_kept(self):
        Edition.objects.all().delete()
        first = self.queries(self.ADDRESS)
        self.assertEqual(self.queries(self.ADDRESS), first)

    @override_settings(PAGE_CACHE=False)
    def test_it_can_be_switched_off(self):
        first = self.queries(self.ADDRESS)
        self.assertEqual(self.queries(self.ADDRESS), first)

    def test_nothing_is_scheduled(self):
        Article.objects.filter(published_at=NEVER_YET).update(status="draft", published_at=None)
        self.assertIsNone(next_publication())
        self.client.get(self.ADDRESS)
        self.assertEqual(self.queries(self.ADDRESS), 1)
