"""From a finished run to a voice's files: export, loudness, card, picture."""
