"""check_links: what is asked and how politely, what each answer means, and that no machine of ours is ever asked.

The server is a real one on this machine, which only `--allow` lets be asked.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from itertools import pairwise
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone

from articles import links
from articles.links import Asker, Place, addresses, cited, is_public, taking_turns, user_agent, write_down
from articles.management.commands import check_links
from articles.models import Evidence, Link, LinkState, Reading, Wording
from tests.cast import CastMixin
from tests.live import ROOT, Site, environment

pytestmark = pytest.mark.once


class Handler(BaseHTTPRequestHandler):
    """Answers as its path says: /status/404, /to/…, /head-refused, /slow, /drip, /long, /archive."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        self.server.asked.append((time.monotonic(), self.command, self.path, dict(self.headers)))
        with self.server.counting:
            self.server.at_once += 1
            self.server.most = max(self.server.most, self.server.at_once)
        try:
            self.say()
        except OSError:
            pass  # whoever asked has gone
        finally:
            with self.server.counting:
                self.server.at_once -= 1

    def say(self):
        name, _slash, rest = self.path.strip("/").partition("/")
        if name == "status":
            self.send(int(rest.split("/")[0]))
        elif name == "head":  # /head/405: refused to HEAD alone
            self.send(int(rest) if self.command == "HEAD" else 200)
        elif name in ("moved", "found"):
            self.send(301 if name == "moved" else 302, Location="/" + rest)
        elif name == "out":
            self.send(302, Location=rest.replace("~", "/"))
        elif name == "loop":
            self.send(302, Location=f"/loop/{int(rest) + 1}")
        elif name == "slow":
            time.sleep(float(rest.split("/")[0]))
            self.send(200)
        elif name == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for _ in range(200):
                self.wfile.write(b"X-More: 1\r\n")
                self.wfile.flush()
                time.sleep(0.1)
        elif name == "noise":
            self.wfile.write(b"\0\1\2 not http\r\n\r\n")
            self.close_connection = True
        elif name.startswith("archive"):
            copy = {"available": True, "url": "https://web.archive.example/1"}
            self.send(200, json.dumps({"archived_snapshots": {"closest": copy} if "gone" in self.path else {}}).encode())
        else:
            self.send(200, b"x" * 300_000)

    def send(self, status, body=b"", **headers):
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.counting, self.at_once, self.most = [], threading.Lock(), 0, 0
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def requests(self):
        return [(method, path) for _at, method, path, _headers in self.asked]

    def end(self):
        self.shutdown()
        self.server_close()


class ServerMixin:
    def setUp(self):
        super().setUp()
        self.server = Server()
        self.addCleanup(self.server.end)
        self.allowed = (("127.0.0.1", self.server.server_port),)

    def ask(self, path, **options):
        return Asker(**{"pause": 0, "allowed": self.allowed, **options}).ask(self.server.url + path)


class AnswerTests(ServerMixin, SimpleTestCase):
    def test_it_works(self):
        self.assertEqual(self.ask("/"), (LinkState.ANSWERS, 200, "200 OK"))
        self.assertEqual(self.server.requests, [("HEAD", "/")])

    def test_what_each_status_means(self):
        means = {
            200: "answers", 204: "answers", 404: "gone", 410: "gone", 401: "refused", 403: "refused", 429: "refused",
            405: "refused", 451: "refused", 500: "unreachable", 502: "unreachable", 503: "unreachable",
        }  # fmt: skip
        for status, state in means.items():
            self.assertEqual(self.ask(f"/status/{status}")[:2], (state, status))

    def test_get_is_asked_where_head_is_refused(self):
        for status in (405, 403, 501, 404):
            self.server.asked.clear()
            self.assertEqual(self.ask(f"/head/{status}")[0], LinkState.ANSWERS)
            self.assertEqual([method for method, _path in self.server.requests], ["HEAD", "GET"])
        self.server.asked.clear()
        self.ask("/status/429")
        self.assertEqual(len(self.server.asked), 1, "Who says “too many” is not asked again.")

    def test_redirects(self):
        self.assertEqual(self.ask("/found/x"), (LinkState.ANSWERS, 200, "200 OK"))
        self.assertEqual(self.ask("/moved/x"), (LinkState.MOVED, 200, self.server.url + "/x"))
        self.assertEqual(self.ask("/moved/status/404")[:2], (LinkState.GONE, 404))
        self.server.asked.clear()
        self.assertEqual(self.ask("/loop/0")[0], LinkState.UNREACHABLE)
        self.assertEqual(len(self.server.asked), 6)

    def test_at_most_64_kb_are_read(self):
        answer = Asker(pause=0, allowed=self.allowed).request("GET", self.server.url + "/long")
        self.assertEqual(len(answer.body), 64 * 1024)

    def test_those_who_do_not_answer(self):
        with mock.patch.object(links, "TIMEOUT", 0.2):
            self.assertEqual(self.ask("/slow/2"), (LinkState.UNREACHABLE, None, "No answer in time."))
        with mock.patch.object(links, "DEADLINE", 0.5):
            began = time.monotonic()
            self.assertEqual(self.ask("/drip")[0], LinkState.UNREACHABLE)
            self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(self.ask("/noise")[0], LinkState.UNREACHABLE)
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
        told = Asker(pause=0, allowed=(("127.0.0.1", port),)).ask(f"http://127.0.0.1:{port}/")
        self.assertEqual(told[0], LinkState.UNREACHABLE)
        self.assertIn("refused", told[2])

    def test_a_name_that_nobody_has(self):
        self.assertEqual(
            Asker(pause=0).ask("https://nobody.invalid/")[::2], ("unreachable", "The name of the host is not known.")
        )

    def test_a_certificate_that_nobody_vouches_for_is_no_answer(self):
        told = Asker(pause=0, allowed=self.allowed).ask(self.server.url.replace("http", "https"))
        self.assertEqual(told[0], LinkState.UNREACHABLE)

    def test_who_asks_says_so(self):
        with override_settings(SITE_NAME="Еңбек News\r\nX", SITE_CONTACT="desk@news.example", SITE_URL="https://news.example"):
            self.ask("/")
            self.assertEqual(user_agent(), "News X link check (+https://news.example; desk@news.example)")
        self.assertEqual(self.server.asked[0][3]["User-Agent"], "News X link check (+https://news.example; desk@news.example)")
        self.assertEqual(self.server.asked[0][3]["Host"], f"127.0.0.1:{self.server.server_port}")

    def test_a_host_is_left_alone_between_two_requests(self):
        asker = Asker(pause=0.3, allowed=self.allowed)
        asker.ask(self.server.url + "/head/405")
        asker.ask(self.server.url + "/found/x")
        times = [at for at, *_rest in self.server.asked]
        self.assertEqual(len(times), 4)
        self.assertGreater(min(later - earlier for earlier, later in pairwise(times)), 0.28)
        self.assertEqual(self.server.most, 1)

    def test_odd_addresses(self):
        self.assertEqual(self.ask("/ü ber?q=ж&a=%20")[0], LinkState.ANSWERS)
        self.assertEqual(self.server.requests[-1], ("HEAD", "/%C3%BC%20ber?q=%D0%B6&a=%20"))
        for url in ("http://[::1", "http://x:99999/", "http://" + "a" * 300 + ".example/", "http://a\r\nHost: x/"):
            self.assertIn(Asker(pause=0).ask(url)[0], (LinkState.UNREACHABLE, LinkState.NOT_ASKED))


class PrivateTests(ServerMixin, SimpleTestCase):
    """Never a private address, whatever leads there."""

    PRIVATE = [
        "http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest/", "http://10.0.0.1/", "http://localhost/",
        "http://192.168.1.1/", "http://172.16.0.1/", "http://0.0.0.0/", "http://[::]/", "http://[fe80::1]/", "http://[fc00::1]/",
        "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://2130706433/",
        "http://0x7f.1/", "http://127.1/", "http://224.0.0.1/", "http://[ff02::1]/", "http://240.0.0.1/", "http://100.64.0.1/",
        "http://255.255.255.255/", "http://[fec0::1]/", "http://192.0.2.1/",
    ]  # fmt: skip

    def setUp(self):
        super().setUp()
        connecting = mock.patch.object(links, "create_connection", side_effect=AssertionError("Somebody was asked."))
        self.connecting = connecting.start()
        self.addCleanup(connecting.stop)

    def test_none_is_asked(self):
        for url in self.PRIVATE:
            with self.subTest(url=url):
                state, code, told = Asker(pause=0).ask(url)
                self.assertEqual((state, code), (LinkState.NOT_ASKED, None), told)
        self.connecting.assert_not_called()

    def test_no_other_scheme_port_or_password(self):
        for url in (
            "ftp://example.org/",
            "file:///etc/passwd",
            "http://example.org:8080/",
            "http://example.org:22/",
            "//x/",
            "x",
            "",
        ):
            self.assertEqual(Asker(pause=0).ask(url)[0], LinkState.NOT_ASKED, url)
        self.assertEqual(Asker(pause=0).ask("http://user:word@example.org/")[0], LinkState.NOT_ASKED)
        self.connecting.assert_not_called()

    def test_a_redirect_leads_to_none_either(self):
        self.connecting.side_effect = socket.create_connection
        for target in ("http:~~127.0.0.1~", "http:~~10.0.0.1~", "http:~~localhost~x", "file:~~~etc~passwd"):
            self.server.asked.clear()
            with self.subTest(target=target):
                self.assertEqual(self.ask(f"/out/{target}")[0], LinkState.NOT_ASKED)
                self.assertEqual(len(self.server.asked), 1)

    def test_a_name_with_one_private_address_is_not_asked(self):
        rows = [(0, 0, 0, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]
        with mock.patch.object(links, "getaddrinfo", return_value=rows):
            self.assertEqual(Asker(pause=0).ask("http://two-faced.example/")[0], LinkState.NOT_ASKED)
        self.connecting.assert_not_called()

    def test_a_name_is_looked_up_once_and_the_connection_goes_there(self):
        """A name that answers with a public address first and a private one a moment later leads nowhere else."""
        answers = iter([[(0, 0, 0, "", ("93.184.216.34", 80))], [(0, 0, 0, "", ("127.0.0.1", 80))]])
        self.connecting.side_effect = OSError("not in a test")
        with mock.patch.object(links, "getaddrinfo", side_effect=lambda *args, **kwargs: next(answers)):
            self.assertEqual(Asker(pause=0).ask("http://rebinding.example/")[0], LinkState.UNREACHABLE)
        self.assertEqual([call.args[0] for call in self.connecting.call_args_list], [("93.184.216.34", 80)])

    def test_the_rule(self):
        for address in ("93.184.216.34", "2606:2800:220:1::1", "1.1.1.1"):
            self.assertTrue(is_public(address), address)
        for address in ("127.0.0.1", "::1", "fe80::1%eth0", "::ffff:10.0.0.1", "2001::1", "2002:a00:1::"):
            self.assertFalse(is_public(address), address)

    def test_what_is_allowed_is_one_machine_and_one_port(self):
        Place.find(self.server.url, self.allowed)
        with self.assertRaises(links.NotPublic):
            Place.find("http://127.0.0.1:1/", self.allowed)


class CitedTests(CastMixin, TestCase):
    def evidence_at(self, url, **changes):
        return Evidence.objects.create(title="T", url=url, publisher="P", voice="media", **changes)

    def test_only_what_something_public_rests_on(self):
        self.assertIn(self.evidence, cited())
        self.assertNotIn(self.hidden_evidence, cited())
        further, worded, read = (self.evidence_at(f"https://{name}.example/") for name in ("further", "worded", "read"))
        self.assertFalse({further, worded, read} & set(cited()))
        self.update.further_evidence.add(further)
        Wording.objects.create(commitment=self.ratify, evidence=worded, exact="another", strength="consult")
        Reading.objects.create(discrepancy=self.discrepancy, says="nothing", evidence=read)
        self.assertLessEqual({further, worded, read}, set(cited()))
        self.draft_update.further_evidence.add(self.evidence_at("https://draft.example/"))
        self.assertNotIn("https://draft.example/", [evidence.url for evidence in cited()])

    def test_copies_are_asked_too_and_each_address_once(self):
        Evidence.objects.filter(pk=self.evidence.pk).update(archived_url="https://archive.example/1")
        self.assertEqual(addresses(timezone.now()), ["https://archive.example/1", self.evidence.url])

    def test_the_longest_not_asked_first(self):
        Evidence.objects.filter(pk=self.evidence.pk).update(archived_url="https://archive.example/1")
        now = timezone.now()
        Link.objects.create(url="https://archive.example/1", state="answers", asked_at=now - timedelta(days=8))
        self.assertEqual(addresses(now - timedelta(days=7)), [self.evidence.url, "https://archive.example/1"])
        self.assertEqual(addresses(now - timedelta(days=9)), [self.evidence.url])

    def test_hosts_take_turns(self):
        urls = [f"https://{host}.example/{n}" for host in "ab" for n in (1, 2)]
        self.assertEqual([url[8] for url in taking_turns(urls)], ["a", "b", "a", "b"])

    def test_failing_since_the_first_failure(self):
        def states(*answers):
            return [write_down("https://a.example/", state, None, "x").failing_since for state in answers]

        first, again, refused = states("gone", "unreachable", "refused")
        self.assertIsNotNone(first)
        self.assertEqual([again, refused], [first, first])
        self.assertEqual(states("answers"), [None])
        self.assertEqual(states("refused", "not-asked"), [None, None])
        self.assertGreater(states("gone")[0], first)
        self.assertEqual(states("moved"), [None])
        self.assertEqual(Link.objects.filter(url="https://a.example/").count(), 1)
        self.assertEqual(len(write_down("https://a.example/", "gone", 404, "y" * 999).told), 300)


class CommandTests(ServerMixin, CastMixin, TestCase):
    def setUp(self):
        super().setUp()
        Evidence.objects.filter(pk=self.evidence.pk).update(url=self.server.url + "/status/404/gone")

    def run_it(self, *options):
        told = StringIO()
        allow = ["--allow", self.server.url.removeprefix("http://"), "--pause", "0"]
        call_command("check_links", *allow, *options, stdout=told)
        return told.getvalue()

    def more(self, count, path="/x"):
        for number in range(count):
            url = f"{self.server.url}{path}/{number}"
            self.update.further_evidence.add(Evidence.objects.create(title="T", url=url, publisher="P", voice="media"))

    def test_it_works(self):
        self.more(2)
        told = self.run_it()
        self.assertIn("3 addresses asked", told)
        self.assertEqual(Counter(Link.objects.values_list("state", flat=True)), {"answers": 2, "gone": 1})
        gone = Link.objects.get(state="gone")
        self.assertEqual((gone.code, gone.told), (404, "404 Not Found"))
        self.server.asked.clear()
        self.assertIn("0 addresses asked.", self.run_it())
        self.assertEqual(self.server.asked, [])
        self.run_it("--older-than", "0")
        self.assertEqual(len(self.server.asked), 4)

    def nowhere(self, *numbers):
        """Evidence at hosts whose names nobody can know (RFC 2606)."""
        for number in numbers:
            url = f"https://nowhere-{number}.invalid/"
            self.update.further_evidence.add(Evidence.objects.create(title="T", url=url, publisher="P", voice="media"))

    def test_a_machine_that_knows_no_name_calls_nothing_dead(self):
        Evidence.objects.filter(pk=self.evidence.pk).update(url="https://nowhere-0.invalid/")
        self.nowhere(*range(1, 8))
        with self.assertRaisesMessage(CommandError, "this machine seems to have no network. Nothing was written down."):
            self.run_it()
        self.assertFalse(Link.objects.exists())

    def test_where_one_host_is_known_the_others_are_to_blame(self):
        self.nowhere(*range(6))
        self.assertIn("7 addresses asked", self.run_it())
        self.assertEqual(Counter(Link.objects.values_list("state", flat=True)), {"gone": 1, "unreachable": 6})

    def test_a_few_unknown_names_alone_are_written_down(self):
        Evidence.objects.filter(pk=self.evidence.pk).update(url="https://nowhere-0.invalid/")
        self.nowhere(1)
        self.assertIn("2 addresses asked", self.run_it())
        self.assertEqual(set(Link.objects.values_list("told", flat=True)), {"The name of the host is not known."})

    def test_a_limit(self):
        self.more(4)
        self.assertIn("2 addresses asked", self.run_it("--limit", "2"))
        self.assertEqual(Link.objects.count(), 2)
        self.assertIn("3 addresses asked", self.run_it())

    def test_a_dry_run_asks_nobody(self):
        told = self.run_it("--dry-run")
        self.assertIn(f"{self.server.url}/status/404/gone\n1 addresses are due. Nobody was asked.", told)
        self.assertEqual((self.server.asked, Link.objects.count()), ([], 0))

    def test_without_permission_this_machine_is_not_asked(self):
        call_command("check_links", stdout=StringIO())
        self.assertEqual((self.server.asked, Link.objects.get().state), ([], "not-asked"))

    def test_who_asks_to_stop_is_left_for_the_next_run(self):
        Evidence.objects.filter(pk=self.evidence.pk).update(url=self.server.url + "/a")
        self.more(3, "/status/429")
        self.run_it()
        self.assertEqual(Link.objects.filter(state="refused").count(), 1)
        self.assertLess(Link.objects.count(), 4)

    def test_numbers_that_are_none(self):
        for option in ("--pause", "--older-than", "--limit"):
            with self.assertRaises(CommandError):
                self.run_it(option, "-1")

    def test_nothing_is_asked_within_a_transaction(self):
        """Of its own: that of the test is there before it."""
        depth, seen = len(connection.savepoint_ids), []
        with mock.patch.object(
            Asker, "ask", side_effect=lambda url: seen.append(len(connection.savepoint_ids)) or ("gone", 404, "x")
        ):
            self.run_it()
        self.assertEqual(seen, [depth])

    def test_copies_are_looked_for_and_recorded_by_nobody(self):
        with mock.patch.object(check_links, "ARCHIVE", self.server.url + "/archive"):
            told = self.run_it("--archives")
        self.assertIn("a copy is at https://web.archive.example/1. Look at it, and record it.", told)
        self.assertEqual(Evidence.objects.get(pk=self.evidence.pk).archived_url, "")
        with mock.patch.object(check_links, "ARCHIVE", self.server.url + "/archive"):
            Evidence.objects.filter(pk=self.evidence.pk).update(url=self.server.url + "/status/410")
            self.assertIn("no copy was found", self.run_it("--archives"))
        with mock.patch.object(check_links, "ARCHIVE", self.server.url + "/status/503"):
            self.assertIn("no copy was found", self.run_it("--archives"))


MANY = """
from articles.models import *
update = ProgressUpdate.objects.published().first()
for number in range(30):
    facts = dict(title="T", url="URL/slow/0.2/%s" % number, publisher="P", voice="media")
    update.further_evidence.add(Evidence.objects.create(**facts))
"""


@pytest.mark.once
def test_killed_in_the_middle_it_keeps_what_was_asked(prepared, tmp_path):
    server, site = Server(), Site(tmp_path)
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    try:
        done = site.manage("shell", "-c", MANY.replace("URL", server.url))
        assert done.returncode == 0, done.stderr
        command = [sys.executable, "manage.py", "check_links", "--pause", "0", "--allow", server.url.removeprefix("http://")]
        command += ["--only", server.url]  # what the real content cites is not asked by a test
        running = subprocess.Popen(command, cwd=ROOT, env=environment(**site.values), stdout=subprocess.PIPE, text=True)
        for _ in range(5):
            running.stdout.readline()
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        count = "from articles.models import Link; print(Link.objects.count())"
        kept = int(site.manage("shell", "-v", "0", "-c", count).stdout.split()[-1])
        assert 5 <= kept < 30
        rest = subprocess.run(command, cwd=ROOT, env=environment(**site.values), capture_output=True, text=True)
        assert f"{30 - kept} addresses asked" in rest.stdout
    finally:
        server.end()
