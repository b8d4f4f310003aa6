"""Executes docs/python.ipynb again and renews the tables of docs/python.md.

python docs/make_notebook.py      (needs `pip install -e '.[docs]'`; `make notebook`)

The notebook is written without what differs from machine to machine: times, versions, paths. It must not say anything
on stderr.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

from corridor_sim.api.columns import columns_page
from corridor_sim.report.page import with_results
from corridor_sim.study.pages import read_page, write_page

DOCS = Path(__file__).parent
NOTEBOOK, PAGE = DOCS / "python.ipynb", DOCS / "python.md"
FORMAT = 4
LONGEST_SECONDS = 900
LANGUAGE = {"name": "python"}
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def main() -> None:
    """Write both."""
    book = nbformat.read(NOTEBOOK, FORMAT)
    where = {"metadata": {"path": str(DOCS)}}
    NotebookClient(book, timeout=LONGEST_SECONDS, record_timing=False, resources=where).execute()
    book.metadata = nbformat.NotebookNode(kernelspec=KERNEL, language_info=LANGUAGE)
    for number, cell in enumerate(book.cells, 1):
        cell.id = f"cell-{number}"
        said = [out.text for out in cell.get("outputs", ()) if out.get("name") == "stderr"]
        if said:
            raise SystemExit(f"cell {number} says on stderr: {''.join(said)}")
    nbformat.validate(book)
    text = nbformat.writes(book, FORMAT)
    if str(DOCS.parent.absolute()) in text:
        raise SystemExit("the notebook shows a path of this machine")
    write_page(NOTEBOOK, f"{text.rstrip()}\n")
    write_page(PAGE, with_results(read_page(PAGE), columns_page(), str(PAGE)))


if __name__ == "__main__":
    main()
