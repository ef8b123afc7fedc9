"""The HTTP API: one file for each kind of address, in DRF; `gate/` stands in front of Django."""
