"""Named counter-based streams, distributions and the integer tables that turn the one into the other."""
