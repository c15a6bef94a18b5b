"""The parent: which cases, in which order, by which workers, and for how long."""
