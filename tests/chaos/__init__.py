"""Real faults of real processes; after each, the five promises of docs/operations.md are checked.

Run by `make chaos`; `make test` runs a short random mix only.
"""
