"""Long trials of reliability: `python -m tests.trials`; they write the tables of docs/reliability.md.

They import what all tests share, the modules in the folder above, as tests do: by their bare names.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
