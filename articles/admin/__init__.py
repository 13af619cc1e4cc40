"""The newsroom's back office. It holds no rules: what may be done is asked of the models, and done by their verbs."""

from . import accounts, articles, facts, log, people, progress, roadmaps

__all__ = ["accounts", "articles", "facts", "log", "people", "progress", "roadmaps"]
