"""The store to files, whole or not at all."""
