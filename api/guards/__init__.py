"""What every call passes before and after its operation: hosts, headers, limits, log."""
