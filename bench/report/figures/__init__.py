"""Figures drawn by matplotlib: one style for all, and what takes more than a section's page."""
