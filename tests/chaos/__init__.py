"""Real processes, real faults, and after each the five promises of docs/operations.md.

Run by `make chaos`; `make test` runs a short random mix only.
"""
