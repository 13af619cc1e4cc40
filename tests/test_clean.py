"""What a form refuses with a sentence because two records do not fit together; nothing is saved."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from articles.models import Commitment, Image, Membership, PriorityArea, ProgressUpdate, Roadmap
from articles.models.articles import IMAGE_MEGABYTES
from tests.cast import DAY, SOURCE, CastMixin


class CleanTests(CastMixin, TestCase):
    def assert_refused(self, record, field, sentence):
        model = type(record)
        before = list(model.objects.order_by("pk").values())
        with self.assertRaises(ValidationError) as refusal:
            record.full_clean()
        self.assertIn(sentence, refusal.exception.message_dict[field])
        self.assertEqual(list(model.objects.order_by("pk").values()), before)

    def test_a_translation_is_in_another_language(self):
        self.draft.translation_of = self.published
        self.assert_refused(self.draft, "language", "A translation is in another language than its original.")

    def test_a_membership_has_a_post_of_its_own_organisation(self):
        membership = Membership(
            person=self.minister, organisation=self.ministry, post=self.hidden_post, role="Clerk", stated_on=DAY, source=SOURCE
        )
        self.assert_refused(membership, "post", "This post belongs to another organisation.")

    def test_a_commitment_stands_in_an_area_of_its_own_roadmap(self):
        self.ratify.area = PriorityArea.objects.get(pk=self.hidden_area.pk)
        self.assert_refused(self.ratify, "area", "This area belongs to another roadmap.")
        self.assertEqual(Commitment.objects.get(pk=self.ratify.pk).area, self.area)

    def test_a_commitment_is_not_due_before_it_was_promised(self):
        sentence = "It cannot be due before it was promised. Look at both: without a day of its own it was made with its roadmap."
        Roadmap.objects.filter(pk=self.roadmap.pk).update(signed_on=date(2024, 6, 30), signed_on_precision="month")
        cases = [
            ({"due_on": date(1990, 1, 1)}, True),
            ({"due_on": date(2024, 5, 31)}, True),
            ({"due_on": date(2024, 6, 1)}, False),  # the month of the promise may end after it
            ({"due_on": date(2024, 1, 1), "due_on_precision": "year"}, False),
            ({"due_on": date(2023, 1, 1), "due_on_precision": "year"}, True),
            ({"due_on": date(2023, 1, 1), "made_on": date(2022, 3, 1)}, False),
            ({"due_on": date(2022, 2, 28), "made_on": date(2022, 3, 1)}, True),
            ({"due_on": date(2022, 2, 28), "made_on": date(2022, 3, 1), "made_on_precision": "year"}, False),
            ({"due_on": None}, False),
        ]
        for changes, refused in cases:
            with self.subTest(**changes):
                promise = Commitment.objects.with_promised().get(pk=self.amend.pk)
                days = {"made_on": None, "made_on_precision": "day", "due_on_precision": "day"}
                for name, value in (days | changes).items():
                    setattr(promise, name, value)
                if refused:
                    self.assert_refused(promise, "due_on", sentence)
                else:
                    promise.full_clean()
                    promise.save()
                    promise = Commitment.objects.with_promised().get(pk=self.amend.pk)
                    self.assertEqual(promise.first_promised, promise.promised)

    def test_where_nothing_says_when_it_was_promised_every_due_date_may_be(self):
        self.amend.due_on = date(1990, 1, 1)
        self.amend.full_clean()
        self.assertIsNone(self.amend.first_promised)

    def test_an_update_supersedes_one_of_its_own_commitment(self):
        update = ProgressUpdate(
            commitment=self.amend, happened_on=DAY, summary="-", delivery="under-way", evidence=self.evidence,
            supersedes=self.update, reason="A mistake.",
        )  # fmt: skip
        self.assert_refused(update, "supersedes", "That update belongs to another commitment.")

    def test_a_picture_is_not_too_large(self):
        file = SimpleUploadedFile("large.png", b"0" * (IMAGE_MEGABYTES * 1024 * 1024 + 1), content_type="image/png")
        with self.assertRaises(ValidationError) as refusal:
            Image._meta.get_field("file").run_validators(file)
        self.assertEqual(refusal.exception.messages, ["The picture is larger than 8 MB; make it smaller first."])
