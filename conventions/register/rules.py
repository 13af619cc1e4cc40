"""The rules by which the register, as it was compiled, becomes fixtures: one row of a table in, one record out.

The compilers wrote down what they knew and said, fact by fact, what a source confirms. The rules keep every fact
that may stand without a source as long as it says so, and drop every date that no source gives. They read no file
and no database.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from conventions.models import (
    Category,
    Convention,
    Country,
    EntryIntoForce,
    InstrumentStatus,
    Kind,
    Ratification,
    RatificationStatus,
    Region,
    Topic,
    Verification,
)
from conventions.records import PartialDate, Precision

from .cells import RegisterError, chosen, in_words, period, whole_number
from .coverage import COUNTRY_COVERAGE, coverage_fields, months_fields

CONVENTIONS, RECOMMENDATIONS = "conventions.csv", "recommendations.csv"
COUNTRIES, RATIFICATIONS = "countries.csv", "ratifications.csv"

# The columns a rule reads. The tables have more (`revised_by` mirrors `revises`, `title_without_number` the title).
COLUMNS = {
    CONVENTIONS: "code kind number title year adopted_on in_force_on category status topic revises title_verified"
    " adopted_verified in_force_verified status_verified source note",
    RECOMMENDATIONS: "code number title year verified source",
    COUNTRIES: "iso2 iso3 name_en name_ilo ilo_region ilo_member_since member_note member_since_verified region_verified source",
    RATIFICATIONS: "iso3 convention ratified_on ratified_year date_basis status denounced_on national_law note verified source",
}

NO_SOURCE = "No source read; from general knowledge"

# "n/a" stands where there is nothing to verify, as for the day on which a withdrawn Convention entered into force.
FLAG = {"yes": True, "no": False, "n/a": False}
KIND, CATEGORY, STATUS = in_words(Kind), in_words(Category), in_words(InstrumentStatus)
RATIFICATION_STATUS = in_words(RatificationStatus)
VERIFICATION = {
    "yes": Verification.DAY,
    "year": Verification.YEAR,
    "exists": Verification.EXISTS,
    "no": Verification.NONE,
}
# Written out, not read from the labels: a label is translated.
REGION = {
    "Africa": Region.AFRICA,
    "Americas": Region.AMERICAS,
    "Arab States": Region.ARAB_STATES,
    "Asia and the Pacific": Region.ASIA_PACIFIC,
    "Europe and Central Asia": Region.EUROPE_CENTRAL_ASIA,
}


def known(code, column, codes):
    """Pass a code on as a natural key if the register has such a record."""
    if code not in codes:
        raise RegisterError(f"{column} names “{code}”, which is not in the register")
    return [code]


def source_read(row):
    """The sources that were read. “knowledge only” is the compilers' word for none."""
    return "" if row["source"] == "knowledge only" else row["source"]


# --- Instruments -------------------------------------------------------------------------------------------------


def topic_fields(row):
    """A topic from the instrument that names it: NORMLEX's words, and the slug made from them."""
    return {"name": row["topic"], "slug": slugify(row["topic"])}


def own_code(row, kind):
    """The code of an instrument: the letter of its kind and its number, so that neither can contradict the other."""
    code = f"{kind[0].upper()}{whole_number(row, 'number'):03}"
    if row["code"] != code:
        raise RegisterError(f"code is “{row['code']}”, but kind and number make it {code}")
    return code


def sourced_day(row, column, flag):
    """A day of an instrument's life, only where its own flag says that a source gives it."""
    day = period(row, column, Precision.DAY)  # read in any case: a slip of the pen is refused even where it would be dropped
    return day.iso if day and chosen(row, flag, FLAG) else None


def entry_into_force(row):
    """Whether a Convention ever bound anybody; known even where no source gives the day."""
    if row["in_force_on"]:
        return EntryIntoForce.ENTERED
    answers = {"withdrawn": EntryIntoForce.NEVER, "not yet in force": EntryIntoForce.NOT_YET}
    return answers.get(row["status"], EntryIntoForce.UNKNOWN)


def convention_fields(row, codes):
    """A Convention or Protocol. `codes` are those of all instruments that can be revised."""
    kind = chosen(row, "kind", KIND)
    return {
        "kind": kind,
        "code": own_code(row, kind),
        "number": whole_number(row, "number"),
        "title": row["title"],
        "title_verified": chosen(row, "title_verified", FLAG),
        "year": whole_number(row, "year"),
        "adopted_on": sourced_day(row, "adopted_on", "adopted_verified"),
        "entry_into_force": entry_into_force(row),
        "in_force_on": sourced_day(row, "in_force_on", "in_force_verified"),
        "category": chosen(row, "category", CATEGORY),
        "status": chosen(row, "status", STATUS),
        "status_verified": chosen(row, "status_verified", FLAG),
        "topics": [[slugify(row["topic"])]],
        "revises": [known(code, "revises", codes) for code in sorted(set(row["revises"].split()))],
        "note": row["note"],
        "source": source_read(row) or NO_SOURCE,
    }


def recommendation_fields(row):
    """A Recommendation: it guides, enters into nothing and is ratified by nobody. Only its title was ever checked."""
    return {
        "kind": Kind.RECOMMENDATION,
        "code": own_code(row, Kind.RECOMMENDATION),
        "number": whole_number(row, "number"),
        "title": row["title"],
        "title_verified": chosen(row, "verified", FLAG),
        "year": whole_number(row, "year"),
        "adopted_on": None,
        "entry_into_force": EntryIntoForce.NOT_APPLICABLE,
        "in_force_on": None,
        "category": "",
        "status": "",
        "status_verified": False,
        "topics": [],
        "revises": [],
        "note": "",
        "source": source_read(row) or NO_SOURCE,
    }


# --- States ------------------------------------------------------------------------------------------------------


def country_fields(row):
    """A member State. The year it joined, and the note that explains the year, stand only where a source gives them."""
    member_since = period(row, "ilo_member_since", Precision.YEAR)
    verified = chosen(row, "member_since_verified", FLAG)
    return {
        "iso3": row["iso3"],
        "iso2": row["iso2"],
        "name": row["name_en"],
        "official_name": row["name_ilo"],
        "slug": slugify(row["name_en"]),
        "region": chosen(row, "ilo_region", REGION),
        "region_verified": chosen(row, "region_verified", FLAG),
        "member_since": member_since.last_day.year if member_since and verified else None,
        "member_note": row["member_note"] if verified else "",
        "source": source_read(row) or NO_SOURCE,
    }


#: When the register was compiled: what is asked "as known" on an earlier day holds none of its acts.
RECORDED_AT = "2026-11-22T12:00:00Z"

# --- Ratifications -----------------------------------------------------------------------------------------------


def ratified(row):
    """When the State ratified, as far as a source says: the day, else the year, else nothing.

    The year of a ratification and its day were checked separately, so a day may stand in the table beside a year
    that alone is verified. That day is from memory and is dropped.
    """
    day, year = period(row, "ratified_on", Precision.DAY), period(row, "ratified_year", Precision.YEAR)
    verification = chosen(row, "verified", VERIFICATION)
    if verification == Verification.DAY and not (day and row["date_basis"] == "source"):
        raise RegisterError("verified is “yes”, but there is no ratified_on whose date_basis is “source”")
    if verification == Verification.YEAR and not year:
        raise RegisterError("verified is “year”, but ratified_year is empty")
    return {Verification.DAY: day, Verification.YEAR: year}.get(verification)


def denounced(row):
    """When the State denounced, as exactly as its ratification is known: both were read in the same source.

    The one denunciation with a sourced ratification (New Zealand, C001) stands in the same line of the same table.
    For Malaysia and Singapore (C105) the comparative table gave the year of both acts and the day of neither.
    """
    day = period(row, "denounced_on", Precision.DAY)
    if bool(day) != (row["status"] == "denounced"):
        raise RegisterError("a denounced ratification needs denounced_on, and only such a one has it")
    if not day:
        return None
    precision = {"yes": Precision.DAY, "year": Precision.YEAR}.get(row["verified"])
    if precision is None:
        raise RegisterError("denounced_on is given, but no source was seen for the date")
    return PartialDate.ending(day.last_day, precision)


def registered(row):
    """Whether a source shows that the ILO registered the act.

    A verified day or year comes from a list of registrations. Where only the existence is verified, the source may
    be a national law, which registers nothing: then it takes a page of NORMLEX or of the Committee of Experts (CEACR).
    """
    verification = chosen(row, "verified", VERIFICATION)
    if verification == Verification.EXISTS:
        return bool(re.search("normlex|ceacr", row["source"], re.IGNORECASE))
    return verification != Verification.NONE


def ratification_fields(row, countries, codes):
    """One act of ratification. The register was compiled with one act for a State and an instrument."""
    ratified_on, denounced_on = ratified(row), denounced(row)
    verification, source = chosen(row, "verified", VERIFICATION), source_read(row)
    if verification != Verification.NONE and not source:
        raise RegisterError(f"verified is “{row['verified']}”, but source is empty")
    return {
        "country": known(row["iso3"], "iso3", countries),
        "convention": known(row["convention"], "convention", codes),
        "act": 1,
        "ratified_on": ratified_on.last_day.isoformat() if ratified_on else None,
        "ratified_on_precision": ratified_on.precision if ratified_on else Precision.DAY,
        "status": chosen(row, "status", RATIFICATION_STATUS),
        "denounced_on": denounced_on.last_day.isoformat() if denounced_on else None,
        "denounced_on_precision": denounced_on.precision if denounced_on else Precision.DAY,
        "verification": verification,
        "registered": registered(row),
        "national_law": row["national_law"],
        "note": row["note"],
        "source": source,
        "recorded_at": RECORDED_AT,
    }


# --- The whole register ------------------------------------------------------------------------------------------

# What two records of a model cannot share.
UNIQUE = {
    Topic: [("slug",)],
    Country: [("iso3",), ("iso2",), ("name",), ("slug",)],
    Convention: [("code",)],
    Ratification: [("country", "convention", "act")],
}


def refuse_unfit(model, fields):
    """Refuse what the model's own fields refuse. SQLite, for one, would store a title of any length.

    References are left out: they were looked up in the tables, and there is no database to look in.
    """
    references = {name for name, value in fields.items() if isinstance(value, list)}
    try:
        model(**{name: value for name, value in fields.items() if name not in references}).clean_fields(exclude=references)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RegisterError(f"{field} is refused: {messages[0].rstrip('.')}") from None


def refuse_twice(model, fields, seen):
    """Refuse a record that another row has already given; `seen` remembers what each row was the first to have."""
    for names in UNIQUE[model]:
        values = [fields[name] for name in names]
        if (key := repr((names, values))) in seen:
            raise RegisterError(f"an earlier row has the same {', '.join(names)}")
        seen.add(key)


def converted(model, table, rows, rule):
    """Apply a rule to the numbered rows of a table and return its records in Django's form for fixtures, in order.

    Raise RegisterError naming table and row.
    """
    records, seen = [], set()
    for number, row in rows:
        try:
            fields = rule(row)
            refuse_unfit(model, fields)
            refuse_twice(model, fields, seen)
        except RegisterError as error:
            raise RegisterError(f"{table}, row {number}: {error}.") from None
        records.append({"model": model._meta.label_lower, "fields": fields})
    return sorted(records, key=lambda record: [record["fields"][name] for name in UNIQUE[model][0]])


def naming_topics(rows):
    """Of the numbered rows of instruments, those that are the first to name their topic."""
    first = {}
    for number, row in rows:
        first.setdefault(row["topic"], (number, row))
    return first.values()


def convert(tables):
    """Turn the four tables, as lists of numbered rows, into the records of the four fixtures."""
    instruments, recommendations = tables[CONVENTIONS], tables[RECOMMENDATIONS]
    countries = {row["iso3"] for __, row in tables[COUNTRIES]}
    codes = {row["code"] for __, row in instruments}
    return {
        "topic": converted(Topic, CONVENTIONS, naming_topics(instruments), topic_fields),
        "country": converted(
            Country,
            COUNTRIES,
            tables[COUNTRIES],
            lambda row: {**country_fields(row), "coverage_note": COUNTRY_COVERAGE.get(row["iso3"], "")},
        ),
        "convention": [
            *converted(
                Convention,
                CONVENTIONS,
                instruments,
                lambda row: {**convention_fields(row, codes), **months_fields(row["code"]), **coverage_fields(row["code"])},
            ),
            *converted(Convention, RECOMMENDATIONS, recommendations, recommendation_fields),
        ],
        "ratification": converted(
            Ratification, RATIFICATIONS, tables[RATIFICATIONS], lambda row: ratification_fields(row, countries, codes)
        ),
    }
