"""A file of text: its bytes as characters, or the sentence that says why they are none."""

import re

from storage.bundle.source import MAX_BYTES, Position, Source, unreadable

_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_text_file(data: bytes, file: str) -> str | Source:
    """The text, or a source that holds nothing but the fault."""
    if len(data) > MAX_BYTES:
        return unreadable(file, f"The file is larger than {MAX_BYTES // 1_000_000} MB. Split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return unreadable(file, "This line is not UTF-8. Save the file as UTF-8.", Position(line, 1))
    odd = _NOT_TEXT.search(text)
    if odd is not None:
        sentence = f"The character U+{ord(odd[0]):04X} cannot stand in a text file. Remove it."
        return unreadable(file, sentence, Position(text.count("\n", 0, odd.start()) + 1, 1))
    return text
