"""Read numbers, Latin letters and signs in words of Hangul. `pipeline` lists all rules in their order."""
