"""What is measured: problems, their implementations, the cases, and their source code."""
