"""What SECURITY.md promises of the code, as far as a machine can read it there: nothing runs what a file says.

A list of what is refused cannot be whole, so where it can be a list of what is allowed, it is one: the modules of
Python that are imported at all, and what is used of PyYAML.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "corridor_sim"
SOURCES = sorted(PACKAGE.rglob("*.py"))
SCRIPTS = sorted((PACKAGE / "report" / "html").glob("*.js"))
TEMPLATES = sorted(PACKAGE.rglob("*.html"))

RISKY = {
    "pickle": {"study/workers.py", "study/points.py", "study/doubt.py", "study/doubt_points.py"},
    "socket": {"study/store.py", "study/aside.py"},
    "ctypes": {"study/aside.py"},
    "tempfile": {"study/aside.py", "study/bundle.py", "report/doctor.py"},
    "shutil": {"study/aside.py"},
    "webbrowser": {"cli/report.py"},
    "urllib": {"report/links.py"},
    "importlib": None,
    "multiprocessing": {"study/executors.py"},
    "xml": None,
}
"""Modules that could do harm, and where they are used; None: anywhere, other tests look at how.

pickle carries tasks to this program's own workers; of socket only the host's name is asked, for a lock; ctypes
exchanges two folders at once; of urllib an address is taken apart, and nothing fetched.
"""
PARTS = {
    "pickle": {"dumps", "loads"},
    "socket": {"gethostname"},
    "urllib": {"urlsplit"},
    "tempfile": {"TemporaryDirectory", "mkdtemp"},
    "shutil": {"rmtree"},
}
"""Of some of them, all that is used."""
HARMLESS = {
    *("__future__", "abc", "ast", "bisect", "calendar", "collections", "concurrent", "contextlib", "copy", "csv"),
    *("dataclasses", "datetime", "decimal", "enum", "errno", "fcntl", "fractions", "functools", "gc"),
    *("hashlib", "heapq", "html", "inspect", "io", "itertools", "json", "logging", "math", "operator", "os"),
    *("pathlib", "platform", "re", "shlex", "signal", "stat", "statistics", "string", "sys", "textwrap", "threading"),
    *("time", "traceback", "types", "typing", "unicodedata", "warnings", "zlib", "zoneinfo"),
}
DEPENDENCIES = {
    *(
        "simpy",
        "numpy",
        "pandas",
        "matplotlib",
        "pydantic",
        "pydantic_core",
        "scipy",
        "pyarrow",
        "yaml",
        "holidays",
        "typer",
        "rich",
    ),
    *("numba", "duckdb", "sklearn", "threadpoolctl", "SALib", "xlsxwriter", "jinja2", "markupsafe", "vl_convert"),
    *("rapidfuzz", "distributed", "pytest", "corridor_sim"),
}
BUILTINS = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
OF_OS = re.compile(r"system|popen|startfile|fork\w*|exec\w*|spawn\w*|posix_spawn\w*|putenv")
OF_YAML = {"Event", "YAMLError", "SafeLoader", "SafeDumper", "CSafeLoader", "CSafeDumper", "parse", "load", "dump"}
OF_ANYTHING = {
    "read_pickle",
    "to_pickle",
    "allow_pickle",
    "unsafe_load",
    "unpack_archive",
    "extractall",
    "mktemp",
    "shell",
}
"""Names of attributes and arguments that are used of nothing."""
CODE_OF_PAGES = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setTimeout\(\s*[\"'`]"
    r"|\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|\bimport\(|window\.open"
)


def found_in(text: str, place: str = "study/some.py") -> Iterator[str]:
    """Yield what a module of the package may not do."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                for one in names:
                    yield from _imported(one.name, None, place)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                for one in names:
                    yield from _imported(module, one.name, place)
            case ast.Call(func=ast.Name(id=name)) if name in BUILTINS:
                yield f"calls {name}"
            case ast.Call(func=ast.Name(id="import_module"), args=[name, *_]) if not _is_ours(name):
                yield f"imports what a value names: {ast.unparse(name)}"
            case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id="yaml"), name, *_]):
                if not (isinstance(name, ast.Constant) and name.value in OF_YAML):
                    yield f"uses {ast.unparse(name)} of yaml"
            case ast.Attribute(value=ast.Name(id="os"), attr=name) if OF_OS.fullmatch(name):
                yield f"uses os.{name}"
            case ast.Attribute(value=ast.Name(id="yaml"), attr=name) if name not in OF_YAML and "Event" not in name:
                yield f"uses yaml.{name}"
            case ast.Attribute(value=ast.Name(id=module), attr=name) if name not in PARTS.get(module, {name}):
                yield f"uses {module}.{name}"
            case ast.Attribute(attr=name) | ast.keyword(arg=str(name)) if name in OF_ANYTHING:
                yield f"uses {name}"


def _imported(module: str, name: str | None, place: str) -> Iterator[str]:
    top = module.partition(".")[0]
    if top in RISKY:
        allowed = RISKY[top]
        if allowed is not None and place not in allowed:
            yield f"imports {module}"
        elif name is not None and name not in PARTS.get(top, {name}):
            yield f"imports {name} of {module}"
    elif top not in HARMLESS | DEPENDENCIES:
        yield f"imports {module}"
    elif module == "os" and name is not None and OF_OS.fullmatch(name):
        yield f"imports {name} of os"
    elif module == "yaml" and name is not None:
        yield f"imports {name} of yaml"


def _is_ours(name: ast.expr) -> bool:
    """Whether what import_module gets is written down, or below a package that is."""
    match name:
        case ast.Constant(value=str()):
            return True
        case ast.JoinedStr(values=[ast.Constant(value=str(begin)), *_]):
            return begin.partition(".")[0] in DEPENDENCIES and "." in begin
        case ast.JoinedStr(values=[ast.FormattedValue(value=ast.Name(id="__name__")), ast.Constant(value="."), *_]):
            return True
    return False


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_can_run_what_a_file_says(path: Path) -> None:
    found = list(found_in(path.read_text(encoding="utf-8"), path.relative_to(PACKAGE).as_posix()))
    assert found == [], f"{path.relative_to(ROOT)}: {found}"


@pytest.mark.parametrize(
    "text",
    [
        *("import subprocess", "import pickle", "from pickle import loads", "import marshal, json", "import dill"),
        *("import requests", "from urllib.request import urlopen", "import http.client", "import zipfile"),
        *("from os import system", "from yaml import unsafe_load", "import cloudpickle", "import joblib"),
        *("eval(text)", "exec(text)", "compile(text, '', 'exec')", "__import__(name)", "import_module(name)"),
        *("import_module(f'{name}.x')", "import_module(f'corridor_sim{name}')", "os.system(text)", "os.execvp(a, b)"),
        *("yaml.load(text, Loader=yaml.Loader)", "yaml.full_load(text)", "getattr(yaml, 'UnsafeLoader')"),
        *("getattr(yaml, name)", "run(words, shell=True)", "np.load(path, allow_pickle=True)", "pd.read_pickle(path)"),
        *("tempfile.mktemp()", "archive.extractall(path)", "socket.create_connection(place)", "shutil.move(a, b)"),
    ],
)
def test_each_of_these_would_be_found(text: str) -> None:
    assert list(found_in(text)) != []


@pytest.mark.parametrize("text", ["from pickle import Unpickler", "from urllib.request import urlopen"])
def test_where_a_module_is_allowed_not_all_of_it_is(text: str) -> None:
    assert [list(found_in(text, place)) for place in ("study/points.py", "report/links.py")] != [[], []]
    assert all(list(found_in(text, place)) for place in ("study/points.py", "report/links.py"))


def test_pickles_come_only_from_this_programs_own_pipe() -> None:
    """What is unpickled is an argument named `packed` of a private function, which tasks bring."""
    for name in RISKY["pickle"] or ():
        tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            loads = [
                node
                for node in ast.walk(function)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "loads"
            ]
            for call in loads:
                assert function.name.startswith("_"), name
                assert (
                    [ast.unparse(part) for part in call.args] == ["packed"] == [arg.arg for arg in function.args.args]
                )


def test_pages_put_no_text_into_code_and_fetch_nothing() -> None:
    assert SCRIPTS and TEMPLATES
    for path in (*SCRIPTS, *TEMPLATES):
        assert CODE_OF_PAGES.search(path.read_text(encoding="utf-8")) is None, path.name
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert "default-src 'none'" in text
        assert not re.search(r"\|\s*safe\b|autoescape|(src|href)\s*=\s*[\"']?(https?:)?//", text), path.name


def test_what_is_taken_for_markup_is_written_in_the_reports_own_code() -> None:
    """Markup is made of constants, of JSON for a script element, and of the files of the package."""
    made = {"_asset('style.css')", "script", "_json(content)", "texts[language]"}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Markup":
                assert path.parent.name == "html", path
                (given,) = node.args
                assert isinstance(given, ast.Constant) or ast.unparse(given) in made, (
                    f"{path.name}: {ast.unparse(node)}"
                )


def test_every_test_that_the_promises_name_is_there() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)
    assert len(named) > 1
    for path, name in named:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in text, f"{path}::{name}"
