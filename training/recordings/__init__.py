"""Train a voice from a folder of recordings: read and check them, find the nearest demo voice, and fine-tune it."""
