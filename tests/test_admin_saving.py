"""What the forms of the back office save, and in which words they refuse to."""

from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError
from django.db.models import QuerySet

from articles.models import (
    Appearance,
    Article,
    Citation,
    Correction,
    Image,
    ProgressUpdate,
    Statistic,
)
from conventions.admin import refusal_of
from conventions.models import OldAddress
from tests.cast import SOURCE
from tests.forms import AdminCase, add_row, errors_of

pytestmark = pytest.mark.rules

WRITTEN = {
    "headline": "A new text",
    "slug": "a-new-text",
    "standfirst": "In short.",
    "dated": "2024-06-12",
    "body": "<h2>Why</h2><p onclick='x()'>Because.</p><script>x()</script>",
    "source_name": "ILO, press release",
}


class SaveTests(AdminCase):
    def test_it_works(self):
        data = self.add_form(Article, **WRITTEN)
        data = add_row(data, "citations", convention=self.c176.pk, words="Convention No. 176", position=1)
        data = add_row(data, "appearances", person=self.minister.pk, role_as_stated="Vice-Minister", position=1)
        self.save(self.list_of(Article, "add"), {**data, "topics": [self.topic.pk], "roadmaps": [self.roadmap.pk]})
        article = Article.objects.get(slug="a-new-text")
        self.assertEqual((article.status, article.drafted_by), ("draft", self.root))
        self.assertEqual(article.body, "<h2>Why</h2><p>Because.</p>")
        self.assertEqual(list(article.conventions.all()), [self.c176])
        self.assertEqual(list(article.people.all()), [self.minister])
        self.assertEqual(list(article.roadmaps.all()), [self.roadmap])

    def test_who_wrote_it_first_stays_its_author(self):
        self.save(self.page(self.draft), self.filled_in(self.draft, headline="Another"))
        self.draft.refresh_from_db()
        self.assertEqual((self.draft.headline, self.draft.drafted_by), ("Another", self.alice))

    def test_an_empty_paragraph_is_no_text(self):
        data = self.add_form(Article, **{**WRITTEN, "body": "<p> </p>"})
        self.assert_not_saved(self.list_of(Article, "add"), data, "This field cannot be blank.", Article)

    def test_the_state_cannot_be_typed(self):
        self.save(self.page(self.draft), self.filled_in(self.draft, status="published", published_at="2024-06-12"))
        self.draft.refresh_from_db()
        self.assertEqual((self.draft.status, self.draft.published_at), ("draft", None))

    def test_an_update_takes_the_next_number_and_the_name_of_who_recorded_it(self):
        data = self.add_form(
            ProgressUpdate, commitment=self.ratify.pk, happened_on="2025-02-01", summary="It was signed.", delivery="in-part",
            evidence=self.evidence.pk,
        )  # fmt: skip
        self.save(self.list_of(ProgressUpdate, "add"), data)
        update = ProgressUpdate.objects.get(summary="It was signed.")
        self.assertEqual((update.number, update.recorded_by, update.drafted_by), (3, self.root, self.root))
        self.save(self.page(update), self.filled_in(update, summary="It was signed and sealed."))
        update.refresh_from_db()
        self.assertEqual((update.number, update.summary), (3, "It was signed and sealed."))
        data |= {"commitment": self.amend.pk, "summary": "Amended."}
        self.save(self.list_of(ProgressUpdate, "add"), data)
        self.assertEqual(ProgressUpdate.objects.get(summary="Amended.").number, 1)

    def test_a_correction_says_who_and_when_and_stays(self):
        data = add_row(self.filled_in(self.published), "corrections", kind="clarification", text="It was 2022.")
        data["corrections-0-DELETE"] = "on"
        self.save(self.page(self.published), data)
        new, old = self.published.corrections.all()
        self.assertEqual((new.text, new.made_by), ("It was 2022.", self.root))
        self.assertEqual((old.text, old.made_by), ("The year was wrong.", self.boris))

    def test_what_was_never_public_has_nothing_to_correct(self):
        data = self.filled_in(self.draft)
        data |= {"corrections-TOTAL_FORMS": "1", "corrections-0-kind": "update", "corrections-0-text": "It was 2022."}
        self.client.post(self.page(self.draft), data)
        self.assertFalse(Correction.objects.filter(article=self.draft).exists())

    def test_a_part_is_removed_and_another_stays(self):
        Citation.objects.create(article=self.draft, convention=self.c087, words="No. 87")
        data = self.filled_in(self.draft)
        self.save(self.page(self.draft), {**data, "citations-0-DELETE": "on"})
        self.assertEqual(self.draft.citations.count(), 1)

    def test_responsible_editors_are_the_staff(self):
        field = self.client.get(self.page(self.draft)).context["adminform"].form.fields["responsible_editor"]
        self.assertIn(self.boris, field.queryset)
        self.walter.is_active = False
        self.walter.save()
        self.assertNotIn(self.walter, field.queryset.all())


class OldAddressTests(AdminCase):
    def test_the_old_address_of_what_is_public_is_remembered(self):
        for record, changes in [
            (self.withdrawn, {"dated": "2023-06-12"}),
            (self.ratify, {"slug": "new-slug"}),
            (self.minister, {"slug": "new-slug"}),
            (self.kaz, {"slug": "qazaqstan"}),
        ]:
            with self.subTest(record=record):
                old = record.get_absolute_url()
                self.save(self.page(record), self.filled_in(record, **changes))
                self.assertEqual(OldAddress.objects.get(path=old).record, record)

    def test_nobody_ever_saw_the_address_of_a_draft(self):
        for number, record in enumerate([self.draft, self.scheduled, self.hidden_commitment, self.hidden_minister]):
            self.save(self.page(record), self.filled_in(record, slug=f"new-slug-{number}"))
        self.assertFalse(OldAddress.objects.exists())

    def test_an_unchanged_address_is_not_old_and_one_taken_back_is_its_own_again(self):
        old = self.minister.slug
        for slug, count in [(old, 0), ("new-slug", 1), (old, 1)]:
            self.save(self.page(self.minister), self.filled_in(self.minister, slug=slug))
            self.assertEqual(OldAddress.objects.count(), count)
        self.assertIn("new-slug", OldAddress.objects.get().path)


class FigureTests(AdminCase):
    """A figure of no single State, and a number that is not exact."""

    FACTS = {"indicator": "Online gig workers", "value": "435000000", "unit": "persons", "year": "2023", "source": SOURCE}

    def test_it_works(self):
        self.save(self.list_of(Statistic, "add"), self.add_form(Statistic, **self.FACTS, qualifier="about"))
        figure = Statistic.objects.get(indicator="Online gig workers")
        self.assertEqual((figure.country, figure.amount), (None, "about 435,000,000"))
        self.save(self.page(figure), self.filled_in(figure, qualifier="", note="Not seen."))
        figure.refresh_from_db()
        self.assertEqual((figure.country, figure.amount, figure.note), (None, "435,000,000", "Not seen."))

    def test_the_list_says_what_has_no_country(self):
        Statistic.objects.create(**self.FACTS, qualifier="about")
        response = self.client.get(self.list_of(Statistic))
        self.assertContains(response, '<td class="field-where">worldwide</td>', html=True)
        self.assertContains(response, '<td class="field-amount">about 435,000,000</td>', html=True)
        self.assertContains(response, '<a href="?country__isnull=True">worldwide</a>', html=True)
        self.assertEqual(self.client.get(self.list_of(Statistic), {"country__isnull": "True"}).context["cl"].result_count, 1)

    def test_one_worldwide_figure_of_a_source_is_enough(self):
        Statistic.objects.create(**self.FACTS)
        data = self.add_form(Statistic, **self.FACTS)
        sentence = "This figure of this source is recorded already."
        self.assert_not_saved(self.list_of(Statistic, "add"), data, sentence, Statistic)


class RefusedRowTests(AdminCase):
    def test_an_equal_row_is_refused_with_the_sentence_of_the_constraint(self):
        add, figure = self.list_of(Statistic, "add"), self.published.statistics.get()
        data = self.add_form(
            Statistic, indicator=figure.indicator, value="1", unit="persons", year="2022", country=self.kaz.pk, source=SOURCE
        )
        self.assert_not_saved(add, data, "This figure of this source is recorded already.", Statistic)

    def test_a_slug_is_taken(self):
        data = self.add_form(Article, **{**WRITTEN, "slug": self.published.slug})
        response = self.assert_not_saved(
            self.list_of(Article, "add"), data, "Article with this Slug already exists.", Article, Citation
        )
        self.assertContains(response, "A new text")

    def test_a_row_equal_to_one_that_stands_is_refused(self):
        data = add_row(self.filled_in(self.draft), "citations", convention=self.c190.pk, words="Again", position=2)
        response = self.assert_not_saved(
            self.page(self.draft), data, "The article cites this instrument already.", Article, Citation
        )
        self.assertContains(response, "Again")

    def test_two_equal_rows_typed_at_once_are_refused(self):
        data = self.add_form(Article, **WRITTEN)
        data = add_row(data, "appearances", person=self.minister.pk, role_as_stated="Minister", position=1)
        data = add_row(data, "appearances", person=self.minister.pk, role_as_stated="Vice-Minister", position=2)
        response = self.assert_not_saved(
            self.list_of(Article, "add"), data, "This person is listed already.", Article, Appearance
        )
        self.assertContains(response, "Vice-Minister")

    def test_a_uniqueness_without_a_sentence_of_ours_has_djangos(self):
        """A figure is attached to an article once: the relation is Django's own, and so is its sentence."""
        prefix = "Statistic_articles"
        stands = add_row(self.filled_in(self.draft), prefix, statistic=self.draft.statistics.get().pk)
        typed = add_row(self.filled_in(self.draft), prefix, statistic=self.published.statistics.get().pk)
        typed = add_row(typed, prefix, statistic=self.published.statistics.get().pk)
        for data, sentence in [(stands, "already exists."), (typed, "duplicate data for statistic.")]:
            response = self.client.post(self.page(self.draft), data)
            self.assertTrue([text for text in errors_of(response) if text.endswith(sentence)], errors_of(response))
        self.assertEqual(self.draft.statistics.count(), 1)

    def test_wrong_rows_are_refused_with_a_sentence(self):
        for record, changes, sentence in [
            (self.roadmap, {"starts_on": "2030-01-01"}, "A roadmap cannot end before it begins."),
            (self.ratify, {"convention": ""}, "A commitment to ratify names the instrument."),
            (self.ratify, {"area": self.hidden_area.pk}, "This area belongs to another roadmap."),
            (self.ratify, {"number": "2"}, "The roadmap already has a commitment of this number."),
            (self.draft_update, {"supersedes": self.update.pk}, "An update that supersedes another says why."),
            (self.draft, {"source_url": "javascript:alert(1)"}, "Enter a valid URL."),
            (
                self.c087,
                {"code": "R087"},
                "The code of a Convention begins with C, of a Protocol with P, of a Recommendation with R.",
            ),
            (self.ratification, {"source": ""}, "What is verified names its source."),
        ]:
            with self.subTest(record=record, changes=changes):
                self.assert_not_saved(self.page(record), self.filled_in(record, **changes), sentence, type(record))

    def test_what_is_no_picture_is_refused(self):
        data = self.add_form(Image, name="A mine", alt_text="A mine.", credit="ILO")
        data["file"] = SimpleUploadedFile("mine.png", b"<svg onload='alert(1)'>", "image/png")
        response = self.client.post(self.list_of(Image, "add"), data)
        self.assertIn("Upload a valid image", errors_of(response)[0])


class DatabaseRefusalTests(AdminCase):
    """What the checks of a form cannot see beforehand. The form comes back with its input and a sentence."""

    def test_the_same_row_saved_at_the_same_moment(self):
        data = self.add_form(Article, **WRITTEN)
        with patch.object(Article, "validate_unique"), patch.object(Article, "validate_constraints"):
            response = self.assert_not_saved(
                self.list_of(Article, "add"),
                {**data, "slug": self.published.slug},
                refusal_of(IntegrityError()),
                Article,
            )
        self.assertContains(response, "A new text")

    def test_a_busy_database(self):
        data = self.filled_in(self.draft, headline="Long thought about")
        with patch.object(Article, "save", side_effect=OperationalError("database is locked")):
            response = self.assert_not_saved(self.page(self.draft), data, refusal_of(OperationalError()), Article)
        self.assertContains(response, "Long thought about")

    def test_a_form_that_cannot_even_be_shown_is_an_error(self):
        with (
            patch("articles.admin.articles.ArticleAdmin.get_object", side_effect=OperationalError),
            self.assertRaises(OperationalError),
        ):
            self.client.get(self.page(self.draft))

    def test_a_busy_database_when_something_is_deleted(self):
        chosen = {"_selected_action": [self.draft.pk], "action": "delete_selected", "post": "yes"}
        for address, data in [(self.page(self.draft, "delete"), {"post": "yes"}), (self.list_of(Article), chosen)]:
            with self.subTest(address=address), patch.object(QuerySet, "delete", side_effect=OperationalError):
                with patch.object(Article, "delete", side_effect=OperationalError):
                    response = self.client.post(address, data)
                self.assertRedirects(response, address, fetch_redirect_response=False)
                self.assertEqual(self.said(self.client.get(address)), [refusal_of(OperationalError())])
        self.assertTrue(Article.objects.filter(pk=self.draft.pk).exists())

    def test_a_list_that_cannot_be_shown_is_an_error(self):
        with patch("articles.admin.articles.ArticleAdmin.get_queryset", side_effect=OperationalError):
            self.assertRaises(OperationalError, self.client.get, self.list_of(Article))

    def test_a_sentence_stays_a_sentence(self):
        self.assertEqual(refusal_of(ValidationError(["One.", "Two."])), "One. Two.")
