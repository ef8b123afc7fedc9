"""Webhooks: what is to be sent (outbox), where it may be sent (addresses), and the sending itself (sender)."""
