"""What a run, or several, say: ratios, verdicts, sweeps, the roofline, why, the history. Pure."""
