"""How far the lists of ratifications go that the register was compiled from. Only where complete does absence say something."""

from conventions.models import Coverage
from conventions.records import PartialDate, Precision

# How far the compilers say their lists of ratifications go. An instrument that is not named here was not covered.
# The comparative table and the pages were read as of those days; the cells of the tables do not hold this.
COMPARATIVE_TABLE = "NORMLEX, comparative table of the fundamental instruments, 4 June 2026: the year for each State."
NORMLEX_PAGE = "NORMLEX, page of the ratifications of this instrument, of 2024."
COVERAGE = {
    **dict.fromkeys(
        ["C029", "P029", "C087", "C098", "C100", "C105", "C111", "C138", "C155", "C182", "C187"],
        (Coverage.COMPLETE, PartialDate.parse("2026-06-04"), COMPARATIVE_TABLE),
    ),
    **dict.fromkeys(["C140", "C167", "C170"], (Coverage.COMPLETE, PartialDate.parse("2024"), NORMLEX_PAGE)),
    "C001": (Coverage.PARTIAL, PartialDate.parse("2013"), "A list of 2013, read as far as the letter U."),
    "C084": (Coverage.PARTIAL, None, "A list in an encyclopaedia, complete or nearly so."),
    "C126": (Coverage.PARTIAL, None, "A list that breaks off."),
    "C128": (Coverage.PARTIAL, None, "A list in an encyclopaedia: 16 of 17 States."),
    "C131": (Coverage.PARTIAL, None, "A list read from A to G; the other States are reported without a source."),
    "C139": (Coverage.PARTIAL, None, "A list of April 2023, read from A to S."),
    "C169": (Coverage.PARTIAL, PartialDate.parse("2009"), "A list of 2009."),
    "C176": (Coverage.PARTIAL, None, "33 States are reported without a source; later ratifications are missing."),
    "C190": (Coverage.PARTIAL, None, "A list read from A to I, L and Mauritius; 36 of about 50 States."),
}
TOTALS_DISAGREE = "Compiled to be complete, but officials have named totals from 24 to 28: one or more acts may be missing here."
MEANT_COMPLETE = "Compiled to be complete; not compared with NORMLEX, so one or more acts may be missing here."
COUNTRY_COVERAGE = {"KAZ": TOTALS_DISAGREE, **dict.fromkeys(["UZB", "KGZ", "TJK", "TKM"], MEANT_COMPLETE)}


# After how many months a ratification binds a State, where a source was seen that says so of the instrument.
MONTHS = {
    "C087": (
        12,
        "Act of 30 December 1999 No. 29-II, http://adilet.zan.kz/kaz/docs/Z990000029_/compare, gives 13 December 2001 as the day"
        " on which the Convention bound Kazakhstan; NORMLEX gives 2000 as the year of the ratification",
    ),
    "C190": (12, "ILO News of 3 June 2024 on the ratification by Kyrgyzstan, reprint at https://thecanadianmedia.com/?p=30592"),
}


def months_fields(code):
    """After how many months a ratification of an instrument binds, and where that is stated."""
    months, source = MONTHS.get(code, (None, ""))
    return {"months_to_force": months, "months_source": source}


def coverage_fields(code):
    """How far the ratifications of an instrument are known, as the compilers say."""
    coverage, covered, note = COVERAGE.get(code, (Coverage.NONE, None, ""))
    return {
        "coverage": coverage,
        "coverage_on": covered.last_day.isoformat() if covered else None,
        "coverage_on_precision": covered.precision if covered else Precision.DAY,
        "coverage_note": note,
    }
