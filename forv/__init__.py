"""The hall: settings, addresses, and the servers' entry points."""
