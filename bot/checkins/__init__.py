"""The weekly check-in: asked on the clock, answered in a form, summed up in the team's channel.

What happens is in `asking`, `reminding`, `answering` (with `recording`) and `summarising`; of Slack they know
no more than the payloads that `post` and the drawings make. What is shown is in `messages`, `forms`,
`summaries`, `home` and, item by item, `lines`. `facts` is what the one hands to the other.
"""
