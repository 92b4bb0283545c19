"""How messages leave: from the outbox to Slack, each at most once, within Slack's limits."""

from bot.delivery.channels import retry_channel
from bot.delivery.limits import USUAL_LIMITS, DeliveryLimits
from bot.delivery.pump import Delivery

__all__ = ["USUAL_LIMITS", "Delivery", "DeliveryLimits", "retry_channel"]
