"""What can be wrong with a request, said so that a person can act on it.

Every error's text is a whole sentence (or two): what happened, then what to do next. The edge (Slack, the
command line) only chooses where it is shown.
"""

from collections.abc import Iterable, Mapping


class DomainError(Exception):
    """A request that the rules refuse. `str(error)` is the sentence for the person."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        """The name of the input that is at fault, where there is one."""


class Invalid(DomainError):
    """A value that does not fit: the sentence says what was wrong and what is expected."""


class InvalidFields(Invalid):
    """Several inputs of one form at fault: `sentences` maps the input's name to its sentence."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__(" ".join(sentences.values()))
        self.sentences = dict(sentences)


class NotFound(DomainError):
    """No such thing, or none that this person may see: the two are never told apart."""


class NotAllowed(DomainError):
    """The person may see it but not do this to it."""


class Closed(DomainError):
    """It was possible once, and is over."""


class Overtaken(DomainError):
    """Two people changed the same at once, and this one comes second: the sentence tells both versions."""

    def __init__(self, sentence: str, fields: Iterable[str]) -> None:
        super().__init__(sentence)
        self.fields = frozenset(fields)


class Duplicate(DomainError):
    """The same request came before and was carried out; nothing is to be done or said again."""

    def __init__(self) -> None:
        super().__init__("This was already done.")
