"""What `/kaizen help` says."""

from bot.answers import Message
from bot.blockkit.kit import section
from bot.commands import list_verbs

HELP = Message(
    "Kaizen: an idea in thirty seconds, an answer within days. /kaizen and your words start one.",
    (
        section(
            "*/kaizen the label printer stops every shift* opens the form with your words in it. Problem and "
            "idea are enough; what others said before is shown, and you may support theirs instead.\n"
            "You have a first answer within three working days, and hear of every step: taken up, planned, "
            "tried, checked, made the standard. A no always comes with its reason."
        ),
        section("\n".join(verb.help_line for verb in list_verbs("kaizen"))),
        section("`/kaizen new …` is always an idea, also where its first word is one of these."),
    ),
)
