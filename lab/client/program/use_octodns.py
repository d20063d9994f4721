import logging
import tempfile
from pathlib import Path

import octodns_digitalocean
from checks import TOKEN, URL, equal
from octodns.manager import Manager

octodns_digitalocean.DigitalOceanClient.BASE = f"{URL}/v2"
logging.disable(logging.WARNING)
# Without CAA: DigitalOcean takes its value with a final dot only and answers it without, which octodns always changes back.
ZONE = """
'':
  - {type: A, ttl: 300, value: 192.0.2.1}
  - {type: MX, ttl: 300, values: [{preference: 10, exchange: mail.example.test.}, {preference: 20, exchange: example.test.}]}
  - {type: TXT, ttl: 300, value: 'v=spf1 include:_spf.example.com -all'}
www: {type: CNAME, ttl: 300, value: example.test.}
_sip._tcp: {type: SRV, ttl: 300, value: {priority: 10, weight: 20, port: 5060, target: sip.example.test.}}
six: {type: AAAA, ttl: 300, value: '2001:db8::1'}
sub: {type: NS, ttl: 300, values: [ns1.example.org., ns2.example.org.]}
"""


def sync(folder, doit=True):
    return Manager(str(folder / "config.yaml")).sync(dry_run=not doit, force=True)


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    (folder / "zones").mkdir()
    zone = folder / "zones" / "example.test.yaml"
    zone.write_text(ZONE)
    (folder / "config.yaml").write_text(f"""
providers:
  config: {{class: octodns.provider.yaml.YamlProvider, directory: {folder}/zones, enforce_order: false}}
  digitalocean: {{class: octodns_digitalocean.DigitalOceanProvider, token: {TOKEN}}}
zones:
  example.test.: {{sources: [config], targets: [digitalocean]}}
""")
    equal("changes of the first sync", sync(folder) > 0, True)
    equal("changes of the second plan", sync(folder, doit=False), 0)
    zone.write_text(ZONE.replace("192.0.2.1", "192.0.2.2"))
    equal("changes of a changed address", sync(folder), 1)
    equal("changes of the last plan", sync(folder, doit=False), 0)
