"""What stands in front of Django: bounds on bodies, senders and requests at once, and the answers for those refused."""
