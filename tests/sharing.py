"""How the workers of pytest-xdist share the tests: what is made once is used by one of them, and the longest comes first.

Two workers that take the tests of a class in turn both make its records, and two that take browser tests in turn both
prepare a live site. So a class and the functions of a file each go to one worker as a whole, and so do the tests of the
live site: those of its public pages to one, those of the back office to another, because together they would take longer
than all the rest.
(xdist's own groups, `--dist loadgroup`, are not heeded since pytest 9.2, and nothing says so: pytest-xdist issue 1386.)
"""

from xdist.scheduler import LoadScopeScheduling

LIVE = "tests/browser/"
PUBLIC = [f"{LIVE}test_{name}.py" for name in ("pages", "commitment", "roadmap", "register", "replies", "checks", "site")]

#: What runs long, the longest first. What is short comes after it and fills the gaps, so that no worker waits at the end.
#: The second live site is wanted when the first has been prepared, of which it is a copy: something else comes before it.
LONG = [*PUBLIC, "tests/test_import_killed.py", LIVE, "tests/test_queries.py", "tests/test_bench.py", "tests/test_commands.py"]
LONG += ["tests/test_histories.py", "tests/test_check_links.py"]
LONG += [
    "tests/test_at_random.py",
    "tests/test_stranger.py",
    "tests/test_figures.py",
    "tests/test_import_random.py",
    "tests/test_register_fixtures.py",
]


def rank(nodeid):
    """The place of a test in the order of length; what is not named above comes last."""
    return next((place for place, start in enumerate(LONG) if nodeid.startswith(start)), len(LONG))


class Sharing(LoadScopeScheduling):
    """`--dist loadscope`, with the live site as two scopes more, in the order of the tests."""

    def __init__(self, config, log=None):
        super().__init__(config, log)
        config.option.loadscopereorder = False  # by number of tests: neither the longest first nor the transactional last

    def _split_scope(self, nodeid):
        if not nodeid.startswith(LIVE):
            return super()._split_scope(nodeid)
        return f"{LIVE}public" if nodeid.startswith(tuple(PUBLIC)) else LIVE
