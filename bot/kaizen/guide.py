"""What `/kaizen help` says."""

from bot.answers import Message
from bot.blockkit.kit import section

HELP = Message(
    "Kaizen: an idea in thirty seconds, an answer within days. /kaizen and your words start one.",
    (
        section(
            "*/kaizen the label printer stops every shift* opens the form with your words in it. Problem and "
            "idea are enough; what others said before is shown, and you may support theirs instead.\n"
            "You have a first answer within three working days, and hear of every step: taken up, planned, "
            "tried, checked, made the standard. A no always comes with its reason."
        ),
        section(
            "`/kaizen list [mine|new|doing|done]`  ideas, the newest first. Example: `/kaizen list doing`\n"
            "`/kaizen show K-1`  one idea, its history, and what you may do. Example: `/kaizen show K-7`\n"
            "`/kaizen board`  all ideas by where they stand\n"
            "`/kaizen queue`  for the lean council: what waits, first things first\n"
            "`/kaizen stats`  how the idea system itself does\n"
            "`/kaizen settings`  the ideas channel and the rules\n"
            "`/kaizen new …`  is always an idea, also where its first word is one of these"
        ),
    ),
)
