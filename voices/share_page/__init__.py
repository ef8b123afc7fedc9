"""The page of a share, which anybody may open who has its address: rendered here, without the API and its rights."""
