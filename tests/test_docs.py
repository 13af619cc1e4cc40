"""The documents cannot drift: what they tell people to type exists, and what exists is told."""

import re

import pytest

from tests.live import ROOT, environment_variables

HELPERS = {"clean", "help", "lock"}  # need no telling: `make` lists them


def targets():
    return set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def told(*documents):
    text = "".join((ROOT / document).read_text() for document in documents)
    return set(re.findall(r"(?:`|^\s*|&& )make ([a-z]+)\b", text, re.MULTILINE))


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_every_target_that_is_told_exists(document):
    assert told(document) - targets() == set()


def test_every_target_is_told():
    assert targets() - told("README.md", "CONTRIBUTING.md") - HELPERS == set()


def test_the_makefile_says_what_is_no_file():
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert set(phony.split()) == targets()


def test_the_readme_tells_every_environment_variable():
    readme = (ROOT / "README.md").read_text()
    assert {name for name in environment_variables() if f"`{name}`" not in readme} == set()


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_names_no_machine_and_no_index(lock):
    text = (ROOT / lock).read_text()
    assert not re.search(r"https?://|file:|index-url|find-links|trusted-host|(?<!\w)/\w+/", text)
    pins = re.findall(r"^[a-z0-9-]+==\S+ \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[a-z]", text, re.MULTILINE)) > 9
