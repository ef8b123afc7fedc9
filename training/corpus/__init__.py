"""A corpus: a folder of wavs and the sentences that they say; how the teacher's speech becomes one."""
