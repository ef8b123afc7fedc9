"""The HTTP side: DRF views, event streams, and the seed's endpoint."""
