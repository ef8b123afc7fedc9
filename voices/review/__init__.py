"""Whether what a fan asked for may be heard: the state of its review, and the rules that look at its text first."""
