"""The screen on which the register is brought up to date: reading files, reviewing row by row, deciding."""

import re
from unittest.mock import patch

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conventions.admin import releases
from conventions.models import Convention, Country, Proposal, Ratification, Release, ReleaseRow
from conventions.models.releases import ProposalQuerySet
from conventions.register.changes import remember
from tests.cast import SOURCE
from tests.forms import AdminCase
from tests.registers import act, everything, table

pytestmark = pytest.mark.once

NOTHING_OPEN = "Nothing was changed: choose proposals on which nobody has decided."
BROKEN_OFF = "This release broke off while it was read, so nobody can decide on it. Read its files again."
TABLES = (
    "The tables are: conventions.csv (code, kind, number, title, year, adopted_on, in_force_on, category, status, topic, revises,"
    " title_verified, adopted_verified, in_force_verified, status_verified, source, note); recommendations.csv (code, number,"
    " title, year, verified, source); countries.csv (iso2, iso3, name_en, name_ilo, ilo_region, ilo_member_since, member_note,"
    " member_since_verified, region_verified, source); ratifications.csv (iso3, convention, ratified_on, ratified_year,"
    " date_basis, status, denounced_on, national_law, note, verified, source)."
)


def row(**cells):
    """The row of Kazakhstan's ratification of C087 as the cast has it, with other cells."""
    return act(**{"verified": "yes", "date_basis": "source", "national_law": "", "source": SOURCE} | cells)


#: What is as it was; then: a note on it, and two new acts, the second of which was promised in a roadmap.
SAME = row()
NOTED = row(note="Registered by letter.")
UZBEK = row(iso3="UZB", ratified_on="2016-12-12", ratified_year="2016")
PROMISED = row(convention="C176", ratified_on="2026-01-13", ratified_year="2026")


class ReleaseCase(AdminCase):
    """The editor with a register of which the last release said what stands in it."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        remember()

    def setUp(self):
        self.client.force_login(self.boris)

    def send(self, *rows, name="ratifications.csv"):
        """Choose a file of these rows and press the button."""
        return self.send_files(SimpleUploadedFile(name, table(*rows)))

    def send_files(self, *files):
        return self.client.post(self.list_of(Release, "add"), {"files": files}, follow=True)

    def release(self, *rows):
        """Read a release of these rows, by default the three that propose something."""
        self.send(*(rows or [NOTED, UZBEK, PROMISED]))
        return Release.objects.first()

    def proposal(self, key):
        return Proposal.objects.get(key=key, release=Release.objects.first())

    def press(self, release, decide, *chosen, query=""):
        data = {"decide": decide, "proposal": [getattr(each, "pk", each) for each in chosen]}
        return self.client.post(self.page(release) + query, data, follow=True)

    def all_page(self, release, verb="accept", query=""):
        return reverse("admin:conventions_release_all", args=[release.pk, verb]) + query

    def decisions(self, release):
        return dict(release.proposals.values_list("key", "decision"))

    def assert_unchanged(self, before, response, *sentences):
        self.assertEqual(everything(), before)
        self.assertEqual(self.said(response), list(sentences))

    def edited_by_hand(self):
        """Somebody writes a note of their own, and then a release has another."""
        Ratification.objects.filter(pk=self.ratification.pk).update(note="As the archive says.")


class UploadTests(ReleaseCase):
    def test_it_works(self):
        response = self.send(NOTED, UZBEK, PROMISED)
        release = Release.objects.get()
        self.assertRedirects(response, self.page(release))
        self.assertEqual(self.said(response), ["3 rows read: 3 proposals to decide on."])
        self.assertEqual((release.name, release.read_by, release.rows), ("ratifications.csv", self.boris, 3))
        self.assertEqual(Ratification.objects.count(), 1)

    def test_several_files_are_one_release(self):
        note = "code,number,title,year,verified,source\nR206,206,A new title,2019,no,knowledge only\n"
        files = [SimpleUploadedFile("a.csv", table(NOTED)), SimpleUploadedFile("b.csv", note.encode())]
        self.assertEqual(self.said(self.send_files(*files)), ["2 rows read: 2 proposals to decide on."])
        self.assertEqual(Release.objects.get().name, "b.csv, a.csv")

    def test_nothing_to_propose(self):
        response = self.send(SAME)
        self.assertEqual(self.said(response), ["1 row read: nothing to propose."])
        self.assertContains(response, "Nothing to decide: the register says what this release says.")

    def test_the_page_says_what_the_tables_are(self):
        response = self.client.get(self.list_of(Release, "add"))
        self.assertContains(response, "<code>date_basis</code>")
        self.assertContains(response, 'type="file" name="files"')
        self.assertContains(response, " multiple")

    def test_pressed_twice(self):
        """The second reading proposes the same; what the first proposed is overtaken, and nothing can be decided twice."""
        self.send(NOTED, UZBEK)
        self.assertEqual(self.said(self.send(NOTED, UZBEK)), ["2 rows read: 2 proposals to decide on."])
        second, first = Release.objects.all()
        self.assertEqual(set(self.decisions(first).values()), {"overtaken"})
        self.assertEqual(set(self.decisions(second).values()), {"open"})

    def test_what_waits_in_an_earlier_release_is_told(self):
        self.release(UZBEK, SAME)
        response = self.send(SAME, PROMISED)
        self.assertIn("1 proposal of an earlier release is still open.", self.said(response))

    def assert_refused(self, response, *sentences):
        """The page is shown again with the sentences, and has the focus on them; nothing has changed."""
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.context["form"].errors["files"], list(sentences))
        self.assertContains(response, "Nothing was read, and nothing was changed")
        self.assertContains(response, 'role="alert" tabindex="-1" autofocus')
        self.assertFalse(Release.objects.exists())
        self.assertFalse(Proposal.objects.exists())

    def test_no_file(self):
        self.assert_refused(self.send_files(), "No file was chosen.")

    def test_an_empty_file(self):
        self.assert_refused(self.send_files(SimpleUploadedFile("ratifications.csv", b"")), "ratifications.csv is empty.")

    def test_a_file_that_is_no_table(self):
        response = self.send_files(SimpleUploadedFile("notes.txt", b"Dear editor,\n"))
        self.assert_refused(response, f"notes.txt, row 1: these are not the columns of any table. {TABLES}")

    def test_wrong_rows_are_refused_with_their_numbers_and_all_at_once(self):
        self.assert_refused(
            self.send(NOTED, row(convention="C999"), row(iso3="UZB", ratified_on="13.12.2000"), name="act's <b>.csv"),
            "act's <b>.csv, row 3: convention names “C999”, which is not in the register.",
            "act's <b>.csv, row 4: ratified_on is “13.12.2000”; it looks as if a spreadsheet rewrote it;"
            " a day is written 2000-12-13.",
        )

    def test_names_and_cells_are_text(self):
        response = self.send(row(status="<script>alert(1)</script>"), name="<img src=x>.csv")
        self.assertNotContains(response, "<script>alert")
        self.assertNotContains(response, "<img src=x>")
        self.assertContains(response, "&lt;script&gt;alert(1)")

    def test_a_file_that_is_too_large(self):
        large = SimpleUploadedFile("ratifications.csv", b"x" * 50_000_000)
        self.assert_refused(self.send_files(large), "ratifications.csv has 50.0 MB; at most 20 MB are read.")

    def test_one_wrong_file_refuses_all(self):
        good, bad = SimpleUploadedFile("ratifications.csv", table(NOTED)), SimpleUploadedFile("empty.csv", b"")
        self.assert_refused(self.send_files(good, bad), "empty.csv is empty.")

    def test_a_busy_database(self):
        with patch.object(releases, "read_release", side_effect=OperationalError("database is locked")):
            response = self.send(NOTED)
        self.assert_refused(response, "The database was busy, so the release was not read to its end. Try again.")


class DecisionTests(ReleaseCase):
    def test_one_is_accepted_and_one_declined(self):
        release = self.release()
        response = self.press(release, "accept", self.proposal("KAZ C087 1"))
        self.assertEqual(self.said(response), ["1 accepted: the register now says what the release says."])
        response = self.press(release, "decline", self.proposal("UZB C087 1"))
        self.assertEqual(self.said(response), ["1 declined: the register stays as it is."])
        expected = {"KAZ C087 1": "accepted", "KAZ C176 1": "open", "UZB C087 1": "declined"}
        self.assertEqual(self.decisions(release), expected)
        self.assertEqual(Ratification.objects.get().note, "Registered by letter.")
        self.assertEqual(self.proposal("KAZ C087 1").decided_by, self.boris)

    def test_a_second_run_proposes_nothing(self):
        release = self.release()
        self.press(release, "decline", self.proposal("UZB C087 1"))
        self.press(release, "accept_clean")
        self.assertEqual(self.said(self.send(NOTED, UZBEK, PROMISED)), ["3 rows read: nothing to propose."])

    def test_all_but_edits_by_hand_and_then_those_too(self):
        self.edited_by_hand()
        release = self.release()
        response = self.client.get(self.page(release))
        self.assertContains(response, "Accept all that nobody edited by hand (2)")
        self.assertContains(response, "Accept all 3, also over edits by hand")
        self.assertContains(response, "A person changed here what the last release said.", 1)
        response = self.press(release, "accept_clean")
        self.assertEqual(self.said(response), ["2 accepted: the register now says what the release says."])
        self.assertNotContains(response, "Accept all that nobody edited by hand")
        self.ratification.refresh_from_db()
        self.assertEqual(self.ratification.note, "As the archive says.")
        asked = self.client.get(self.all_page(release))
        self.assertContains(asked, "1 record was edited by hand, and the edit would be lost")
        self.assertContains(asked, "As the archive says.")
        self.assertContains(asked, 'value="Accept all 1"')
        response = self.client.post(self.all_page(release), follow=True)
        self.assertRedirects(response, self.page(release))
        self.assertEqual(self.said(response), ["1 accepted: the register now says what the release says."])
        self.ratification.refresh_from_db()
        self.assertEqual(self.ratification.note, "Registered by letter.")

    def test_all_are_declined(self):
        release, before = self.release(), list(Ratification.objects.values())
        self.assertContains(self.client.get(self.all_page(release, "decline")), 'value="Decline all 3"')
        response = self.client.post(self.all_page(release, "decline"), follow=True)
        self.assertEqual(self.said(response), ["3 declined: the register stays as it is."])
        self.assertEqual(list(Ratification.objects.values()), before)

    def test_all_are_those_that_the_filter_shows(self):
        release = self.release()
        response = self.client.get(self.page(release), {"kind": "new"})
        self.assertContains(response, "Accept all that nobody edited by hand (2)")
        self.assertContains(response, self.all_page(release, query="?kind=new"))
        response = self.press(release, "accept_clean", query="?kind=new&all=1")
        self.assertRedirects(response, f"{self.page(release)}?kind=new")
        self.assertEqual(self.decisions(release)["KAZ C087 1"], "open")
        self.client.post(self.all_page(release, "decline", "?table=country"))
        self.assertEqual(self.decisions(release)["KAZ C087 1"], "open")
        self.client.post(self.all_page(release, "decline", "?kind=changed"))
        self.assertEqual(self.decisions(release)["KAZ C087 1"], "declined")

    def test_a_record_that_was_changed_meanwhile_is_left_alone(self):
        release = self.release()
        self.edited_by_hand()
        response = self.press(release, "accept", self.proposal("KAZ C087 1"))
        said = "1 overtaken: the record was changed after the release was read. Read the files again to compare anew."
        self.assertEqual(self.said(response), [said])
        self.ratification.refresh_from_db()
        self.assertEqual(self.ratification.note, "As the archive says.")

    def test_what_the_register_refuses_stays_open_and_is_told(self):
        release = self.release()
        proposal = self.proposal("UZB C087 1")
        Proposal.objects.filter(pk=proposal.pk).update(key="XKX C087 1", after=proposal.after | {"country": ["XKX"]})
        response = self.press(release, "accept_clean")
        said = [
            "2 accepted: the register now says what the release says.",
            "XKX C087 1 names XKX, which is not in the register yet.",
        ]
        self.assertEqual(self.said(response), said)
        self.assertEqual(self.decisions(release)["XKX C087 1"], "open")

    def test_many_refusals_are_not_all_told(self):
        release = self.release()
        for proposal in release.proposals.filter(kind="new"):
            key = f"X{proposal.key[1:]}"
            Proposal.objects.filter(pk=proposal.pk).update(key=key, after=proposal.after | {"country": [key[:3]]})
        with patch.object(releases, "TOLD", 1):
            response = self.press(release, "accept_clean")
        self.assertEqual(self.said(response)[-1], "1 more were refused for reasons like these.")
        self.assertEqual(len(self.said(response)), 3)

    def test_more_than_one_request_has_time_for(self):
        release = self.release()
        with patch.object(releases, "AT_ONCE", 2):
            response = self.press(release, "accept_clean")
            said = ["2 accepted: the register now says what the release says.", "1 remains: press again."]
            self.assertEqual(self.said(response), said)
            response = self.press(release, "accept_clean")
        self.assertEqual(self.said(response), ["1 accepted: the register now says what the release says."])
        self.assertEqual(set(self.decisions(release).values()), {"accepted"})


class RefusalTests(ReleaseCase):
    """Whatever is pressed wrongly, late or twice ends in a sentence, and the database stays as it is."""

    def test_nothing_chosen(self):
        release, before = self.release(), everything()
        for verb in ("accept", "decline"):
            self.assert_unchanged(before, self.press(release, verb), NOTHING_OPEN)

    def test_pressed_twice_and_in_two_windows(self):
        release = self.release()
        chosen = self.proposal("KAZ C087 1")
        self.press(release, "accept", chosen)
        before = everything()
        for verb in ("accept", "decline"):
            self.assert_unchanged(before, self.press(release, verb, chosen), NOTHING_OPEN)
        self.press(release, "accept_clean")
        before = everything()
        self.assert_unchanged(before, self.press(release, "accept_clean"), NOTHING_OPEN)
        for verb in ("accept", "decline"):
            self.assert_unchanged(before, self.client.post(self.all_page(release, verb), follow=True), NOTHING_OPEN)
        self.assertContains(self.client.get(self.all_page(release)), "Nothing is open any more.")

    def test_another_window_was_quicker_by_a_moment(self):
        release = self.release()
        with patch.object(ProposalQuerySet, "_batches", return_value=[]):
            self.assertEqual(self.said(self.press(release, "accept_clean")), [NOTHING_OPEN])

    def test_a_stale_page_decides_on_what_is_still_open(self):
        release = self.release()
        chosen = list(release.proposals.all())
        self.press(release, "decline", chosen[0])
        response = self.press(release, "accept", *chosen)
        self.assertEqual(self.said(response), ["2 accepted: the register now says what the release says."])

    def test_numbers_of_another_release_and_of_none(self):
        other = self.release()
        strange = list(other.proposals.values_list("pk", flat=True))
        release = self.release(NOTED)
        before = everything()
        for chosen in [strange, ["x", "", "-1", "1 OR 1=1", "9" * 18, "9" * 40, "²"]]:
            self.assert_unchanged(before, self.press(release, "accept", *chosen), NOTHING_OPEN)

    def test_a_button_that_is_none(self):
        release = self.release()
        before = everything()
        for verb in ("", "delete", "_decide"):
            response = self.press(release, verb, *release.proposals.filter(kind="new"))
            self.assert_unchanged(before, response, "Nothing was changed: press one of the buttons.")
            self.assertContains(response, " checked>", 2)  # what was chosen stays so

    def test_a_release_that_broke_off(self):
        release = self.release()
        Release.objects.update(is_complete=False)
        before = everything()
        response = self.client.get(self.page(release))
        self.assertContains(response, BROKEN_OFF)
        self.assertNotContains(response, 'name="decide"')
        self.assert_unchanged(before, self.press(release, "accept", *release.proposals.all()), BROKEN_OFF)
        self.assert_unchanged(before, self.press(release, "accept_clean"), BROKEN_OFF)
        for verb in ("accept", "decline"):
            self.assert_unchanged(before, self.client.post(self.all_page(release, verb), follow=True), BROKEN_OFF)
        self.assertContains(self.client.get(self.list_of(Release)), "▲ Broken off")

    def test_looking_changes_nothing(self):
        release = self.release()
        before = everything()
        query = {"decide": "accept_clean", "proposal": self.proposal("KAZ C087 1").pk}
        for address in [self.page(release), self.all_page(release), self.all_page(release, "decline")]:
            self.assertEqual(self.client.get(address, query).status_code, 200)
        self.assertEqual(everything(), before)

    def test_addresses_that_lead_nowhere(self):
        release = self.release()
        missing = ["/admin/conventions/release/987654/change/", f"/admin/conventions/release/{'9' * 40}/change/"]
        missing += ["/admin/conventions/release/x/change/", "/admin/conventions/release/987654/all/accept/"]
        for address in [*missing, self.all_page(release, "delete"), self.all_page(release, "open")]:
            with self.subTest(address=address):
                self.assertEqual(self.client.get(address).status_code, 404)
                self.assertEqual(self.client.post(address).status_code, 404)

    def test_a_busy_database(self):
        release = self.release()
        before = everything()
        with patch.object(ProposalQuerySet, "accept", side_effect=OperationalError("database is locked")):
            response = self.press(release, "accept_clean")
        busy = "The database was busy. What is shown as open was not decided on: try again in a moment."
        self.assert_unchanged(before, response, busy)


class ReviewTests(ReleaseCase):
    def proposed(self, key, before, after, table="ratification", **facts):
        """Put a proposal of this kind on the page, and return the page's words for it: name, label, old and new value."""
        release = Release.objects.create(name="x.csv", is_complete=True)
        facts = {"kind": "changed", "source": SOURCE} | facts
        Proposal.objects.create(release=release, table=table, key=key, before=before, after=after, **facts)
        response = self.client.get(self.page(release))
        [entry] = response.context["entries"]
        self.response = response
        return entry.name, [(str(each.label), each.before, each.after) for each in entry.differences]

    def test_values_are_said_as_an_editor_reads_them(self):
        before = {"note": "", "status": "in-force", "registered": True, "denounced_on": None}
        after = {"note": "N", "status": "denounced", "registered": False, "denounced_on": "2027-06-30"}
        said = [
            ("status", "In force", "Denounced"),
            ("denounced on", "", "30 June 2027"),
            ("registration shown", "Yes", "No"),
            ("note", "", "N"),
        ]
        self.assertEqual(self.proposed("KAZ C087 1", before, after), ("Kazakhstan: C87", said))
        self.assertContains(self.response, self.page(self.ratification))
        self.assertContains(self.response, '<span class="quiet">—</span>')
        self.assertContains(self.response, "<del><bdi>In force</bdi></del>")

    def test_a_date_is_as_precise_as_it_is_known(self):
        before = {"ratified_on": "2000-12-13", "ratified_on_precision": "day"}
        after = {"ratified_on": "2000-12-31", "ratified_on_precision": "year"}
        said = ("Kazakhstan: C87", [("ratified on", "13 December 2000", "2000")])
        self.assertEqual(self.proposed("KAZ C087 1", before, after), said)

    def test_what_the_release_leaves_as_it_is_comes_from_the_record(self):
        year = {"ratified_on": "2000-12-31", "ratified_on_precision": "year", "verification": "year"}
        Ratification.objects.filter(pk=self.ratification.pk).update(**year)
        said = self.proposed("KAZ C087 1", {"ratified_on": "2000-12-31"}, {"ratified_on": "2001-12-31"})
        self.assertEqual(said[1], [("ratified on", "2000", "2001")])
        said = self.proposed("KAZ C087 1", {"ratified_on_precision": "year"}, {"ratified_on_precision": "day"})
        self.assertEqual(said[1], [("ratified on", "2000", "31 December 2000")])

    def test_a_new_act_is_named_by_its_key_and_shows_what_it_says(self):
        after = {"country": ["UZB"], "convention": ["C131"], "act": 2, "ratified_on": "2016-12-12"}
        after |= {"ratified_on_precision": "day", "registered": True, "denounced_on": None, "note": "", "source": SOURCE}
        said = [("ratified on", "", "12 December 2016"), ("registration shown", "", "Yes")]
        self.assertEqual(self.proposed("UZB C131 2", {}, after, kind="new"), ("Uzbekistan: C131, act 2", said))
        self.assertContains(self.response, "https://example.org/release</a>")
        self.assertNotContains(self.response, "<del>")

    def test_records_that_the_register_does_not_have(self):
        name, _said = self.proposed("XKX C999 1", {}, {"registered": False, "country": ["XKX"]}, kind="new")
        self.assertEqual(name, "XKX: C999")
        name, said = self.proposed("XKX", {}, {"iso3": "XKX", "name": "كوسوفو"}, table="country", kind="new")
        self.assertEqual((name, said), ("كوسوفو", [("name", "", "كوسوفو")]))
        name, _said = self.proposed("C999", {}, {"code": "C999", "title": "A title"}, table="convention", kind="new")
        self.assertEqual(name, "A title")

    def test_instruments_and_topics_are_named(self):
        before, after = {"topics": [], "revises": []}, {"topics": ["Wages", "أجور"], "revises": [["C087"], ["C999"]]}
        _name, said = self.proposed("C131", before, after, table="convention")
        self.assertEqual(said, [("topics", "", "Wages, أجور"), ("revises", "", "C87, C999")])

    def test_what_is_gone_is_struck_and_not_deleted(self):
        said = self.proposed("KAZ C087 1", {"delisted_on": None}, {"delisted_on": "2026-06-03"}, kind="gone")
        self.assertEqual(said[1], [("struck on", "", "3 June 2026")])

    def test_what_a_person_took_away_is_told_as_such(self):
        self.proposed("XKX C999 1", {}, {"registered": False}, kind="new", edited=True)
        self.assertContains(self.response, "A person took out of the register what the last release listed.")

    def test_a_field_that_the_register_has_no_longer_stays_in_the_log(self):
        said = self.proposed("KAZ C087 1", {"depositary": "A"}, {"depositary": "B"})
        self.assertEqual(said[1], [("depositary", "A", "B")])

    def test_every_text_is_text(self):
        evil = "<script>alert(1)</script>"
        self.proposed("KAZ C087 1", {"note": evil}, {"note": f"{evil}!"}, source=f"{evil} javascript:alert(1)")
        self.assertNotContains(self.response, "<script>alert")
        self.assertNotContains(self.response, 'href="javascript')

    def test_who_decided_and_when_is_shown(self):
        release = self.release()
        response = self.press(release, "decline", self.proposal("KAZ C087 1"))
        self.assertContains(response, "Declined</span>")
        self.assertContains(response, '<span class="quiet">boris</span>')
        self.assertContains(response, timezone.localtime().strftime("%B %Y"))

    def test_each_box_has_a_name(self):
        response = self.client.get(self.page(self.release()))
        for key in ("KAZ C087 1", "KAZ C176 1", "UZB C087 1"):
            pk = self.proposal(key).pk
            label = f'<label class="visually-hidden" for="choose-{pk}">Choose {key}</label>'
            self.assertContains(response, label, html=True)
        table = re.search(r"<table class=.release-table.*?</table>", response.content.decode(), re.DOTALL)[0]
        self.assertEqual((table.count('<th scope="col"'), table.count('<th scope="row">'), table.count("<caption")), (4, 3, 1))

    def test_all_on_the_page_are_chosen_without_a_script(self):
        release = self.release()
        self.assertContains(self.client.get(self.page(release)), "?all=1")
        response = self.client.get(self.page(release), {"all": "1", "kind": "new"})
        self.assertContains(response, " checked>", 2)
        self.assertContains(response, 'href="?kind=new">Choose none')

    def test_filters_count_and_combine(self):
        self.edited_by_hand()
        release = self.release()
        self.press(release, "decline", self.proposal("UZB C087 1"))
        for query, keys in {
            "kind=new": ["KAZ C176 1", "UZB C087 1"],
            "kind=new&decision=open": ["KAZ C176 1"],
            "edited=yes": ["KAZ C087 1"],
            "edited=no&decision=declined": ["UZB C087 1"],
            "table=country": [],
            "kind=gone": [],
            "kind=strange&table=&decision=DECLINED&edited=maybe": ["KAZ C087 1", "KAZ C176 1", "UZB C087 1"],
        }.items():
            with self.subTest(query=query):
                response = self.client.get(f"{self.page(release)}?{query}")
                self.assertEqual([entry.proposal.key for entry in response.context["entries"]], keys)
        response = self.client.get(self.page(release), {"kind": "new"})
        links = re.findall(
            r'<a href="\?([^"]*)"( aria-current="true")?>(\w+) <span class="quiet">\((\d+)\)', response.content.decode()
        )
        self.assertIn(("kind=new", ' aria-current="true"', "New", "2"), links)
        self.assertIn(("kind=new&amp;decision=declined", "", "Declined", "1"), links)
        self.assertIn(("kind=changed", "", "Changed", "1"), links)
        self.assertIn(("", "", "All", "3"), links)

    def test_pages_of_a_hundred(self):
        release = self.release()
        fill(release, 250)
        for number, shown in [("1", 100), ("3", 53), ("99", 53), ("x", 100)]:
            response = self.client.get(self.page(release), {"page": number})
            self.assertEqual(len(response.context["entries"]), shown)
        self.assertContains(response, "Page 1 of 3")
        self.assertContains(response, "Accept all that nobody edited by hand (253)")

    def test_an_act_that_was_promised_is_offered(self):
        release = self.release()
        address = self.page(self.ratify)
        response = self.client.get(self.page(release))
        self.assertContains(response, f'<a href="{address}">Ratify Convention No. 176</a>', 1)
        self.assertNotContains(response, "Record it there as an update")
        response = self.press(release, "accept", self.proposal("KAZ C176 1"))
        self.assertContains(response, f'<a href="{address}">Record it there as an update</a>', 1)

    def test_what_does_not_count_or_was_declined_meets_nothing(self):
        release = self.release(PROMISED | {"verified": "no"}, SAME)
        self.assertNotContains(self.client.get(self.page(release)), "Meets a commitment")
        self.press(release, "decline", *release.proposals.all())
        release = self.release()
        self.assertNotContains(self.press(release, "decline", *release.proposals.all()), "Meets a commitment")

    def test_the_list_counts_what_was_decided(self):
        release = self.release()
        self.press(release, "decline", self.proposal("UZB C087 1"))
        Release.objects.create(name="other.csv", rows=2106)
        response = self.client.get(self.list_of(Release))
        self.assertContains(response, f'<a href="{self.page(release)}?decision=open">2</a>')
        self.assertContains(response, f'<a href="{self.page(release)}?decision=declined">1</a>')
        self.assertContains(response, "the command import_register")
        self.assertContains(response, "2,106")
        self.assertContains(response, "Read to the end")


def fill(release, count):
    """Add so many proposals on new records of a release, a third of them on instruments, with people who decided."""
    kinds = [("country", "X{:02}"), ("convention", "R{:03}"), ("ratification", "X{:02} C087 1")]
    act_says = {"registered": True, "denounced_on": None, "ratified_on": "2020-01-01", "ratified_on_precision": "day"}
    after = {"country": {"name": "A"}, "convention": {"title": "A"}, "ratification": act_says}
    Proposal.objects.bulk_create(
        Proposal(release=release, table=name, key=key.format(number), kind="new", after=after[name])
        for number in range(count)
        for name, key in [kinds[number % 3]]
    )


class RightsTests(ReleaseCase):
    """Reporters look, editors and chiefs read and decide; whoever is in no group sees nothing."""

    def answers(self, by, release):
        """The status of each address, looked at and sent to."""
        self.client.force_login(by)
        chosen = {"decide": "decline", "proposal": [0]}
        add, page, whole = self.list_of(Release, "add"), self.page(release), self.all_page(release)
        looked = [self.client.get(address).status_code for address in (self.list_of(Release), add, page, whole)]
        sent = [self.client.post(address, chosen).status_code for address in (add, page, whole)]
        return looked, sent

    def test_the_table(self):
        release = self.release()
        Release.objects.update(is_complete=False)  # so that nothing is decided on by the way
        self.assertEqual(self.answers(self.alice, release), ([200, 403, 200, 403], [403, 403, 403]))
        self.assertEqual(self.answers(self.walter, release), ([403] * 4, [403] * 3))
        for by in (self.boris, self.chloe, self.root):
            self.assertEqual(self.answers(by, release), ([200] * 4, [200, 302, 302]))

    def test_a_reporter_sees_the_table_without_buttons(self):
        release = self.release()
        self.client.force_login(self.alice)
        response = self.client.get(self.page(release))
        self.assertContains(response, "Registered by letter.")
        self.assertContains(response, "You can read these proposals. An editor decides on them.")
        for part in ('type="checkbox"', 'name="decide"', "Choose all", "/all/accept/"):
            self.assertNotContains(response, part)
        self.assertNotContains(self.client.get(self.list_of(Release)), "/release/add/")

    def test_a_reporter_who_sends_the_form_anyway_changes_nothing(self):
        release = self.release()
        before = everything()
        self.client.force_login(self.alice)
        for verb in ("accept", "decline", "accept_clean", "nonsense"):
            response = self.client.post(self.page(release), {"decide": verb, "proposal": self.proposal("KAZ C087 1").pk})
            self.assertEqual(response.status_code, 403)
        self.assertEqual(self.client.post(self.all_page(release)).status_code, 403)
        self.assertEqual(everything(), before)

    def test_a_stranger_is_led_to_the_login(self):
        release = self.release()
        self.client.logout()
        for address in [self.list_of(Release), self.list_of(Release, "add"), self.page(release), self.all_page(release)]:
            self.assertIn("/admin/login/", self.client.post(address).headers["Location"])

    def test_the_log_is_nobodys_to_touch(self):
        release = self.release()
        self.assertNotIn(Proposal, admin.site._registry)
        self.assertNotIn(ReleaseRow, admin.site._registry)
        self.client.force_login(self.root)
        self.assertEqual(self.client.post(self.page(release, "delete"), {"post": "yes"}).status_code, 403)
        chosen = {"action": "delete_selected", "_selected_action": release.pk, "post": "yes"}
        self.client.post(self.list_of(Release), chosen)
        self.client.post(self.page(release), {"name": "other.csv", "_save": "Save"})
        self.assertEqual(Release.objects.get().name, "ratifications.csv")
        self.assertEqual(self.client.get(self.page(release, "history")).status_code, 200)

    def test_no_form_is_sent_from_elsewhere(self):
        release = self.release()
        client = self.client_class(enforce_csrf_checks=True)
        client.force_login(self.boris)
        for address in [self.list_of(Release, "add"), self.page(release), self.all_page(release)]:
            self.assertEqual(client.post(address, {"decide": "accept_clean"}).status_code, 403)
        self.assertEqual(set(self.decisions(release).values()), {"open"})


class PageTests(ReleaseCase):
    def pages(self):
        release = self.release()
        return [self.list_of(Release), self.list_of(Release, "add"), self.page(release), self.all_page(release)]

    def test_every_page_has_the_strict_policy_and_nothing_inline(self):
        for address in self.pages():
            with self.subTest(address=address):
                response = self.client.get(address)
                policy = response.headers["Content-Security-Policy"]
                self.assertIn("default-src 'none'", policy)
                self.assertNotIn("unsafe", policy)
                self.assertNotIn("nonce", policy)
                self.assertNotRegex(response.content.decode(), r"<[a-z][^>]* (?:style|on[a-z]+)=\"|<style|<script>")

    def queries(self, address):
        with CaptureQueriesContext(connection) as context:
            self.assertEqual(self.client.get(address).status_code, 200)
        return len(context)

    def test_the_number_of_queries_does_not_grow_with_the_proposals(self):
        release = self.release()
        fill(release, 5)
        release.proposals.filter(table="country").update(decision="declined", decided_by=self.boris, decided_at=timezone.now())
        addresses = [self.page(release), self.all_page(release), self.list_of(Release)]
        few = [self.queries(address) for address in addresses]
        Proposal.objects.filter(key__startswith="X").delete()
        Proposal.objects.filter(key__startswith="R").delete()
        fill(release, 300)
        release.proposals.filter(table="country").update(decision="declined", decided_by=self.carl, decided_at=timezone.now())
        Release.objects.bulk_create(Release(name=f"{number}.csv", read_by=self.carl) for number in range(40))
        self.assertEqual([self.queries(address) for address in addresses], few)
        self.assertLessEqual(max(few), 20)

    def test_records_that_exist_cost_nothing_more(self):
        release = Release.objects.create(name="x.csv", is_complete=True)
        for number in range(1, 61):
            code, facts = f"C{number:03}", {"kind": "convention", "title": "T", "year": 1930, "source": SOURCE}
            if not Convention.objects.filter(code=code).exists():
                instrument = Convention.objects.create(code=code, number=number, **facts)
                instrument.topics.add(self.topic)
            key = {"key": f"KAZ {code} 1", "before": {"note": ""}, "after": {"note": "N"}}
            act = {"status": "in-force", "verification": "exists", "registered": True, "source": SOURCE}
            Ratification.objects.create(country=self.kaz, convention=Convention.objects.get(code=code), **act)
            Proposal.objects.create(release=release, table="ratification", kind="changed", **key)
            Proposal.objects.create(release=release, table="convention", kind="changed", **(key | {"key": code}))
        self.assertLessEqual(self.queries(self.page(release)), 20)
        self.assertEqual(Country.objects.count(), 2)
