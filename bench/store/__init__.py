"""What was measured: immutable records, the only reader and writer of results/, and its index."""
