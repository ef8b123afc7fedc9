"""What is written, read in words of Hangul: numbers, Latin letters, signs. `pipeline` has all rules in their order."""
