"""Runs the program with some of its constants replaced: python3 run.py '{"SOCKET": "/tmp/control"}' serve"""

import json
import sys

from program import load

program = load()
for name, value in json.loads(sys.argv.pop(1)).items():
    setattr(program, name, type(getattr(program, name))(value))
sys.exit(program.main())
