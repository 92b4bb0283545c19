"""The templates and what they may call. Everything they print is escaped unless it is Markup."""

from jinja2 import Environment, PackageLoader, select_autoescape

from . import mrkdwn


def environment() -> Environment:
    """A fresh environment; its templates are compiled once."""
    made = Environment(
        loader=PackageLoader("bot.simulator.page"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "plain": mrkdwn.render_plain,
        "mrkdwn": mrkdwn.render,
        "linkable": mrkdwn.linkable,
    }
    return made
