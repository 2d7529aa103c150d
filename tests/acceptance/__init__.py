"""A user's day, end to end."""
