"""Webhooks: what is to be sent (outbox), and where it may be sent (addresses). The worker sends it."""
