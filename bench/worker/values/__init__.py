"""Values of any kind, taken apart into leaves that can be compared, stored and digested."""
