"""The kernel's memory: tables have the width that the kernel counts with, and its constants are those of programs."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("numba")

from corridor_sim.engine import kernel as k
from corridor_sim.engine import layout


def test_a_table_of_another_width_than_the_kernel_counts_with_is_refused() -> None:
    memory = layout.Memory({})
    assert memory.add(k.KEYS, 3, 2).shape == (3, 2)
    with pytest.raises(ValueError, match=f"table {k.KEYS} of the kernel has 2 columns, not 3"):
        memory.write({k.KEYS: np.zeros((3, 3), np.int64)})


@pytest.mark.parametrize("constant", ["SEIZE", "CANCELLED", "RESTART", "FAILURE", "KINDS", "MEASURES", "BOX"])
def test_a_kernel_that_counts_otherwise_than_programs_is_not_imported(
    monkeypatch: pytest.MonkeyPatch, constant: str
) -> None:
    layout._check_constants()
    monkeypatch.setattr(k, constant, getattr(k, constant) + 1)
    with pytest.raises(ImportError, match="counts operations, states or measures otherwise"):
        layout._check_constants()
