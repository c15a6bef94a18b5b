"""What `import implbench` gives: comparisons out of a program or a notebook."""
