"""implbench: which of these implementations is faster, by how much, and how sure are we.

Installed, this is the package ``implbench`` itself, with ``implbench.bench`` and ``implbench.impls`` in it.
"""
