"""The program under test, as a module (its file has no suffix)."""

import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

PATH = Path(__file__).parents[2] / "cloud-init/load-balancer/usr/local/sbin/scale-up"


def load(source: str | None = None) -> ModuleType:
    """The program as a module of its own, from its file or from other source text."""
    loader = SourceFileLoader("scale_up", str(PATH))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("scale_up", loader))
    sys.modules["scale_up"] = module  # dataclasses look their module up
    code = compile(source or PATH.read_text(), str(PATH), "exec")
    exec(code, module.__dict__)
    return module
