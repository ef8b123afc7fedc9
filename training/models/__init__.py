"""The two models and the mel between them, as coqui-tts configs and classes."""
