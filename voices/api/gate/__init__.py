"""What stands in front of Django: bounds on bodies and on requests at once, and the answers for those refused."""
