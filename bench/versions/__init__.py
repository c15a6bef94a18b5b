"""Two versions of the same code: found, copied, paired, compared; and each one as it is saved."""
