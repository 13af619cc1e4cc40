"""Many records, made quickly and the same each time: no clock, no chance, everything from its number.

The register must be there already: States, instruments and topics are taken in turn.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice

from articles import models as newsroom
from conventions import models as register

FIRST_DAY = date(2000, 1, 1)
DAYS = 26 * 365  # the news goes round these
PUBLISHED_AT = datetime(2026, 1, 1, 9, tzinfo=UTC)
SOURCE = "ILO, press release, https://example.org/release"
SENTENCE = (
    "The Ministry, the Federation of Trade Unions and the Confederation of Employers agreed on the next step of the programme. "
)
BODY = "<h2>What was agreed</h2>" + "".join(f"<p>{SENTENCE * 4}</p>" for _ in range(6)) + '<p><a href="/about/">More</a></p>'
WORDS = ["wages", "mines", "safety", "labour", "inspection", "dialogue", "childcare", "ratification", "employment", "protection"]

PUBLIC = {"status": newsroom.Status.PUBLISHED, "published_at": PUBLISHED_AT}


@dataclass(frozen=True)
class Crowd:
    """How many of each. Every article names people, organisations, instruments, a State, a topic and a figure."""

    articles: int = 10_000
    roadmaps: int = 200
    commitments: int = 2_000
    people: int = 2_000
    organisations: int = 500
    updates: int = 3  # for each commitment


def make_crowd(crowd, start=0):
    """Make the crowd; `start` is the number of the first of each kind, for making more later."""
    states, instruments, topics = (
        list(model.objects.order_by("pk")) for model in (register.Country, register.Convention, register.Topic)
    )
    organisations = make_organisations(crowd.organisations, start, states)
    people = make_people(crowd.people, start, organisations)
    roadmaps = make_roadmaps(crowd.roadmaps, start, states, organisations, people)
    make_commitments(crowd, start, roadmaps, instruments, organisations)
    articles = make_articles(crowd.articles, start)
    make_parts(articles, start, instruments, people, organisations)
    make_links(articles, start, states, topics, roadmaps)


def bulk(model, rows):
    return model._default_manager.bulk_create(rows, batch_size=2_000)


def numbers(count, start):
    return range(start + 1, start + count + 1)


def words(number):
    return f"{WORDS[number % 10]} and {WORDS[number // 10 % 10]}"


def take(rows, count, start=0):
    """`count` of the rows in turn, from the one at `start`."""
    return islice(cycle(rows), start % len(rows), start % len(rows) + count)


def make_organisations(count, start, states):
    kinds = list(newsroom.Classification)
    return bulk(
        newsroom.Organisation,
        [
            newsroom.Organisation(
                name=f"Organisation for {words(n)} {n}", slug=f"organisation-{n}", classification=kinds[n % 5], country=state
            )
            for n, state in zip(numbers(count, start), take(states, count), strict=True)
        ],
    )


def make_people(count, start, organisations):
    people = bulk(newsroom.Person, [newsroom.Person(name=f"Person {n}", slug=f"person-{n}") for n in numbers(count, start)])
    bulk(
        newsroom.Membership,
        [
            newsroom.Membership(person=person, organisation=organisation, role="Officer", stated_on=FIRST_DAY, source=SOURCE)
            for person, organisation in zip(people, take(organisations, count), strict=True)
        ],
    )
    return people


def make_roadmaps(count, start, states, organisations, people):
    kinds = list(newsroom.RoadmapKind)
    rows = [
        newsroom.Roadmap(
            title=f"Roadmap for {words(n)} {n}", slug=f"roadmap-{n}", kind=kinds[n % 4], country=state, summary=SENTENCE,
            starts_on=date(2018 + n % 5, 1, 1), ends_on=date(2020 + n % 10, 12, 31), source=SOURCE, **PUBLIC,
        )
        for n, state in zip(numbers(count, start), take(states, count), strict=True)
    ]  # fmt: skip
    roadmaps = bulk(newsroom.Roadmap, rows)
    sides = list(zip(roadmaps, take(organisations, count), take(people, count), strict=False))
    bulk(
        newsroom.Party,
        [newsroom.Party(roadmap=r, role="government", organisation=o, as_stated="the Government") for r, o, _ in sides],
    )
    bulk(
        newsroom.Signature,
        [newsroom.Signature(roadmap=r, organisation=o, person=p, role_as_stated="Minister", source=SOURCE) for r, o, p in sides],
    )
    bulk(newsroom.PriorityArea, [newsroom.PriorityArea(roadmap=r, number=1, title="First area") for r in roadmaps])
    return roadmaps


def make_commitments(crowd, start, roadmaps, instruments, organisations):
    count, strengths = crowd.commitments, list(newsroom.Strength)
    rows = [
        newsroom.Commitment(
            roadmap=roadmap, number=1 + index // len(roadmaps), title=f"Commitment on {words(start + index)} {start + index + 1}",
            slug=f"commitment-{start + index + 1}", exact="the words of the source", strength=strengths[index % 7],
            convention=instrument, source=SOURCE,
        )
        for index, (roadmap, instrument) in enumerate(zip(take(roadmaps, count), take(instruments, count), strict=True))
    ]  # fmt: skip
    commitments = bulk(newsroom.Commitment, rows)
    pairs = zip(commitments, take(organisations, count), strict=True)
    bulk(newsroom.Responsibility, [newsroom.Responsibility(commitment=c, organisation=o) for c, o in pairs])
    evidence = bulk(
        newsroom.Evidence,
        [
            newsroom.Evidence(title=f"Law {c.slug}", url="https://example.org/law", publisher="The Gazette", voice="media")
            for c in commitments
        ],
    )
    states = list(newsroom.Delivery)
    bulk(
        newsroom.ProgressUpdate,
        [
            newsroom.ProgressUpdate(
                commitment=commitment, evidence=proof, number=step, summary="It was read in parliament.",
                delivery=states[(index + step) % 6], happened_on=date(2018 + step, 6, 1 + index % 28),
                recorded_at=PUBLISHED_AT, **PUBLIC,
            )
            for index, (commitment, proof) in enumerate(zip(commitments, evidence, strict=True))
            for step in range(1, crowd.updates + 1)
        ],
    )  # fmt: skip


def make_articles(count, start):
    """Nineteen of twenty are public."""
    rows = [
        newsroom.Article(
            headline=f"News on {words(n)} {n}", slug=f"article-{n}", standfirst=SENTENCE, body=BODY, source_name=SOURCE,
            dated=FIRST_DAY + timedelta(days=n * 7 % DAYS), dateline_place="Geneva", byline="The newsroom",
            **(PUBLIC if n % 20 else {}),
        )
        for n in numbers(count, start)
    ]  # fmt: skip
    return bulk(newsroom.Article, rows)


def make_parts(articles, start, instruments, people, organisations):
    """Two citations, two people and an organisation for each article."""
    count = len(articles)
    pairs = [
        (model, zip(articles, take(rows, count, at), strict=True))
        for model, rows in [(newsroom.Citation, instruments), (newsroom.Appearance, people)]
        for at in range(min(2, len(rows)))
    ]
    facts = {newsroom.Citation: {"words": "the Convention"}, newsroom.Appearance: {"role_as_stated": "Officer"}}
    names = {newsroom.Citation: "convention", newsroom.Appearance: "person"}
    for model, rows in pairs:
        bulk(model, [model(article=article, **{names[model]: row}, **facts[model]) for article, row in rows])
    bulk(
        newsroom.Participation,
        [
            newsroom.Participation(article=article, organisation=organisation, role_as_stated="Took part")
            for article, organisation in zip(articles, take(organisations, count), strict=True)
        ],
    )


def make_links(articles, start, states, topics, roadmaps):
    """A State, a topic and a figure for each article; a roadmap for every fifth."""
    count, through = len(articles), newsroom.Article
    for field, rows, step in [("countries", states, 1), ("topics", topics, 1), ("roadmaps", roadmaps, 5)]:
        links = getattr(through, field).through
        name = rows[0]._meta.model_name
        some = articles[::step]
        bulk(links, [links(article=a, **{name: row}) for a, row in zip(some, take(rows, len(some)), strict=True)])
    rows = [
        newsroom.Statistic(
            indicator=f"Victims of accidents {start + index}",
            value=index,
            unit="persons",
            year=2020,
            country=state,
            source=SOURCE,
        )
        for index, state in enumerate(take(states, count))
    ]
    links = newsroom.Statistic.articles.through
    pairs = zip(bulk(newsroom.Statistic, rows), articles, strict=True)
    bulk(links, [links(statistic=statistic, article=article) for statistic, article in pairs])
