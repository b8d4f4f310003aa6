"""A second opinion on the package: any scenario with the noise off, worked out from the texts alone."""
