"""Long trials of reliability: `python -m tests.trials`; they write the tables of docs/reliability.md."""
