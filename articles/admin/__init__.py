"""The newsroom's back office. It holds no rules: what may be done is asked of the models, and done by their verbs."""

from . import accounts, articles, discrepancies, facts, log, pages, people, progress, replies, roadmaps

__all__ = ["accounts", "articles", "discrepancies", "facts", "log", "pages", "people", "progress", "replies", "roadmaps"]
