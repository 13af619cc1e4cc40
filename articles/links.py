"""Whether evidence still answers: addresses are asked politely, and none that is not public.

A host is asked one thing at a time, with a pause. Its name is looked up once, and the connection goes to the address that
was checked, so that a name that answers differently a moment later leads nowhere else.
"""

import ssl
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address, ip_network
from socket import SHUT_RDWR, SOCK_STREAM, create_connection, gaierror, getaddrinfo, socket
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from .models import Evidence, Link, LinkState, ProgressUpdate, Reading, Wording

PORTS = {"http": 80, "https": 443}
TIMEOUT = 10  # seconds without a sign of life
DEADLINE = 30  # seconds for one answer, however slowly it drips
REDIRECTS = 5
MOST_READ = 64 * 1024  # bytes
LONGEST = 2000  # characters of an address; longer ones are no evidence
#: Networks that carry an address of another one within theirs.
CARRIERS = [ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10")]
#: After these to a HEAD, GET is asked: many servers know no HEAD, and nothing is called gone that GET might find.
ASK_AGAIN = (400, 403, 404, 405, 406, 410, 500, 501, 503)
PERMANENT = (301, 308)
TEMPORARY = (302, 303, 307)
UNKNOWN_HOST = "The name of the host is not known."
FAILING = (LinkState.GONE, LinkState.UNREACHABLE)


class NotPublic(Exception):
    """An address that is not asked: another scheme or port, or a machine that is not the public's."""


def user_agent():
    """Who asks, and where to complain: what the operator of a site that is asked sees."""
    contact = "; ".join(part for part in (settings.SITE_URL, settings.SITE_CONTACT) if part)
    told = f"{settings.SITE_NAME} link check (+{contact})" if contact else f"{settings.SITE_NAME} link check"
    return " ".join(told.encode("ascii", "ignore").decode().split())


# --- Where an address leads -------------------------------------------------------------------------------------------


def is_public(address):
    """Whether an address of the internet is everybody's: not private, of this machine or network, nor of a group."""
    found = ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    special = found.is_private or found.is_loopback or found.is_link_local or found.is_multicast or found.is_reserved
    carried = found.version == 6 and any(found in network for network in CARRIERS)
    return found.is_global and not (special or found.is_unspecified or carried)


@dataclass(frozen=True)
class Place:
    """An address taken apart, with the machines that it leads to, all of them checked."""

    scheme: str
    host: str
    port: int
    target: str
    machines: list

    @classmethod
    def find(cls, url, allowed=()):
        """Look up where `url` leads. Raise NotPublic; or OSError or ValueError where it leads nowhere.

        `allowed` holds (machine, port) that are asked although they are not public: those of a test.
        """
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
        if parts.scheme not in PORTS or not parts.hostname or parts.username is not None:
            raise NotPublic("Only http and https are asked, without a password.")
        if port not in PORTS.values() and port not in [open_port for _machine, open_port in allowed]:
            raise NotPublic(f"Port {port} is not asked.")
        host = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
        machines = list(dict.fromkeys(row[4][0] for row in getaddrinfo(host, port, type=SOCK_STREAM)))
        if (machines[0], port) in allowed:
            machines = machines[:1]
        elif not all(map(is_public, machines)):
            raise NotPublic("It leads to a machine that is not the public’s.")
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
        return cls(parts.scheme, host, port, path + query, machines)


class Connection(HTTPConnection):
    """A connection to the machine that was checked, whatever the name of the host would lead to by now."""

    def __init__(self, place):
        self.default_port = PORTS[place.scheme]
        super().__init__(place.host, place.port, timeout=TIMEOUT)
        self.place, self.is_given_up = place, False

    def connect(self):
        self.sock = self.reach(self.place.machines)
        if self.place.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.place.host, do_handshake_on_connect=False)
            self.sock.do_handshake()  # once it can be given up

    def reach(self, machines):
        """The first machine that takes the connection, as a browser would try them."""
        first, *others = machines
        try:
            return create_connection((first, self.place.port), self.timeout)
        except OSError:
            if not others:
                raise
            return self.reach(others)

    def give_up(self):
        """End it from another thread: whoever sends a sign every nine seconds keeps nobody waiting for ever."""
        self.is_given_up = True
        try:
            if self.sock:
                socket.shutdown(self.sock, SHUT_RDWR)
        except (OSError, ValueError):
            pass


@dataclass(frozen=True)
class Answer:
    status: int
    reason: str
    location: str = ""
    body: bytes = b""


@dataclass
class Asker:
    """Asks addresses one after the other, and each host at most once in a `pause` of seconds."""

    pause: float = 2
    allowed: tuple = ()
    free_at: dict = field(default_factory=lambda: defaultdict(float))

    def wait_for(self, host):
        """Wait until the host has had its pause since it was last asked."""
        time.sleep(max(0, self.free_at[host] - time.monotonic()))

    def request(self, method, url):
        """One request for one address, and what was answered; redirects are told, not followed."""
        place = Place.find(url, self.allowed)
        self.wait_for(place.host)
        connection = Connection(place)
        clock = threading.Timer(DEADLINE, connection.give_up)
        clock.daemon = True
        clock.start()
        try:
            connection.request(method, place.target, headers={"User-Agent": user_agent(), "Accept": "*/*"})
            with connection.getresponse() as response:
                body = response.read(MOST_READ) if method == "GET" else b""
                if connection.is_given_up:
                    raise TimeoutError
                return Answer(response.status, response.reason, response.headers.get("Location", ""), body)
        finally:
            clock.cancel()
            connection.close()
            self.free_at[place.host] = time.monotonic() + self.pause

    def ask(self, url):
        """Follow an address to its end. Return (LinkState, status or None, what happened)."""
        at, moved = url, False
        try:
            for _step in range(REDIRECTS + 1):
                answer = self.request("HEAD", at)
                if answer.status in ASK_AGAIN:
                    answer = self.request("GET", at)
                if not (answer.status in PERMANENT + TEMPORARY and answer.location):
                    return self.read(answer, at if moved else "")
                at, moved = urljoin(at, answer.location), moved or answer.status in PERMANENT
        except NotPublic as refusal:
            return LinkState.NOT_ASKED, None, str(refusal)
        except (OSError, HTTPException, ValueError) as error:
            return LinkState.UNREACHABLE, None, sentence_for(error)
        return LinkState.UNREACHABLE, answer.status, f"It leads on more than {REDIRECTS} times."

    @staticmethod
    def read(answer, elsewhere):
        """What the last answer means for the evidence. A door that is closed to programs is no dead end."""
        told = f"{answer.status} {answer.reason}".strip()
        if answer.status < 400:
            return (LinkState.MOVED, answer.status, elsewhere) if elsewhere else (LinkState.ANSWERS, answer.status, told)
        if answer.status in (404, 410):
            return LinkState.GONE, answer.status, told
        return (LinkState.UNREACHABLE if answer.status >= 500 else LinkState.REFUSED), answer.status, told


def sentence_for(error):
    """Why an address could not be reached, in a few words."""
    if isinstance(error, gaierror):
        return UNKNOWN_HOST
    if isinstance(error, TimeoutError):
        return "No answer in time."
    if isinstance(error, ssl.SSLError):
        return f"No safe connection: {getattr(error, 'verify_message', '') or error.reason or error}."
    return str(error) or type(error).__name__


# --- Which addresses, and what is written down ------------------------------------------------------------------------


def cited():
    """The evidence on which something public rests: updates, wordings and readings."""
    updates = ProgressUpdate.objects.published()
    through = ProgressUpdate.further_evidence.through.objects.filter(progressupdate__in=updates.values("pk"))
    return Evidence.objects.filter(
        Q(pk__in=updates.values("evidence"))
        | Q(pk__in=through.values("evidence"))
        | Q(pk__in=Wording.objects.published().values("evidence"))
        | Q(pk__in=Reading.objects.published().values("evidence"))
    )


def addresses(older_than):
    """The addresses of what is cited, and of its copies, that were not asked since the moment `older_than`; the longest first."""
    urls = {url for pair in cited().values_list("url", "archived_url") for url in pair if url and len(url) <= LONGEST}
    asked = dict(Link.objects.values_list("url", "asked_at"))
    due = [url for url in urls if url not in asked or asked[url] < older_than]
    return sorted(due, key=lambda url: (asked[url].timestamp() if url in asked else 0, url))


def taking_turns(urls):
    """The same addresses in an order in which hosts take turns, so that the pause of one is the time of others."""
    by_host = defaultdict(list)
    for url in urls:
        by_host[urlsplit(url).netloc].append(url)
    places = {url: place for hosted in by_host.values() for place, url in enumerate(hosted)}
    return sorted(urls, key=places.get)


def write_down(url, state, code, told):
    """Keep what an address said, at once: whatever ends the run loses nothing that was asked before."""
    now, before = timezone.now(), Link.objects.filter(url=url).first()
    since = before and before.failing_since
    if state in FAILING:
        since = since or now
    elif state in (LinkState.ANSWERS, LinkState.MOVED):
        since = None
    facts = {"state": state, "code": code, "told": told[:300], "asked_at": now, "failing_since": since}
    return Link.objects.update_or_create(url=url, defaults=facts)[0]
