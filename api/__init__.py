"""The edge: the command line (and later HTTP). Parse, call, answer."""
