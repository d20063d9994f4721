"""Port 8080 of the droplet's private address: whose container a new connection is led to. Those that are open stay where they are.

Closed, it refuses: whoever asks goes to another droplet at once.
"""

import os
import subprocess
from pathlib import Path

STATE = Path("/run/scale-up/app-door")

# The chains and their first rule are there when the door is closed, too: where nothing asks for the state of connections the kernel
# keeps no account of them, and open ones would lead nowhere.
RULES = """\
table ip app
delete table ip app
table ip app {{
  chain incoming {{
    type nat hook prerouting priority -100
    ct state established accept
    {rule}
  }}
  chain own {{
    type nat hook output priority -100
    ct state established accept
    {rule}
  }}
}}
"""


def leads_to(slot):
    return STATE.exists() and STATE.read_text() == slot.number


def lead_to(slot):
    """In one step: no connection meets a port that leads nowhere."""
    nft(f"ip daddr {os.environ['PRIVATE_IP']} tcp dport 8080 dnat to {slot.address}")
    STATE.write_text(slot.number)


def close():
    nft("")
    STATE.unlink(missing_ok=True)


def nft(rule):
    subprocess.run(["nft", "--file", "-"], input=RULES.format(rule=rule), text=True, check=True)
