"""The one table of Web API methods: name, arguments, scopes, rate, handler."""

from __future__ import annotations

from . import apps, chat, conversations, files, reactions, users, views
from .call import Call, Method, missing_scope

METHODS: dict[str, Method] = {
    method.name: method
    for family in (apps, chat, conversations, files, reactions, users, views)
    for method in family.METHODS
}

__all__ = ["METHODS", "Call", "Method", "missing_scope"]
