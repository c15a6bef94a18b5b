"""What is shown, decided once: sections of text, tables and figures; Markdown, CSV, JSON."""
