"""`make attack`: attack the service on loopback, in bounded time, and print what was tried and what held."""
