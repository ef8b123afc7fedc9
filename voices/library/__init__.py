"""A voice's files: what belongs to a pair of models, where it is stored, and what its card says."""
