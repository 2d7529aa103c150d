"""The implementations of `layers.store.Store`."""
