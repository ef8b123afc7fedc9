"""Pronounce words of Hangul by 표준발음법. `pipeline` has the steps in their order."""
