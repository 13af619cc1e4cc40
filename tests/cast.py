"""The cast of the tests: who works here and one record in every state, the same each time.

`make_cast()` fills the database and returns everything by name; `CastMixin` does it once for a TestCase, so that
a test says `self.alice`, `self.draft`. Rows of the register are taken as they are where they exist already.

People: alice the reporter, boris the editor, chloé the chief (`self.chloe`), carl a second editor, root a superuser,
walter a staff account in no group. Their password is PASSWORD.

Every article is alice's and reached its state by the verbs: draft, in_review, scheduled, published, withdrawn, and
resubmitted (withdrawn, then handed in again). Two roadmaps: `roadmap`, public, with the commitments `ratify` and
`amend`; `hidden_roadmap`, a draft, with `hidden_commitment`. Updates of `ratify`: `update` (public), `draft_update`.
What sources say differently: `discrepancy` (public) and `hidden_discrepancy`. Pages about the site: `privacy` (public)
and `hidden_page`. What readers sent about `ratify`: `reply` (public) and `report` (waiting).

What no stranger may ever read holds a word that begins with SECRET; all of them are in SECRETS, so that
`for word in SECRETS: assertNotContains(...)` is the whole test. They are found whatever the case: slugs hold them too.
The withdrawn articles keep their headline and PUBLIC_NOTE in public, nothing else.
"""

from datetime import UTC, date, datetime
from types import SimpleNamespace

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from articles import models as newsroom
from conventions import models as register

PASSWORD = "decent-work"
DAY = date(2024, 6, 12)
PUBLISHED_AT = datetime(2024, 6, 13, 9, tzinfo=UTC)
NEVER_YET = datetime(2999, 1, 1, 9, tzinfo=UTC)
PUBLIC_NOTE = "Taken down because the source withdrew its statement."
SOURCE = "ILO, press release of 12 June 2024, https://example.org/release"

SECRETS = [
    "SECRETDRAFT",
    "SECRETREVIEW",
    "SECRETSCHEDULED",
    "SECRETWITHDRAWN",
    "SECRETRESUBMITTED",
    "SECRETROADMAP",
    "SECRETCOMMITMENT",
    "SECRETAREA",
    "SECRETUPDATE",
    "SECRETEVIDENCE",
    "SECRETPERSON",
    "SECRETORGANISATION",
    "SECRETPOST",
    "SECRETIMAGE",
    "SECRETSTATISTIC",
    "SECRETCITATION",
    "SECRETLINK",
    "SECRETNOTE",
    "SECRETREASON",
    "SECRETWORDING",
    "SECRETLAW",
    "SECRETDISCREPANCY",
    "SECRETREADING",
    "SECRETPAGE",
    "SECRETREPLY",
    "SECRETADDRESS",
    "SECRETIDENTITY",
]


class CastMixin:
    """For a TestCase: the whole cast as attributes, made once and fresh in every test."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        for name, value in vars(make_cast()).items():
            setattr(cls, name, value)


def make_cast():
    """Fill the database; return a namespace of everybody and everything."""
    cast = SimpleNamespace()
    make_accounts(cast)
    make_register(cast)
    make_people(cast)
    make_roadmaps(cast)
    make_updates(cast)
    make_articles(cast)
    make_discrepancies(cast)
    make_pages(cast)
    make_replies(cast)
    return cast


def account(name, *groups, **flags):
    """An account of the back office, in the given groups."""
    user = get_user_model().objects.create_user(name, password=PASSWORD, is_staff=True, **flags)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def make_accounts(cast):
    cast.alice = account("alice", "reporter")
    cast.boris = account("boris", "editor")
    cast.carl = account("carl", "editor")
    cast.chloe = account("chloé", "chief")
    cast.walter = account("walter")
    cast.root = account("root", is_superuser=True)


def make_register(cast):
    """Two States, five instruments, a topic and a ratification."""
    topics, states, instruments = (model.objects for model in (register.Topic, register.Country, register.Convention))
    cast.topic, _ = topics.get_or_create(
        slug="occupational-safety-and-health", defaults={"name": "Occupational safety and health"}
    )
    rows = {"kaz": ("KAZ", "KZ", "Kazakhstan"), "uzb": ("UZB", "UZ", "Uzbekistan")}
    for name, (iso3, iso2, full) in rows.items():
        facts = {"iso2": iso2, "name": full, "official_name": full, "slug": full.lower(), "source": SOURCE}
        setattr(cast, name, states.get_or_create(iso3=iso3, defaults={**facts, "region": "europe-central-asia"})[0])
    titles = {
        "C087": ("Freedom of Association and Protection of the Right to Organise Convention, 1948", 1948),
        "C131": ("Minimum Wage Fixing Convention, 1970", 1970),
        "C176": ("Safety and Health in Mines Convention, 1995", 1995),
        "C190": ("Violence and Harassment Convention, 2019", 2019),
        "R206": ("Violence and Harassment Recommendation, 2019", 2019),
    }
    for code, (title, year) in titles.items():
        kind = "recommendation" if code.startswith("R") else "convention"
        facts = {"kind": kind, "number": int(code[1:]), "title": title, "year": year, "source": SOURCE}
        setattr(cast, code.lower(), instruments.get_or_create(code=code, defaults=facts)[0])
    cast.c176.topics.add(cast.topic)
    day = {"ratified_on": date(2000, 12, 13), "status": "in-force", "verification": "day", "registered": True, "source": SOURCE}
    cast.ratification, _ = register.Ratification.objects.get_or_create(
        country=cast.kaz, convention=cast.c087, act=1, defaults=day
    )


def make_people(cast):
    """Those named by something public, and those whom only unpublished records name."""
    cast.ministry = newsroom.Organisation.objects.create(
        name="Ministry of Labour", slug="ministry-of-labour", classification="government", country=cast.kaz, note="SECRETNOTE"
    )
    cast.minister = newsroom.Person.objects.create(name="Aigul Testova", slug="aigul-testova", note="SECRETNOTE")
    cast.post = newsroom.Post.objects.create(organisation=cast.ministry, label="Vice-Minister of Labour")
    newsroom.PersonName.objects.create(person=cast.minister, name="Айгүл Тестова", script="Cyrl", source=SOURCE)
    newsroom.Membership.objects.create(
        person=cast.minister, organisation=cast.ministry, post=cast.post, role="Vice-Minister", stated_on=DAY, source=SOURCE
    )
    cast.hidden_ministry = newsroom.Organisation.objects.create(
        name="SECRETORGANISATION", slug="secretorganisation", classification="other", country=cast.kaz
    )
    cast.hidden_minister = newsroom.Person.objects.create(name="SECRETPERSON", slug="secretperson")
    cast.hidden_post = newsroom.Post.objects.create(organisation=cast.hidden_ministry, label="SECRETPOST")


def make_roadmaps(cast):
    facts = {"kind": "roadmap", "country": cast.kaz, "ends_on": date(2025, 12, 31), "drafted_by": cast.alice, "source": SOURCE}
    cast.roadmap = newsroom.Roadmap.objects.create(title="Roadmap 2024-2025", slug="roadmap-2024-2025", **facts)
    cast.hidden_roadmap = newsroom.Roadmap.objects.create(title="SECRETROADMAP", slug="secretroadmap", **facts)
    cast.area = newsroom.PriorityArea.objects.create(roadmap=cast.roadmap, number=1, title="Occupational safety and health")
    cast.hidden_area = newsroom.PriorityArea.objects.create(roadmap=cast.hidden_roadmap, number=1, title="SECRETAREA")
    newsroom.Party.objects.create(roadmap=cast.roadmap, role="government", organisation=cast.ministry, as_stated="the Government")
    newsroom.Signature.objects.create(
        roadmap=cast.roadmap, person=cast.minister, organisation=cast.ministry, role_as_stated="Vice-Minister", source=SOURCE
    )
    make_commitments(cast)
    publish(cast, cast.roadmap)


def make_commitments(cast):
    cast.ratify = newsroom.Commitment.objects.create(
        roadmap=cast.roadmap, area=cast.area, number=1, title="Ratify Convention No. 176", slug="ratify-c176",
        exact="ratification of Convention No. 176", strength="ratify", convention=cast.c176, source=SOURCE,
    )  # fmt: skip
    cast.amend = newsroom.Commitment.objects.create(
        roadmap=cast.roadmap, number=2, title="Amend the Labour Code", slug="amend-labour-code",
        exact="amendments to the Labour Code", strength="amend-law", source=SOURCE,
    )  # fmt: skip
    cast.hidden_commitment = newsroom.Commitment.objects.create(
        roadmap=cast.hidden_roadmap, area=cast.hidden_area, number=1, title="SECRETCOMMITMENT", slug="secretcommitment",
        exact="SECRETCOMMITMENT", strength="other", convention=cast.c190, source=SOURCE,
    )  # fmt: skip
    newsroom.Responsibility.objects.create(commitment=cast.ratify, organisation=cast.ministry, role="drafts the law")
    newsroom.Responsibility.objects.create(commitment=cast.hidden_commitment, organisation=cast.hidden_ministry)


def make_updates(cast):
    cast.evidence = newsroom.Evidence.objects.create(
        title="Draft law sent to parliament", url="https://example.org/law", publisher="The Gazette", voice="media"
    )
    cast.hidden_evidence = newsroom.Evidence.objects.create(
        title="SECRETEVIDENCE", url="https://example.org/secretevidence", publisher="The Gazette", voice="media"
    )
    facts = {"commitment": cast.ratify, "drafted_by": cast.alice, "recorded_by": cast.alice}
    cast.update = newsroom.ProgressUpdate.objects.create(
        number=1, happened_on=date(2024, 9, 1), delivery="under-way", summary="A draft law was sent to parliament.",
        evidence=cast.evidence, **facts,
    )  # fmt: skip
    cast.draft_update = newsroom.ProgressUpdate.objects.create(
        number=2, happened_on=date(2025, 1, 15), delivery="delivered", summary="SECRETUPDATE",
        evidence=cast.hidden_evidence, **facts,
    )  # fmt: skip
    publish(cast, cast.update)
    for commitment, word, evidence in [
        (cast.ratify, "", cast.evidence),
        (cast.hidden_commitment, "SECRET", cast.hidden_evidence),
    ]:
        newsroom.Wording.objects.create(
            commitment=commitment, evidence=evidence, exact=say(word and "SECRETWORDING", "consultations"), strength="consult"
        )
        newsroom.Law.objects.create(commitment=commitment, title=say(word and "SECRETLAW", "Labour Code"), source=SOURCE)


def make_articles(cast):
    """One article a state. Each has a citation, a person, an organisation, a link, a figure and a picture's caption."""
    for name, word in [
        ("draft", "SECRETDRAFT"),
        ("in_review", "SECRETREVIEW"),
        ("scheduled", "SECRETSCHEDULED"),
        ("published", ""),
        ("withdrawn", "SECRETWITHDRAWN"),
        ("resubmitted", "SECRETRESUBMITTED"),
    ]:
        setattr(cast, name, make_article(cast, name, word))
    for article in (cast.in_review, cast.scheduled):
        article.submit(by=cast.alice)
    cast.in_review.request_changes(by=cast.boris, reason="SECRETREASON")
    cast.in_review.submit(by=cast.alice)
    cast.scheduled.publish(by=cast.boris, at=NEVER_YET)
    for article in (cast.published, cast.withdrawn, cast.resubmitted):
        publish(cast, article)
    for article in (cast.withdrawn, cast.resubmitted):
        article.withdraw(by=cast.chloe, note=PUBLIC_NOTE)
    cast.resubmitted.submit(by=cast.alice)
    newsroom.Correction.objects.create(
        article=cast.published, kind="correction", text="The year was wrong.", made_at=PUBLISHED_AT, made_by=cast.boris
    )


def make_article(cast, name, word):
    """An article of alice's whose text holds `word`; without one it is meant for the public."""
    withdrawn = name in ("withdrawn", "resubmitted")
    headline = f"Headline of the {name} article" if withdrawn or not word else f"{word} headline"
    article = newsroom.Article.objects.create(
        headline=headline, slug=f"{name}-article" if withdrawn or not word else word.lower(), dated=DAY,
        standfirst=say(word, f"standfirst of the {name} article"), body=f"<p>{say(word, f'body of the {name} article')}</p>",
        dateline_place="Geneva", byline=say(word, "byline"), source_name=say(word, "ILO, press release"),
        source_url="https://example.org/release", source_date=DAY, drafted_by=cast.alice, responsible_editor=cast.boris,
        lead_image=newsroom.Image.objects.create(
            name=say(word, f"picture of {name}"), caption=say(word and "SECRETIMAGE", f"caption of the {name} picture")
        ),
    )  # fmt: skip
    article.countries.add(cast.kaz)
    article.topics.add(cast.topic)
    article.roadmaps.add(cast.hidden_roadmap if word else cast.roadmap)
    add_parts(cast, article, word)
    return article


def say(word, text):
    """The text, with its secret word if it has one."""
    return f"{word} {text}".strip()


def add_parts(cast, article, word):
    person = cast.hidden_minister if word else cast.minister
    organisation = cast.hidden_ministry if word else cast.ministry
    newsroom.Citation.objects.create(
        article=article, convention=cast.c190 if word else cast.c176, words=say(word and "SECRETCITATION", "the Convention")
    )
    newsroom.Appearance.objects.create(
        article=article, person=person, organisation=organisation, role_as_stated=say(word, "Vice-Minister"),
        reported_speech=say(word, "Said that the work goes on."),
    )  # fmt: skip
    newsroom.Participation.objects.create(article=article, organisation=organisation, role_as_stated=say(word, "took part"))
    newsroom.OutsideLink.objects.create(
        article=article, title=say(word and "SECRETLINK", "A page elsewhere"), url=f"https://example.org/{word.lower()}"
    )
    figure = newsroom.Statistic.objects.create(
        indicator=say(word and "SECRETSTATISTIC", f"victims, {article.slug}"), value=657, unit="persons", year=2022,
        country=cast.kaz, source=SOURCE,
    )  # fmt: skip
    figure.articles.add(article)


def make_discrepancies(cast):
    """One that the public reads and a draft, each with two readings; the public one concerns also what is hidden."""
    facts = {"country": cast.kaz, "resolution": "The register has the day."}
    cast.discrepancy = newsroom.Discrepancy.objects.create(
        title="In which year was it ratified?",
        slug="year-of-ratification",
        status="published",
        published_at=PUBLISHED_AT,
        **facts,
    )
    cast.hidden_discrepancy = newsroom.Discrepancy.objects.create(title="SECRETDISCREPANCY", slug="secretdiscrepancy", **facts)
    cast.discrepancy.articles.set([cast.published, cast.draft])
    cast.discrepancy.commitments.set([cast.ratify, cast.hidden_commitment])
    cast.discrepancy.roadmaps.set([cast.roadmap, cast.hidden_roadmap])
    cast.discrepancy.conventions.add(cast.c087)
    cast.hidden_discrepancy.commitments.add(cast.ratify)
    for discrepancy, word, evidence in [
        (cast.discrepancy, "", cast.evidence),
        (cast.hidden_discrepancy, "SECRETREADING", cast.hidden_evidence),
    ]:
        for says in ("ratified in 1999", "ratified in 2000"):
            newsroom.Reading.objects.create(
                discrepancy=discrepancy, says=say(word, says), evidence=evidence, is_used=says.endswith("2000")
            )


def make_pages(cast):
    """Two texts about the site itself: one that the public reads, and a draft."""
    cast.privacy = newsroom.Page.objects.create(
        title="Privacy", slug="privacy", standfirst="What is kept of you.", body="<p>Public pages set no cookie.</p>",
        drafted_by=cast.alice,
    )  # fmt: skip
    publish(cast, cast.privacy)
    secret = dict.fromkeys(["title", "standfirst"], "SECRETPAGE")
    cast.hidden_page = newsroom.Page.objects.create(slug="secretpage", body="<p>SECRETPAGE</p>", **secret)


def make_replies(cast):
    """What two readers wrote about `ratify`: one is published as a voice, one waits. Their addresses are shown to nobody."""
    facts = {"commitment": cast.ratify, "email": "SECRETADDRESS@example.org", "identity": "SECRETIDENTITY"}
    cast.reply = newsroom.Reply.objects.create(
        kind="reply", text="Consultations go on.", organisation="Ministry of Labour", voice="government", sender="a",
        received_at=PUBLISHED_AT, status="published", published_at=PUBLISHED_AT, **facts,
    )  # fmt: skip
    cast.report = newsroom.Reply.objects.create(
        kind="error", text="SECRETREPLY", name="SECRETREPLY", sender="b", received_at=PUBLISHED_AT, **facts
    )


def publish(cast, record):
    """By the verbs, as of a day long past: alice hands it in, boris publishes it."""
    record.submit(by=cast.alice)
    record.publish(by=cast.boris, at=PUBLISHED_AT)
