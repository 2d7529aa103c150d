"""Running the service: the parent that binds, its workers, and what they log."""
