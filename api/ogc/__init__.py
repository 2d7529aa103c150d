"""OGC API - Features: what a call asks, and the documents that answer it."""
