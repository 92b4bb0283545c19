"""HTML elements from Python, for text whose structure is known only at run time."""

from collections.abc import Iterable

from markupsafe import Markup, escape

_EMPTY = frozenset({"br", "hr", "img", "input"})


def element(name: str, *inside: object, **attributes: str | int | bool | None) -> Markup:
    """`<name …>inside</name>`, everything escaped except Markup.

    An attribute's name may end in `_` (`class_`) and has `-` for `_` (`aria_label`); True stands
    for a bare attribute, False and None for none.
    """
    head = Markup("").join(
        Markup(" {}").format(key) if value is True else Markup(' {}="{}"').format(key, value)
        for key, value in ((_attribute(key), value) for key, value in attributes.items())
        if value is not None and value is not False
    )
    if name in _EMPTY:
        return Markup("<{}{}>").format(name, head)
    return Markup("<{0}{1}>{2}</{0}>").format(name, head, together(inside))


def together(pieces: Iterable[object]) -> Markup:
    """The pieces one after the other, escaped where they are not Markup."""
    return Markup("").join(escape(piece) for piece in pieces)


def with_breaks(lines: Iterable[object]) -> Markup:
    """The lines with `<br>` between them, escaped where they are not Markup."""
    return Markup("<br>").join(escape(line) for line in lines)


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")
