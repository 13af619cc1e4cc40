"""The shape of the house: which rooms lead into which, and the rules that hold everywhere and are written once."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.test import SimpleTestCase

from articles.models import Publishable

ROOT = settings.BASE_DIR
FLOORS = ["conventions", "articles", "ilonews"]
MODEL_FILES = ["states", "reviewers", "embargoes", "log", "changes", "publishing", "people", "roles", "roadmaps"]
MODEL_FILES += ["evidence", "commitments", "particulars", "progress", "articles", "corrections", "facts", "discrepancies"]
MODEL_FILES += ["pages", "previews", "notices", "comments", "replies"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PUBLIC_TEMPLATES = [file for file in TEMPLATES if "admin" not in file.parts]


def sources(folder):
    """The Python files of a folder; migrations are written by a machine and may name what they need."""
    return [file for file in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in file.parts]


def imports(file):
    """The modules that a file imports, in full: `from .people import Person` in articles/models is articles.models.people."""
    package = file.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            path = ".".join([*base, *(node.module.split(".") if node.module else [])])
            yield path
            yield from (f"{path}.{alias.name}" for alias in node.names)


class ImportTests(SimpleTestCase):
    def test_imports_go_down_and_never_up(self):
        for index, floor in enumerate(FLOORS):
            above = FLOORS[index + 1 :]
            for file in sources(floor):
                named = {name.split(".")[0] for name in imports(file)}
                self.assertFalse(named & set(above), f"{file} reaches up.")

    def test_nothing_of_the_site_imports_its_tests(self):
        for floor in FLOORS:
            for file in sources(floor):
                self.assertNotIn("tests", {name.split(".")[0] for name in imports(file)}, file)

    def test_each_model_file_imports_only_those_before_it(self):
        folder = ROOT / "articles" / "models"
        self.assertEqual({file.stem for file in folder.glob("*.py")}, {*MODEL_FILES, "__init__"})
        for index, name in enumerate(MODEL_FILES):
            inside = {module for module in imports(folder / f"{name}.py") if module.startswith("articles.models")}
            named = {module.split(".")[2] for module in inside if module.count(".") > 1}
            self.assertLessEqual(named, set(MODEL_FILES[:index]), name)

    def test_every_file_of_the_floors_is_short(self):
        long = {str(file.relative_to(ROOT)) for floor in FLOORS for file in sources(floor) if lines(file) >= 400}
        self.assertEqual(long, set())

    def test_no_signals(self):
        for floor in FLOORS:
            for file in sources(floor):
                self.assertNotIn("django.db.models.signals", set(imports(file)), file)


def lines(file):
    return len(file.read_text("utf-8").splitlines())


class ModelTests(SimpleTestCase):
    def test_no_relation_leads_up(self):
        for model in apps.get_app_config("conventions").get_models():
            for field in [*model._meta.fields, *model._meta.many_to_many]:
                if field.related_model and not isinstance(field.related_model, str):
                    self.assertNotEqual(field.related_model._meta.app_label, "articles", field)

    def test_the_site_itself_has_no_models(self):
        self.assertEqual(list(apps.get_app_config("ilonews").get_models()), [])

    def children(self):
        return [model for model in apps.get_models() if issubclass(model, Publishable)]

    def test_there_are_publishables(self):
        self.assertEqual(
            {model.__name__ for model in self.children()},
            {"Article", "Roadmap", "ProgressUpdate", "Discrepancy", "Page", "Reply"},
        )

    def test_each_publishable_keeps_what_its_parent_demands(self):
        """A child's `class Meta` loses the constraints and rights of the parent unless it names them."""
        for model in self.children():
            names = {constraint.name for constraint in model._meta.constraints}
            for constraint in Publishable.Meta.constraints:
                expected = constraint.name % {"app_label": model._meta.app_label, "class": model._meta.model_name}
                self.assertIn(expected, names)
            self.assertLessEqual(set(Publishable.Meta.default_permissions), set(model._meta.default_permissions), model)

    def test_every_record_of_the_newsroom_with_a_page_says_what_is_published(self):
        for model in apps.get_app_config("articles").get_models():
            if hasattr(model, "get_absolute_url"):
                self.assertTrue(hasattr(model.objects.all(), "published"), model)

    def test_every_constraint_has_a_sentence_for_the_editor(self):
        for app in FLOORS:
            for model in apps.get_app_config(app).get_models():
                for constraint in model._meta.constraints:
                    self.assertNotEqual(
                        constraint.violation_error_message, constraint.default_violation_error_message, constraint.name
                    )


class WrittenOnceTests(SimpleTestCase):
    """What the public sees is decided in one place."""

    def test_the_rule_of_published(self):
        found = []
        for floor in FLOORS:
            for file in sources(floor):
                for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
                    if "published_at__lte" in line:
                        found.append((file.relative_to(ROOT).as_posix(), line.strip(), number))
        self.assertEqual([file for file, _line, _number in found], ["articles/models/states.py"] * 3)  # now, ever, then
        self.assertIn("Status.PUBLISHED", found[0][1])

    def test_nobody_else_asks_for_the_time_of_publication(self):
        pattern = re.compile(r"published_at(__\w+)?\s*[<>=]|published_at\s*<=")
        for file in sources("articles") + sources("conventions") + sources("ilonews"):
            if file.name != "publishing.py":
                self.assertIsNone(pattern.search(file.read_text("utf-8")), file)


class Bare(HTMLParser):
    """Collects the words that stand in a page outside of elements, and those in attributes that a reader meets."""

    SPOKEN = {"alt", "title", "aria-label", "placeholder", "aria-description", "aria-roledescription"}

    def __init__(self, html):
        super().__init__()
        self.words = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        spoken = [attrs.get(name) for name in self.SPOKEN]
        if tag == "meta" and attrs.get("name") == "description":
            spoken.append(attrs.get("content"))
        self.words += [text for text in spoken if text]

    def handle_data(self, data):
        self.words.append(data)


#: Stands where a template writes a value: it may be the name of an element too.
VALUE = "valuevalue"


def untranslated(source):
    """The words of a template that no translator will ever see: outside of {% translate %} and {% blocktranslate %}."""
    kept, inside = [], None
    for token in Lexer(source).tokenize():
        name = token.contents.split()[0] if token.token_type == TokenType.BLOCK and token.contents else ""
        if inside:
            inside = None if name == f"end{inside}" else inside
        elif name in ("blocktranslate", "blocktrans", "comment"):
            inside = name
        elif token.contents == "block bodyclass":  # names of classes, which nobody reads
            inside = "block"
        elif token.token_type in (TokenType.TEXT, TokenType.VAR):
            kept.append(token.contents if token.token_type == TokenType.TEXT else VALUE)
    texts = [text.replace(VALUE, "").strip() for text in Bare("".join(kept)).words]
    return [text for text in texts if re.search(r"[^\W\d_]", text)]


class TemplateTests(SimpleTestCase):
    def test_the_scan_finds_what_it_should(self):
        self.assertEqual(untranslated("{% translate 'Good' %} <p>{{ name }}, 404</p> {% comment %}no{% endcomment %}"), [])
        self.assertEqual(untranslated("{% blocktranslate %}Good {{ x }}{% plural %}Goods{% endblocktranslate %}"), [])
        self.assertEqual(untranslated("<p>Bad {{ name }}</p>"), ["Bad"])
        self.assertEqual(untranslated("<{{ heading }} class='x'>{{ name }}</{{ heading }}>"), [])
        self.assertEqual(untranslated('<a title="Bad" class="good">{% if x %}worse{% endif %}</a>'), ["Bad", "worse"])

    def test_every_word_is_marked_for_translation(self):
        for file in TEMPLATES:
            with self.subTest(file.relative_to(ROOT).as_posix()):
                self.assertEqual(untranslated(file.read_text("utf-8")), [])

    def test_every_page_extends_base(self):
        for file in PUBLIC_TEMPLATES:
            if file.name != "base.html" and "_partials" not in file.parts:
                with self.subTest(file.relative_to(ROOT).as_posix()):
                    extended = ("base.html", "articles/article_detail.html")  # a version of an article is its page
                    self.assertTrue(file.read_text("utf-8").startswith(tuple(f'{{% extends "{name}" %}}' for name in extended)))

    def test_every_list_has_the_head_of_lists(self):
        for file in PUBLIC_TEMPLATES:
            if file.name.endswith("_list.html") and file.name != "topic_list.html":
                self.assertIn('{% include "_partials/listing.html" %}', file.read_text("utf-8"), file)

    def test_nothing_is_called_safe_in_a_template(self):
        for file in TEMPLATES:
            text = file.read_text("utf-8")
            for word in ("|safe", "|safeseq", "autoescape off", "style=", "<script>", "<style", "javascript:"):
                self.assertNotIn(word, text, file)

    def test_no_template_links_by_hand(self):
        for file in PUBLIC_TEMPLATES:
            self.assertNotRegex(file.read_text("utf-8"), r'href="/[a-z]', file)


@pytest.mark.parametrize("folder", FLOORS)
def test_each_floor_is_a_folder(folder):
    assert Path(ROOT / folder / "__init__.py").exists()
