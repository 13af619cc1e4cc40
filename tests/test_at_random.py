"""Two processes edit, submit, publish, change and withdraw the same articles at random: the record stays whole."""

import json
import subprocess
import sys

import pytest

from tests.live import ROOT, environment, manage, scratch_database

STEPS = 120

#: Prints what the database holds of each article: the row, its log and its versions, oldest first.
DUMP = """
import json
from articles.models import Article, Citation
from conventions.models import Version
from conventions.snapshots import snapshot
told = []
for article in Article.objects.order_by("pk"):
    log = [[row.verb, row.before, row.after, row.version.number] for row in article.history().select_related("version")]
    versions = Version.objects.of(article).values("number", "kind", "snapshot", "public_number", "public_at", "base__number")
    row = {"status": article.status, "pending_status": article.pending_status, "shot": snapshot(article)}
    row |= {"pending": article.pending and article.pending.number, "versions": list(versions), "log": log}
    told.append(row)
assert not Citation.objects.filter(pk__lt=0).exists()
print(json.dumps(told, default=str))
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """What the two were told, and what the database holds afterwards."""
    folder = tmp_path_factory.mktemp("at-random")
    with scratch_database() as database_url:
        values = {"ILONEWS_ENV": "development", "VAR_DIR": folder, "DATABASE_URL": database_url}
        assert manage("migrate", "-v0", **values).returncode == 0
        run(["prepare"], values)
        players = [start([str(seed), str(STEPS)], values) for seed in (1, 2)]
        for player in players:
            assert player.stdout.readline() == "ready\n"
        for player in players:
            player.stdin.write("go\n")
            player.stdin.flush()
        told = [finish(player) for player in players]
        done = manage("shell", "--verbosity=0", "-c", DUMP, **values)
        assert done.returncode == 0, done.stderr
        yield told, json.loads(done.stdout)


def start(arguments, values):
    values = {**values, "DJANGO_SETTINGS_MODULE": "ilonews.settings"}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.at_random", *arguments],
        cwd=ROOT, env=environment(**values), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def run(arguments, values):
    said, complaints = start(arguments, values).communicate(timeout=60)
    assert not complaints, complaints
    return said


def finish(player):
    said, complaints = player.communicate(timeout=240)
    assert player.returncode == 0, complaints
    return json.loads(said)


def test_much_was_done(played):
    told, _articles = played
    done = {name: sum(each["done"].get(name, 0) for each in told) for name in ("edit", "publish", "apply", "withdraw")}
    assert min(done.values()) >= 3, told
    assert not [name for each in told for name in each["refused"] if "OperationalError" in name], told


def test_numbers_have_no_gap_and_no_double(played):
    for article in played[1]:
        numbers = [version["number"] for version in article["versions"]]
        assert numbers == list(range(1, len(numbers) + 1))
        public = sorted(version["public_number"] for version in article["versions"] if version["public_number"])
        assert public == list(range(1, len(public) + 1))


def test_the_log_replays_to_the_present_state(played):
    for article in played[1]:
        state = {"status": "draft", "pending_status": ""}
        proposed = {version["number"] for version in article["versions"] if version["kind"] == "pending"}
        for verb, before, after, _number in article["log"]:
            field = "pending_status" if verb in ("submit_change", "return_change", "apply", "discard") else "status"
            if field == "pending_status" and state[field] == "" and before == "draft":
                state[field] = "draft"  # a proposal is a version, and no move
            assert state[field] == before, (verb, article["log"])
            state[field] = after
        assert state["status"] == article["status"]
        if article["pending"] and state["pending_status"] == "":
            state["pending_status"] = "draft"
        assert state["pending_status"] == article["pending_status"]
        assert article["pending"] is None or article["pending"] in proposed


def test_nothing_is_lost(played):
    told, articles = played
    kept = {version["snapshot"]["fields"]["standfirst"] for article in articles for version in article["versions"]}
    marks = {mark for each in told for mark in each["marks"]}
    assert marks
    assert marks <= kept


def test_the_record_says_what_its_last_version_says(played):
    for article in played[1]:
        saved = [version for version in article["versions"] if version["kind"] == "saved"]
        assert article["shot"] == saved[-1]["snapshot"]


def test_what_was_published_is_what_the_public_version_says(played):
    for article in played[1]:
        decided = [number for verb, _before, _after, number in article["log"] if verb in ("publish", "apply")]
        if article["status"] == "published":
            public = max((version for version in article["versions"] if version["public_number"]), key=lambda v: v["number"])
            assert public["snapshot"] == article["shot"]
            assert public["number"] >= max(decided) or public["base__number"]
