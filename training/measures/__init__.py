"""How good speech is: what a recognizer understands of it, its pitch, and the confidence of a mean."""
