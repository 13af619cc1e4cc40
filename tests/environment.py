"""Loaded by pytest before Django: the tests run as on one's own machine unless the environment says otherwise."""

import os

os.environ.setdefault("ILONEWS_ENV", "development")
