"""A creator's recordings: what is in a folder of them, what is wrong with which, and which demo voice is nearest."""
