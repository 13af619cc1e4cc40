"""A reader without a browser: takes a page apart, and follows links as a stranger would."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

#: Elements that stand within a line; all others begin and end one.
INLINE = {"a", "b", "bdi", "em", "i", "mark", "span", "strong", "time"}

#: Served by the web server from the disk, not by a view.
STATIC = "/static/"


#: A page as of another day. There is one for each day, and each leads to all others as of that day.
PAST = re.compile(r"[?&](as_of|known)=")


class Page(HTMLParser):
    """What a page holds: its elements as (tag, attributes), its links, and the text a reader sees."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.links, self.words = [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.break_line(tag)
        self.elements.append((tag, attrs))
        if tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])

    def handle_endtag(self, tag):
        self.break_line(tag)

    def break_line(self, tag):
        if tag not in INLINE:
            self.words.append(" ")

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        """All of it in one line, as a reader would read it aloud."""
        return " ".join("".join(self.words).split())

    def all(self, tag):
        """The attributes of every element of that name."""
        return [attrs for found, attrs in self.elements if found == tag]


def internal(base, href):
    """The path with its query that a link on the page `base` leads to on this site, or None if it leads elsewhere."""
    parts = urlsplit(urljoin(f"http://testserver{base}", href))
    if parts.netloc != "testserver" or parts.path.startswith(STATIC):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def crawl(client, start="/"):
    """Follow every internal link from `start`; a dictionary of path to response, in the order of finding."""
    found, waiting = {}, [start]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found[path] = response = client.get(path)
        if response.headers["Content-Type"].startswith("text/html"):
            links = [internal(path, href) for href in Page(response.content.decode()).links]
            waiting += [link for link in links if link and link not in found and not PAST.search(link)]
    return found


def sitemap_paths(client):
    """The paths that the sitemap names, section by section."""
    found = []
    for address in locations(client.get("/sitemap.xml")):
        found += [urlsplit(place).path for place in locations(client.get(internal("/", address)))]
    return found


def locations(response):
    """The addresses in a sitemap or an index of sitemaps."""
    return [part.split("</loc>")[0] for part in response.content.decode().split("<loc>")[1:]]
