"""implbench: which of these implementations is faster, by how much, how sure are we, and why?"""
