"""Files to the store: read, checked by row, written whole or not at all."""
