"""Telling other services that a request has ended: what is owed (outbox), where it may go (addresses), sending it."""
