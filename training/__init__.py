"""How voices are made: the demo voices from a teacher's speech, and a member's voice from recordings."""
