"""The sections in the head of every page, and which one a reader is in."""

from django.template import Context, Template
from django.test import TestCase

from articles.templatetags.masthead import SECTIONS
from tests.cast import CastMixin
from tests.crawl import Page


class SectionTests(CastMixin, TestCase):
    def current(self, path):
        """The address of the section that a page marks, and how."""
        page = Page(self.client.get(path).content.decode())
        nav = [link for link in page.all("a") if link.get("aria-current")]
        return [(link["href"], link["aria-current"]) for link in nav]

    def test_it_works(self):
        self.assertEqual(self.current("/roadmaps/"), [("/roadmaps/", "page")])
        self.assertEqual(self.current("/roadmaps/?q=mines"), [("/roadmaps/", "page")])
        self.assertEqual(self.current(self.roadmap.get_absolute_url()), [("/roadmaps/", "true")])
        self.assertEqual(self.current(self.published.get_absolute_url()), [("/articles/", "true")])
        self.assertEqual(self.current("/conventions/c087/"), [("/conventions/", "true")])

    def test_elsewhere_none_is_marked(self):
        for path in ("/", "/about/", "/method/", "/nowhere/"):
            self.assertEqual(self.current(path), [], path)

    def test_without_a_request_all_are_there_and_none_is_marked(self):
        html = Template("{% load masthead %}{% masthead_sections as all %}{% for each in all %}[{{ each.2 }}]{% endfor %}")
        self.assertEqual(html.render(Context()), "[]" * len(SECTIONS))
