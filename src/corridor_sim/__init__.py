"""Trade-corridor logistics cost simulator."""
