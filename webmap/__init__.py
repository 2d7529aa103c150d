"""Show them: browser maps and printed sheets."""
