"""`make image-check`: build the images of the Dockerfile without a container engine, run them, and hear a sentence."""
