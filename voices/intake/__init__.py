"""Files from strangers: a child process without privileges reads a voice's files and converts them.

What goes in: a checkpoint of PyTorch, a config, statistics and a card. What comes out: weights as safetensors, and a
settings file. Only the child imports what reads the former; the worker and the web process read the latter.
No module here needs Django, torch or coqui-tts, so the child starts in a tenth of a second.
"""
