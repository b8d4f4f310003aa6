"""What is done for a release: `python -m release`; see SECURITY.md and the targets of the Makefile."""
