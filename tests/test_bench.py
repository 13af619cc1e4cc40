"""The benchmark runs and says what it is asked to say. How fast the site is, is not for a test to judge."""

import os
import re
import subprocess
import sys

import pytest

from tests.benchmarks.__main__ import PAGES
from tests.live import ROOT

pytestmark = pytest.mark.once

LINE = re.compile(r"bench (\S+) (\d+\.\d) (\d+)")


def run(*arguments):
    command = [sys.executable, "-m", "tests.benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": ""}, capture_output=True, text=True, timeout=300)


def test_it_works():
    done = run("--articles", "50", "--requests", "1", "--acts", "100")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [LINE.fullmatch(line) for line in done.stdout.splitlines() if line.startswith("bench ")]
    assert all(lines), done.stdout
    assert [line[1] for line in lines] == [*PAGES, "admin-article-list", "admin-article-form"]
    assert all(float(line[2]) > 0 for line in lines)
    assert all(int(line[3]) > 0 for line in lines)
    fresh = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("fresh ")]
    assert fresh == [*PAGES]
    verbs = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("verb ")]
    assert verbs == ["diff-5000-words", "restore-5000-words"]
    imports = re.findall(r"^import (\S+) \d+\.\d+( \d+\.\d)?$", done.stdout, re.MULTILINE)
    assert [name for name, _memory in imports] == ["10", "100", "ratio"]


def test_too_few_articles_are_refused():
    done = run("--articles", "3")
    assert done.returncode == 2
    assert "50 articles, one request and ten ratifications are the least." in done.stderr
