"""What makes django-q2 fast and safe for our one task."""
