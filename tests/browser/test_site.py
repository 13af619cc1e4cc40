"""The site that the browser tests stand on."""

import pytest

pytestmark = pytest.mark.once


def test_the_live_site_answers(live_site):
    assert live_site.get("/")[0] == 200
    assert f"http://127.0.0.1:{live_site.port}/" in live_site.log.read_text()
