"""implbench: which of these implementations is faster, by how much, and how sure are we."""
