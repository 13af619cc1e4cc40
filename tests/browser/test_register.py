"""A sample of the register's pages through the judges that `make pages` asks about all of them, and a reader's way."""

import pytest

from tests.browser.every_page import SITEMAPS, addresses, findings

pytestmark = pytest.mark.once

EVERY = {"instruments": 80, "countries": 60}


@pytest.mark.parametrize("name", SITEMAPS)
def test_a_sample_has_no_findings(name, page, live_site, tmp_path):
    paths = addresses(live_site, SITEMAPS[name])
    assert len(paths) == {"instruments": 408, "countries": 187}[name]
    assert list(findings(live_site, page, paths[:: EVERY[name]], tmp_path)) == []


def test_the_judges_find_what_is_wrong(page, live_site, tmp_path):
    found = list(findings(live_site, page, ["/conventions/c999/"], tmp_path))
    assert found == ["/conventions/c999/: answered 404"]


def test_a_reader_finds_who_ratified_and_where_that_is_stated(browser, live_site):
    """Without a script: filter the list, open the instrument, follow a State's mark to its source, then to the State."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(live_site.url + "/conventions/")
    page.get_by_label("Code, number or words").fill("87")
    page.get_by_label("Ratified by").select_option(label="Kazakhstan")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Freedom of Association").click()
    row = page.get_by_role("row", name="Kazakhstan")
    assert "2000" in row.inner_text() and "December" not in row.inner_text()
    row.get_by_role("link", name="source").click()
    assert "NORMLEX" in page.locator(":target").inner_text()
    row.get_by_role("link", name="Kazakhstan").click()
    law = page.get_by_role("listitem").filter(has_text="Law No. 224-VIII of 20 Oct 2025")
    assert "no registration with the ILO was seen" in law.inner_text()
    context.close()
