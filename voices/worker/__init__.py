"""Our parts of django-q2: fast starts, and no request lost when a process is killed."""
