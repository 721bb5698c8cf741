"""The past replayed as of then: what each model would have said, scored against what happened."""
