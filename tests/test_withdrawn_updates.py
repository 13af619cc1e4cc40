"""What the public finds of an update that was withdrawn: its days and the note, on every page and in every outlet, on any day."""

from datetime import date, timedelta
from xml.etree import ElementTree

from articles.models import Evidence, ProgressUpdate
from conventions.days import Days
from tests.cast import PUBLISHED_AT
from tests.test_commitment_list import NOW, TrackerCase
from tests.test_feeds import ATOM

BEFORE = "?known=2024-07-01"
NOTE = "The source was a forgery."


class WithdrawnCase(TrackerCase):
    """A verdict that was public in June 2024, with words of its own in every place; then it was withdrawn."""

    def setUp(self):
        super().setUp()
        wrong = self.happened(self.ratify, date(2024, 6, 13), "under-way", recorded=PUBLISHED_AT)
        later = PUBLISHED_AT + timedelta(days=2)
        self.update = ProgressUpdate.objects.create(
            commitment=self.ratify, number=9, happened_on=date(2024, 6, 14), delivery="delivered", summary="SECRETSUMMARY",
            supersedes=wrong, reason="SECRETREASON", evidence=self.evidence_named("SECRETLEADING"), recorded_at=later,
            status="published", published_at=later,
        )  # fmt: skip
        self.update.further_evidence.add(self.evidence_named("SECRETFURTHER"))

    def evidence_named(self, word):
        return Evidence.objects.create(
            title=f"{word}TITLE", url=f"https://example.org/{word}", publisher=f"{word}PUBLISHER", voice="media",
            excerpt=f"{word}EXCERPT",
        )  # fmt: skip

    def addresses(self):
        """Every page and outlet that tells of updates."""
        yield from ("/", "/commitments/", "/commitments/data.csv", "/commitments/data.json", "/commitments/due.ics", "/method/")
        for record in (self.ratify, self.roadmap, self.kaz, self.c176):
            yield from (record.get_absolute_url(), f"{record.get_absolute_url()}feed/")
        for record in (self.ratify, self.roadmap, self.kaz):
            yield from (record.get_absolute_url() + end for end in ("due.ics", "cite.bib", "cite.json"))

    def read(self, address):
        response = self.client.get(address)
        self.assertEqual(response.status_code, 200, address)
        return response.getvalue().decode()


class WordsTests(WithdrawnCase):
    def test_they_are_read_until_then(self):
        told = {address for address in self.addresses() if "SECRET" in self.read(address + BEFORE)}
        self.assertGreaterEqual(len(told), 8, told)

    def test_they_are_told_on_no_day_and_in_no_outlet(self):
        self.update.withdraw(by=self.chloe, note=NOTE)
        for days in ("", BEFORE, f"{BEFORE}&as_of=2024-06-30", "?as_of=2024-06-30"):
            for address in self.addresses():
                self.assertNotIn("SECRET", self.read(address + days), address + days)

    def test_the_state_of_then_stands(self):
        self.update.withdraw(by=self.chloe, note=NOTE)
        [row] = [
            each
            for each in self.client.get(f"/commitments/data.json{BEFORE}").json()["commitments"]
            if each["slug"] == self.ratify.slug
        ]
        self.assertEqual((row["delivery"], row["last_evidence_address"]), ("delivered", ""))
        self.assertIn(f"Withdrawn since: {NOTE}", self.read(self.roadmap.get_absolute_url() + BEFORE))


class TraceTests(WithdrawnCase):
    """It leaves a trace: nothing that was shown is lost without a word."""

    def setUp(self):
        super().setUp()
        self.update.withdraw(by=self.chloe, note=NOTE)

    def test_the_page_of_the_commitment_says_so_and_what_it_superseded_counts_again(self):
        html = self.read(self.ratify.get_absolute_url())
        self.assertIn(f"and counts no more: {NOTE}", html)
        self.assertNotIn('class="superseded"', html)
        self.assertEqual(self.client.get(self.ratify.get_absolute_url()).context["commitment"].delivery, "under-way")

    def test_a_day_before_the_event_does_not_know_of_it(self):
        self.assertNotIn(NOTE, self.read(f"{self.ratify.get_absolute_url()}?as_of=2024-06-13"))

    def test_whoever_has_the_entry_of_the_feed_gets_the_note_in_its_place(self):
        address = f"{self.ratify.get_absolute_url()}feed/"
        now, then = (self.entry(address + days) for days in ("", BEFORE))
        self.assertEqual(now.findtext(f"{ATOM}id"), then.findtext(f"{ATOM}id"))
        self.assertEqual(now.findtext(f"{ATOM}title"), f"Withdrawn: {self.ratify}")
        self.assertIn(NOTE, now.findtext(f"{ATOM}summary"))
        self.assertEqual(now.findtext(f"{ATOM}updated"), NOW.isoformat())
        self.assertEqual(then.findtext(f"{ATOM}title"), f"Delivered, not yet confirmed: {self.ratify}")

    def entry(self, address):
        [entry] = [
            entry
            for entry in ElementTree.fromstring(self.client.get(address).content).findall(f"{ATOM}entry")
            if entry.find(f"{ATOM}link").get("href").endswith(f"#update-{self.update.number}")
        ]
        return entry


class RuleTests(WithdrawnCase):
    def test_it_counts_until_it_was_withdrawn(self):
        self.update.withdraw(by=self.chloe, note=NOTE)
        self.assertFalse(self.update.is_withdrawn_by(Days.read({"known": "2024-07-01"}).known))
        self.assertTrue(self.update.is_withdrawn_by())
        mine = ProgressUpdate.objects.filter(pk=self.update.pk)
        self.assertEqual((mine.recorded().count(), mine.told().count()), (0, 1))
        self.assertEqual((mine.told(date(2024, 6, 1)).count(), mine.recorded(date(2024, 7, 1)).count()), (0, 1))
