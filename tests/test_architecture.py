"""The two gates of the house: imports go one way without cycles, and `__all__` is true."""

from __future__ import annotations

import ast
import graphlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("geo", "layers", "webmap", "api")
MODULES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
NAMES = {
    path: ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in MODULES
}
KNOWN = set(NAMES.values())


def imports_of(path: Path, *, typing_too: bool = True) -> set[str]:
    """Modules of the house that a file imports, anywhere in it."""
    tree = ast.parse(path.read_text("utf-8"))
    if not typing_too:
        tree = _WithoutTypeChecking().visit(tree)
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in KNOWN else str(node.module))
    return found & KNOWN


class _WithoutTypeChecking(ast.NodeTransformer):
    def visit_If(self, node: ast.If) -> ast.AST | None:
        named = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return None if named else self.generic_visit(node)


def public_names(path: Path) -> list[str] | None:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return ast.literal_eval(node.value)
    return None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: NAMES[path])
def test_imports_go_down_only(path):
    floor = FLOORS.index(NAMES[path].split(".")[0])
    above = [name for name in imports_of(path) if FLOORS.index(name.split(".")[0]) > floor]
    assert not above, f"{NAMES[path]} imports from a floor above: {above}"


def test_no_two_modules_import_each_other_in_a_circle():
    graph = {NAMES[path]: imports_of(path, typing_too=False) - {NAMES[path]} for path in MODULES}
    list(graphlib.TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: NAMES[path])
def test_no_private_name_crosses_a_module(path):
    tree = ast.parse(path.read_text("utf-8"))
    crossing = [
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if alias.name.startswith("_")
        and alias.name != "__version__"
        and node.module.split(".")[0] in FLOORS
    ]
    assert not crossing


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.name != "__init__.py"], ids=lambda path: NAMES[path]
)
def test_all_names_exactly_what_is_public(path):
    names = public_names(path)
    assert names is not None, f"{NAMES[path]} has no __all__"
    assert len(names) == len(set(names))
    tree = ast.parse(path.read_text("utf-8"))
    defined = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
    }
    missing = defined - set(names)
    assert not missing, f"public but not in __all__: {missing}"
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} | defined
    bound |= {
        alias.asname or alias.name
        for n in ast.walk(tree)
        if isinstance(n, ast.ImportFrom)
        for alias in n.names
    }
    assert set(names) <= bound, f"in __all__ but not there: {set(names) - bound}"


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_itself_imports_nothing(floor):
    tree = ast.parse((ROOT / floor / "__init__.py").read_text("utf-8"))
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]


def test_only_settings_reads_the_environment():
    readers = [
        NAMES[path]
        for path in MODULES
        if re.search(r"\bos\.(environ|getenv)\b", path.read_text("utf-8"))
    ]
    assert set(readers) <= {"api.settings"}


def test_help_starts_without_the_heavy_libraries():
    code = (
        "import sys\n"
        "from api.cli import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'numpy', 'pandas', 'numba', 'fastapi', 'folium', 'pydantic', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_no_registry_or_machine_is_named_in_a_tracked_file():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    if not files:
        pytest.skip("not a git checkout")
    hosts = re.compile(r"pypi\.org|pythonhosted|registry\.npm|deb\.debian|/simple/")
    named = [
        path.name
        for path in files
        if path.suffix not in {".png", ".pdf"}
        and path != Path(__file__)
        and path.exists()
        and hosts.search(path.read_text("utf-8", errors="replace"))
    ]
    assert not named
