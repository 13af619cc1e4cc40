"""What is asked of each row of a release before anything is done with any of them.

A row is read by its rule, and must fit its model, the other rows, the records it refers to, and what people have
entered by hand. The answers of the database are fetched once, for all rows.
"""

from conventions.models import Convention, Country, Ratification, Topic

from .files import Problems, Unreadable
from .rules import (
    CONVENTIONS,
    COUNTRIES,
    RATIFICATIONS,
    RECOMMENDATIONS,
    RegisterError,
    convention_fields,
    country_fields,
    ratification_fields,
    recommendation_fields,
    refuse_twice,
    refuse_unfit,
    topic_fields,
)


def facts(table, row, checks):
    """What a row says of its record. An instrument names its topic by its name, as the register may not have it yet."""
    if table == COUNTRIES:
        return country_fields(row)
    if table == RECOMMENDATIONS:
        return recommendation_fields(row)
    if table == CONVENTIONS:
        return convention_fields(row, checks.codes) | {"topics": [row["topic"]]}
    return ratification_fields(row, checks.states, checks.codes)


class Checks:
    """What the rows of some tables must fit: each other, and what is in the register already."""

    def __init__(self, files):
        instruments = list(Convention.objects.values_list("code", "kind", "number", "year", "adopted_on"))
        self.stored_states = list(Country.objects.values_list("iso3", "iso2", "name", "slug"))
        self.listed = column(files.get(COUNTRIES), "iso3")
        self.states = self.listed | {iso3 for iso3, *_others in self.stored_states}
        self.codes = column(files.get(CONVENTIONS), "code") | column(files.get(RECOMMENDATIONS), "code")
        self.codes |= {code for code, *_others in instruments}
        self.adopted = {code: (year, day.isoformat() if day else "") for code, _kind, _number, year, day in instruments}
        self.named = {(kind, number, year): code for code, kind, number, year, _day in instruments}
        self.bound = bound_by_hand()
        self.slugs, self.seen = {}, set()

    def check(self, table, row, fields):
        """Raise RegisterError with a sentence if a row does not fit."""
        check = {COUNTRIES: self.state, RATIFICATIONS: self.act}.get(table, self.instrument)
        check(row, fields)

    def state(self, row, fields):
        refuse_unfit(Country, fields)
        refuse_twice(Country, fields, self.seen)
        is_new = fields["iso3"] not in {iso3 for iso3, *_others in self.stored_states}
        for iso3, iso2, name, slug in self.stored_states:
            if iso3 not in self.listed:
                refuse_same("iso2", iso2, fields, iso3)
                refuse_same("name", name, fields, iso3)
            if is_new:  # the address of a State stays, whatever its row says
                refuse_same("slug", slug, fields, iso3)

    def instrument(self, row, fields):
        refuse_unfit(Convention, fields)
        if "topic" in row and fields["topics"]:
            self.topic(row)
        if row.get("adopted_on") and row.get("in_force_on") and row["adopted_on"] > row["in_force_on"]:
            raise RegisterError(f"adopted_on is {row['adopted_on']}, after in_force_on, which is {row['in_force_on']}")
        other = self.named.get((fields["kind"], fields["number"], fields["year"]), fields["code"])
        if other != fields["code"]:
            raise RegisterError(f"the register already has an instrument of this kind, number and year: {other}")
        self.adopted[fields["code"]] = fields["year"], fields["adopted_on"] or ""

    def topic(self, row):
        fields = topic_fields(row)
        refuse_unfit(Topic, fields)
        if (other := self.slugs.setdefault(fields["slug"], fields["name"])) != fields["name"]:
            raise RegisterError(f"topic is “{fields['name']}”; an earlier row writes “{other}”")

    def act(self, row, fields):
        refuse_unfit(Ratification, fields)
        code = fields["convention"][0]
        if code.startswith("R"):
            raise RegisterError(f"convention is “{code}”; a Recommendation cannot be ratified")
        self.dates(code, row, fields)
        if not fields["denounced_on"] and (fields["country"][0], code) in self.bound:
            raise RegisterError(f"the register has another act of {fields['country'][0]} on {code} that was not denounced")

    def dates(self, code, row, fields):
        """Refuse an order of days that cannot be, even of those that are dropped for want of a source."""
        day, year = row["ratified_on"], row["ratified_year"]
        if day and year and day[:4] != year:
            raise RegisterError(f"ratified_on is {day}, but ratified_year is {year}")
        if (row["denounced_on"] and row["denounced_on"] <= (day or year)) or not_later(
            fields["denounced_on"], fields["ratified_on"]
        ):
            raise RegisterError(f"denounced_on is {row['denounced_on']}, which is not after the ratification, {day or year}")
        adopted_in, adopted_on = self.adopted.get(code, (0, ""))
        if (year and int(year) < adopted_in) or (day and (int(day[:4]) < adopted_in or day < adopted_on)):
            raise RegisterError(f"the ratification of {day or year} is before the adoption of {code}, {adopted_on or adopted_in}")


def not_later(later, earlier):
    """Whether two days, where both are known, are in the wrong order or the same."""
    return bool(later and earlier) and later <= earlier


def refuse_same(name, value, fields, owner):
    if fields[name] == value:
        raise RegisterError(f"{name} is “{value}”, which {owner} has in the register")


def column(file, name):
    """The cells of a column, whatever else is wrong with the file: a row may refer to one that has its own fault."""
    cells = set()
    try:
        for _number, _place, row in file.rows(Problems()) if file else ():
            cells.add(row[name])
    except Unreadable:
        pass
    return cells


def bound_by_hand():
    """The States and instruments with a further act that was not denounced. The tables have one act for each pair."""
    acts = Ratification.objects.filter(denounced_on=None).exclude(act=1)
    return set(acts.values_list("country__iso3", "convention__code"))
