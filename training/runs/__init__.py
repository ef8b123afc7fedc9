"""What both training loops share: saving and resuming, averaged weights, a log."""
