"""Charts as pictures for print, drawn by matplotlib: `drawing.draw` lays out panels, the others fill them."""
