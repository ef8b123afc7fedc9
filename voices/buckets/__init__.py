"""Audio in a bucket of a cloud; each module is imported only if ``FORV_STORAGE`` names its cloud."""
