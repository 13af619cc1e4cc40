"""The form of a record: it keeps versions, makes a change of what is published wait, and writes over nobody's text unseen."""

import pytest
from django.contrib.admin.models import LogEntry

from articles.models import Article, Citation, Person, Roadmap, Statistic, Transition
from conventions.models import Version
from conventions.snapshots import snapshot
from tests.forms import AdminCase, add_row, errors_of, form_data

pytestmark = pytest.mark.rules

MOVE = "/admin/articles/article/transition/{}/?ids={}"


class KeepingTests(AdminCase):
    def test_each_save_leaves_a_version_with_who_wrote_it(self):
        for record, field in [
            (self.draft, "byline"), (self.hidden_roadmap, "summary"), (self.ratify, "summary"), (self.minister, "note"),
            (self.ministry, "note"), (self.c087, "note"), (self.kaz, "coverage_note"), (self.topic, "name"),
            (self.ratification, "note"), (self.hidden_evidence, "publisher"), (self.post, "label"),
            (self.draft_update, "summary"),
        ]:  # fmt: skip
            with self.subTest(record=str(record)):
                before = Version.objects.of(record).last()
                self.save(self.page(record), self.filled_in(record, **{field: "Another"}))
                version = Version.objects.of(record).last()
                self.assertEqual((version.by, version.snapshot["fields"][field]), (self.root, "Another"))
                self.assertNotEqual(version.base.snapshot["fields"][field], "Another")
                self.assertEqual(version.number, (before.number if before else 1) + 1)

    def test_a_new_record_begins_with_version_one(self):
        self.save(self.list_of(Person, "add"), self.add_form(Person, name="Somebody", slug="somebody"))
        self.assertEqual(Version.objects.of(Person.objects.get(slug="somebody")).get().number, 1)

    def test_what_another_door_changed_is_nobodys_at_the_desk(self):
        self.save(self.page(self.draft), self.filled_in(self.draft, byline="By hand"))
        Article.objects.filter(pk=self.draft.pk).update(dateline_place="Almaty")
        self.save(self.page(self.draft), self.filled_in(self.draft, byline="By another hand"))
        places = [(version.by, version.snapshot["fields"]["dateline_place"]) for version in Version.objects.of(self.draft)]
        self.assertEqual(places, [(None, "Geneva"), (self.root, "Geneva"), (None, "Almaty"), (self.root, "Almaty")])

    def test_pressed_twice_it_is_one_version(self):
        data = self.filled_in(self.draft, byline="By hand")
        self.save(self.page(self.draft), data)
        count = Version.objects.of(self.draft).count()
        self.save(self.page(self.draft), {**data, "made_from": str(count)})
        self.assertEqual(Version.objects.of(self.draft).count(), count)

    def test_what_is_deleted_leaves_its_last_version(self):
        shot, key = snapshot(self.draft), self.draft.pk
        self.client.post(self.page(self.draft, "delete"), {"post": "yes"})
        self.assertFalse(Article.objects.filter(pk=key).exists())
        version = Version.objects.at(Article, key).order_by("number").last()
        self.assertEqual((version.note, version.by, version.snapshot), ("Deleted", self.root, shot))

    def test_so_do_several_deleted_at_once(self):
        chosen = [self.draft.pk, self.in_review.pk]
        data = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
        self.client.post(self.list_of(Article), data)
        self.assertFalse(Article.objects.filter(pk__in=chosen).exists())
        for key in chosen:
            self.assertEqual(Version.objects.at(Article, key).order_by("number").last().note, "Deleted")


class TwoWindowsTests(AdminCase):
    def test_the_second_is_told_and_loses_nothing(self):
        for record, field in [(self.draft, "byline"), (self.published, "byline"), (self.minister, "note")]:
            with self.subTest(record=str(record)):
                first, second = self.filled_in(record, **{field: "First"}), self.filled_in(record, **{field: "Second"})
                self.save(self.page(record), first)
                response = self.client.post(self.page(record), second)
                self.assertContains(response, "after you opened this form")
                self.assertContains(response, "Second")
                self.assertEqual(self.latest(record)[field], "First")
                self.save(self.page(record), form_data(response))
                self.assertEqual(self.latest(record)[field], "Second")
                written = [version.snapshot["fields"][field] for version in Version.objects.of(record)]
                self.assertEqual(written[-2:], ["First", "Second"])

    def latest(self, record):
        return Version.objects.of(record).last().snapshot["fields"]

    def test_a_move_is_no_other_text(self):
        data = self.filled_in(self.draft, byline="By hand")
        self.draft.submit(by=self.alice)
        self.save(self.page(self.draft), data)


class ChangeFormTests(AdminCase):
    def setUp(self):
        self.client.force_login(self.alice)

    def row(self):
        return Article.objects.get(pk=self.published.pk)

    def propose(self, **changes):
        return self.client.post(self.page(self.published), self.filled_in(self.published, **changes), follow=True)

    def test_what_a_reporter_saves_waits_beside_what_is_published(self):
        before = snapshot(self.published)
        response = self.propose(headline="A better headline")
        self.assertIn("“Headline of the published article” stays as it is published.", self.said(response)[0])
        self.assertEqual(len(self.said(response)), 1)
        self.assertEqual(snapshot(self.row()), before)
        self.assertEqual(self.row().pending.snapshot["fields"]["headline"], "A better headline")
        self.assertEqual(self.row().pending.by, self.alice)
        self.assertEqual(LogEntry.objects.filter(object_id=str(self.published.pk)).count(), 1)

    def test_the_form_shows_what_waits_rows_and_sets_included(self):
        data = add_row(self.filled_in(self.published), "citations", convention=self.c131.pk, words="No. 131", position=2)
        data |= {"countries": [self.kaz.pk, self.uzb.pk], "appearances-0-DELETE": "on"}
        self.save(self.page(self.published), data)
        shown = self.filled_in(self.published)
        self.assertEqual(shown["citations-1-words"], "No. 131")
        self.assertLess(int(shown["citations-1-id"]), 0)
        self.assertEqual(set(shown["countries"]), {str(self.kaz.pk), str(self.uzb.pk)})
        self.assertEqual(shown["appearances-TOTAL_FORMS"], "0")
        self.assertEqual(self.row().citations.count(), 1)
        self.assertEqual(self.row().appearances.count(), 1)
        self.assertFalse(Citation.objects.filter(pk__lt=0).exists())

    def test_what_waits_is_edited_on_and_then_applied(self):
        data = add_row(self.filled_in(self.published), "citations", convention=self.c131.pk, words="No. 131", position=2)
        self.save(self.page(self.published), data)
        data = add_row(self.filled_in(self.published), "citations", convention=self.c190.pk, words="No. 190", position=3)
        self.save(self.page(self.published), {**data, "citations-1-words": "Convention No. 131", "headline": "Mended"})
        data = self.filled_in(self.published)
        self.assertEqual([data[f"citations-{n}-words"] for n in range(3)], ["the Convention", "Convention No. 131", "No. 190"])
        self.save(self.page(self.published), {**data, "citations-2-DELETE": "on"})
        change = self.row().pending
        self.published.submit_change(by=self.alice)
        self.published.apply(seen=change.number, by=self.boris, reason="said in the article itself")
        self.assertEqual(self.row().headline, "Mended")
        self.assertEqual([row.words for row in self.row().citations.all()], ["the Convention", "Convention No. 131"])
        self.assertFalse(Citation.objects.filter(pk__lt=0).exists())

    def test_a_roadmap_takes_changes_too(self):
        data = add_row(self.filled_in(self.roadmap), "areas", number=2, title="Wages")
        self.save(self.page(self.roadmap), {**data, "title": "Roadmap for 2024 and 2025"})
        row = Roadmap.objects.get(pk=self.roadmap.pk)
        self.assertEqual((row.title, row.areas.count()), ("Roadmap 2024-2025", 1))
        row.submit_change(by=self.alice)
        row.apply(seen=row.pending.number, by=self.boris)
        self.assertEqual((row.title, row.areas.count()), ("Roadmap for 2024 and 2025", 2))
        self.ratify.refresh_from_db()
        self.assertEqual(self.ratify.area, self.area)

    def test_bad_input_is_told_and_changes_nothing(self):
        self.propose(headline="A better headline")
        change = self.row().pending
        response = self.client.post(self.page(self.published), self.filled_in(self.published, headline="", byline="Kept input"))
        self.assertIn("This field is required.", errors_of(response))
        self.assertContains(response, "Kept input")
        self.assertEqual(self.row().pending, change)

    def test_saved_unchanged_it_is_no_change(self):
        response = self.propose()
        self.assertEqual(self.said(response), ["The text is what it was before."])
        self.assertIsNone(self.row().pending)

    def test_a_correction_alone_is_made_at_once(self):
        self.client.force_login(self.boris)
        data = add_row(self.filled_in(self.published), "corrections", kind="correction", text="It was 2022.")
        self.save(self.page(self.published), data)
        self.assertEqual(self.row().corrections.latest("made_at").text, "It was 2022.")
        self.assertIsNone(self.row().pending)

    def test_what_was_withdrawn_is_the_editors(self):
        self.assertEqual(self.client.post(self.page(self.withdrawn), {"headline": "Mine now"}).status_code, 403)

    def test_a_figure_is_put_into_an_article_in_the_form_of_the_article(self):
        self.client.force_login(self.root)
        figure = self.draft.statistics.get()
        self.save(self.page(figure), {**self.filled_in(figure), "articles": [self.published.pk]})
        self.assertEqual(list(Statistic.objects.get(pk=figure.pk).articles.all()), [self.draft])


class MoveTests(AdminCase):
    def setUp(self):
        super().setUp()
        shot = snapshot(self.published)
        self.change = self.published.propose(
            {**shot, "fields": {**shot["fields"], "headline": "A better headline"}}, by=self.alice
        )

    def move(self, verb, record=None, **data):
        address = MOVE.format(verb, (record or self.published).pk)
        read = [f"{key}-{number}" for key, number in self.client.get(address).context["read"]]
        return self.client.post(address, {"read": read, **data}, follow=True)

    def test_the_form_offers_the_moves_of_the_change(self):
        page = self.client.get(self.page(self.published))
        self.assertContains(page, "Submit the change for review")
        self.assertContains(page, "Discard the change")
        self.assertContains(page, "Published, change in draft")
        self.assertNotContains(page, "Apply the change")

    def test_the_page_shows_what_it_changes(self):
        page = self.client.get(MOVE.format("submit_change", self.published.pk))
        self.assertContains(page, "What it changes")
        self.assertContains(page, "better")

    def test_from_hand_to_hand(self):
        self.move("submit_change")
        self.client.force_login(self.boris)
        self.move("return_change", reason="Say better than what.")
        self.published.submit_change(by=self.alice)
        response = self.move("apply")
        self.assertIn("tell them what was changed", self.said(response)[0])
        response = self.move("apply", kind="correction", text="")
        self.assertContains(response, "the readers read it")
        self.move("apply", kind="correction", text="The headline was wrong.")
        self.published.refresh_from_db()
        self.assertEqual((self.published.headline, self.published.pending), ("A better headline", None))
        self.assertEqual(self.published.corrections.latest("made_at").made_by, self.boris)
        verbs = [move.verb for move in Transition.objects.of(self.published)][-4:]
        self.assertEqual(verbs, ["submit_change", "return_change", "submit_change", "apply"])

    def test_nothing_is_applied_that_nobody_says_to_have_read(self):
        self.published.submit_change(by=self.alice)
        self.client.force_login(self.boris)
        data = {"kind": "correction", "text": "The headline was wrong."}
        response = self.client.post(MOVE.format("apply", self.published.pk), data, follow=True)
        self.assertIn("was changed since you opened it", self.said(response)[0])
        self.published.refresh_from_db()
        self.assertEqual(self.published.headline, "Headline of the published article")

    def test_what_is_no_more_is_left_out_and_told(self):
        topic = type(self.topic).objects.create(name="Short-lived", slug="short-lived")
        shot = self.change.snapshot
        named = [*shot["sets"]["topics"], {"id": topic.pk, "name": "Short-lived"}]
        self.published.propose({**shot, "sets": {**shot["sets"], "topics": named}}, by=self.alice)
        self.published.submit_change(by=self.alice)
        topic.delete()
        self.client.force_login(self.boris)
        response = self.move("apply", kind="correction", text="The headline was wrong.")
        self.assertIn("Left out, because it is no more: Short-lived.", self.said(response))

    def test_a_button_of_an_old_page_does_not_publish_what_nobody_read(self):
        self.client.force_login(self.boris)
        page = self.client.get(self.page(self.in_review))
        address = next(address for button, address in page.context["moves"] if button == "Publish")
        move = self.client.get(address)
        Article.objects.filter(pk=self.in_review.pk).update(standfirst="SECRETREVIEW, said otherwise")
        Version.objects.keep(self.in_review, by=self.alice)
        for form in (move, self.client.get(address)):
            read = [f"{key}-{number}" for key, number in form.context["read"]]
            response = self.client.post(address, {"read": read}, follow=True)
            self.assertIn("was changed since you opened it", self.said(response)[0])
        self.in_review.refresh_from_db()
        self.assertEqual(self.in_review.status, "in_review")

    def test_the_desk_of_the_reviewer_has_the_change(self):
        self.published.submit_change(by=self.alice)
        self.client.force_login(self.boris)
        desk = self.client.get("/admin/").context["desk"]
        self.assertIn(self.published, [entry.record for entry in desk.piles["review"].entries])
        self.client.force_login(self.alice)
        desk = self.client.get("/admin/").context["desk"]
        self.assertIn(self.published, [entry.record for entry in desk.piles["others"].entries])
