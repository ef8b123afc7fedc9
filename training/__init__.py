"""Train voices: the demo voices from a teacher's synthetic speech, and a member's voice from recordings."""
