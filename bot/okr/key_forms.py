"""The forms of the API's keys."""

from bot import ids
from bot.answers import Block, View
from bot.blockkit.kit import button, confirm, context, header, option, radio_input, section, text_input
from bot.blockkit.mrkdwn import bold, code, day_token, literal
from bot.blockkit.surfaces import modal
from bot.okr.keys import KeyRing
from storage.repositories.api_keys import ApiKeyLine

NAME = "name"
KPIS = "kpis"
RIGHT = "right"
WRITE = "write"
READ = "read"

_SHOWN = 15


def keys_form(ring: KeyRing, zone: str) -> View:
    """Makes a key, and lists those that there are, each with its button."""
    blocks: list[Block] = [
        section(
            "A key lets a system send figures of KPIs to Hoshin, or read them. Whoever has it can do that, "
            "so give "
            "each system its own; it is shown once."
        ),
        text_input(NAME, "What uses it", placeholder="Call centre's nightly export", max_length=100),
        text_input(
            KPIS,
            "KPIs that it is for",
            placeholder="KPI-1, KPI-3",
            hint="Leave it empty for every KPI that is not restricted.",
            optional=True,
        ),
        radio_input(
            RIGHT,
            "What it may do",
            [option("Send and read figures", WRITE), option("Read figures only", READ)],
            chosen=WRITE,
        ),
    ]
    if ring.keys:
        blocks.append(header("Keys"))
        blocks += [_row(line, zone) for line in ring.keys[:_SHOWN]]
    if len(ring.keys) > _SHOWN:
        blocks.append(context(f"and {len(ring.keys) - _SHOWN} older ones"))
    return modal("API keys", blocks, callback_id=ids.API_KEY_FORM, submit="Make the key", close="Close")


def made_view(ring: KeyRing) -> View:
    """The secret, once."""
    blocks: list[Block] = [
        section(
            "The key is made. Copy it now: Hoshin keeps only a fingerprint of it and cannot show it again."
        ),
        section(code(ring.made)),
        context(
            "Send it as `Authorization: Bearer …`. What can be asked stands at `/api/v1/openapi.json` on "
            "the address of this Hoshin."
        ),
    ]
    return modal("Copy the key now", blocks, callback_id=ids.OKR_DONE, close="I have it")


def _row(line: ApiKeyLine, zone: str) -> Block:
    named = ", ".join(f"KPI-{one}" for one in line.kpi_numbers or ())
    kpis = "every open KPI" if line.kpi_numbers is None else named or "KPIs by name"
    used = f"last used {day_token(line.used_at, zone)}" if line.used_at is not None else "never used"
    right = "sends and reads" if line.can_write else "reads only"
    made = f"made {day_token(line.created_at, zone)}" + (f" by {literal(line.maker)}" if line.maker else "")
    words = f"{bold(literal(line.name))} {code(line.hint)}\n{right} · {kpis} · {made} · {used}"
    if line.revoked_at is not None:
        return section(f"{words}\n✕ revoked {day_token(line.revoked_at, zone)}")
    sure = confirm(
        "Revoke this key?",
        f"“{line.name}” is refused from its next request on. This cannot be undone; a new key can be made.",
        "Revoke",
        danger=True,
    )
    revoke = button(
        "Revoke",
        ids.numbered(ids.API_KEY_REVOKE, line.id),
        value=str(line.id),
        style="danger",
        confirm=sure,
        label=f"Revoke the key {line.name}",
    )
    return section(words, accessory=revoke)
