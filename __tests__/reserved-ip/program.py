"""The program under test, a package of modules, as if it were one module."""

import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

LIBRARY = Path(__file__).parents[2] / "cloud-init/load-balancer/usr/local/lib/scale-up"
PACKAGE = "reserved_ip"
COMMAND = [sys.executable, "-B", "-m", PACKAGE]  # in LIBRARY


class Program:
    """A name is that of any module that has it. Replacing it replaces it in every module that has it, imported or its own."""

    def __init__(self, modules: list[ModuleType]) -> None:
        vars(self)["modules"] = modules

    def __getattr__(self, name: str):
        for module in self.modules:
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(f"no module of the program has {name}")

    def __setattr__(self, name: str, value) -> None:
        getattr(self, name)
        for module in self.modules:
            if hasattr(module, name):
                setattr(module, name, value)


def load(library: Path = LIBRARY) -> Program:
    """The program with modules of its own, whatever was loaded before."""
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    sys.path.insert(0, str(library))
    try:
        names = sorted(path.stem for path in (library / PACKAGE).glob("*.py") if path.stem != "__init__")
        return Program([importlib.import_module(f"{PACKAGE}.{name}") for name in names])
    finally:
        sys.path.remove(str(library))


@contextmanager
def changed(old: str, new: str) -> Iterator[Path]:
    """A copy of the program, for `load`, with a text replaced that occurs once in it."""
    texts = {path: path.read_text() for path in (LIBRARY / PACKAGE).glob("*.py")}
    occurrences = sum(text.count(old) for text in texts.values())
    if occurrences != 1:
        raise ValueError(f"{old!r} must occur once in the program, it occurs {occurrences} times")
    folder = Path(tempfile.mkdtemp(prefix=f"reserved-ip-{os.getpid()}-"))
    try:
        (folder / PACKAGE).mkdir()
        for path, text in texts.items():
            (folder / PACKAGE / path.name).write_text(text.replace(old, new))
        yield folder
    finally:
        shutil.rmtree(folder)
