import json
import os
import subprocess
import sys
from pathlib import Path

here = Path(__file__).parent
env = os.environ | {"ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", "ANSIBLE_LOCALHOST_WARNING": "false", "HOME": str(here)}
command = [Path(sys.executable).parent / "ansible-playbook", "--inventory", "localhost,", "--connection", "local"]
interpreter = ["--extra-vars", f"ansible_python_interpreter={sys.executable}"]
result = subprocess.run([*command, *interpreter, here / "use_ansible.yml"], env=env, capture_output=True, text=True, check=False)
plays = json.loads(result.stdout[result.stdout.index("{"):])["plays"]
for task in [task for play in plays for task in play["tasks"]]:
    outcome = task["hosts"]["localhost"]
    if outcome.get("failed"):
        print(f"differs: {task['task']['name']}: {str(outcome.get('msg'))[:200]}")
sys.exit(0 if len(plays) == 1 else result.stderr)
