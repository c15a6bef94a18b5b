"""The child process: it prepares, verifies, times and counts one implementation at a time."""
