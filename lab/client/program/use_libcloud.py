from urllib.parse import urlparse

from checks import KEY, TOKEN, URL, attempt, equal, until
from libcloud.common.digitalocean import DigitalOcean_v2_Connection
from libcloud.compute.providers import get_driver as compute_driver
from libcloud.compute.types import NodeState
from libcloud.dns.providers import get_driver as dns_driver
from libcloud.dns.types import RecordType

where = urlparse(URL)
begin = DigitalOcean_v2_Connection.__init__


def elsewhere(self, key, *_, **__):
    """The drivers' own constructors take no host."""
    begin(self, key, secure=False, host=where.hostname, port=where.port)


DigitalOcean_v2_Connection.__init__ = elsewhere
driver = compute_driver("digitalocean")(TOKEN)
locations = driver.list_locations()
location = next(one for one in locations if one.id == "nyc3")
size = next(one for one in driver.list_sizes() if one.name == "s-1vcpu-1gb")
attempt("sizes of a location", lambda: driver.list_sizes(location=location))
image = next(one for one in driver.list_images() if one.extra["slug"] == "ubuntu-24-04-x64")
key = driver.create_key_pair("k", KEY)
equal("keys", [one.name for one in driver.list_key_pairs()], ["k"])
node = driver.create_node(
    "web-1", size, image, location, ex_ssh_key_ids=[key.extra["id"]],
    ex_create_attr={"ipv6": True, "tags": ["web"], "monitoring": True})
until("the node runs", lambda: driver.ex_get_node_details(node.id).state == NodeState.RUNNING)
node = driver.ex_get_node_details(node.id)
equal("addresses", [len(node.public_ips) > 0, len(node.private_ips) > 0], [True, True])
attempt("power_on of what is on", lambda: driver.ex_power_on_node(node))
idle = lambda: not driver.connection.request(f"/v2/droplets/{node.id}").object["droplet"]["locked"]  # noqa: E731
until("nothing runs", idle)
attempt("create_image", lambda: driver.create_image(node, "s"))
until("nothing runs", idle)
volume = driver.create_volume(10, "v", location)
attempt("attach_volume", lambda: driver.attach_volume(node, volume))
until("nothing runs", idle)
snapshot = attempt("create_volume_snapshot", lambda: driver.create_volume_snapshot(volume, "vs"))
attempt("list_volume_snapshots", lambda: driver.list_volume_snapshots(volume))
if snapshot:
    equal("size of a fresh snapshot", snapshot.size, 0)
    attempt("delete_volume_snapshot", lambda: driver.delete_volume_snapshot(snapshot))
address = attempt("ex_create_floating_ip", lambda: driver.ex_create_floating_ip(location))
attempt("ex_attach_floating_ip_to_node", lambda: driver.ex_attach_floating_ip_to_node(node, address))
until("the address is there", lambda: driver.ex_get_floating_ip(address.ip_address).node_id == int(node.id))
attempt("ex_detach_floating_ip_from_node", lambda: driver.ex_detach_floating_ip_from_node(node, address))
attempt("ex_rename_node", lambda: driver.ex_rename_node(node, "web-2"))
until("nothing runs", idle)
volumes = driver.list_volumes()
equal("volumes", len(volumes), 1)
attempt("detach_volume", lambda: driver.detach_volume(volumes[0]))
until("nothing runs", idle)
attempt("destroy_volume", lambda: driver.destroy_volume(volumes[0]))
attempt("destroy_node", lambda: driver.destroy_node(node))

dns = dns_driver("digitalocean")(TOKEN)
zone = dns.create_zone("example.test", extra={"ip_address": "192.0.2.1"})
record = attempt("create_record", lambda: dns.create_record("www", zone, RecordType.A, "192.0.2.1"))
attempt("update_record", lambda: dns.update_record(record, data="192.0.2.2"))
attempt("MX", lambda: dns.create_record("", zone, RecordType.MX, "mail.example.test.", extra={"priority": 10}))
equal("records", len(dns.list_records(zone)), 7)
attempt("delete_record", lambda: dns.delete_record(record))
attempt("delete_zone", lambda: dns.delete_zone(zone))
