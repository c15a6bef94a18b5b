"""Text for people at a terminal; plain lines where the output is a file or a pipe."""

from .progress_display import progress
from .screen import Manner, speaking
from .text import Notes, note, rendered, say, show, show_table

__all__ = ["Manner", "Notes", "note", "progress", "rendered", "say", "show", "show_table", "speaking"]
