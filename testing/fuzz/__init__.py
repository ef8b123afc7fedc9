"""Bring thousands of damaged voices, and see that each is refused by a code or speaks.

    python -m testing.fuzz [--cases 10000] [--seed 0]

Each case changes one file of a voice that speaks: its checkpoint, config, statistics or card. A bounded process reads
it, as the service's child does; every fiftieth case also goes through that child itself. What is accepted is loaded and
has to speak. A crash, a hang, an exception without a code, or audio that is not finite is a fault.
"""
