from checks import KEY, TOKEN, URL, attempt, equal, until
from pydo import Client
from pydo.exceptions import HttpResponseError  # noqa: F401  what callers catch

client = Client(token=TOKEN, endpoint=URL)
equal("account", client.account.get()["account"]["status"], "active")
key = client.ssh_keys.create({"name": "k", "public_key": KEY})["ssh_key"]
body = {
    "name": "web-1", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64",
    "ssh_keys": [key["id"], key["fingerprint"]], "backups": False, "ipv6": True, "monitoring": True,
    "tags": ["env:prod", "web"], "user_data": "#cloud-config\n",
}
droplet = client.droplets.create(body)["droplet"]
until("the droplet is active", lambda: client.droplets.get(droplet["id"])["droplet"]["status"] == "active")
equal("droplets by tag", client.droplets.list(tag_name="web")["meta"]["total"], 1)
action = client.droplet_actions.post(droplet["id"], {"type": "snapshot", "name": "s"})["action"]
until("the snapshot is done", lambda: client.actions.get(action["id"])["action"]["status"] == "completed")
equal("snapshots", len(client.droplets.list_snapshots(droplet["id"])["snapshots"]), 1)
volume = client.volumes.create({"name": "v", "region": "nyc3", "size_gigabytes": 10, "filesystem_type": "ext4"})["volume"]
attach = client.volume_actions.post_by_id(volume["id"], {"type": "attach", "droplet_id": droplet["id"], "tags": ["t"]})
until("the volume is there", lambda: client.volumes.get(volume["id"])["volume"]["droplet_ids"] == [droplet["id"]])
equal("tags of an attach", client.volumes.get(volume["id"])["volume"]["tags"], ["t"])
ip = client.reserved_ips.create({"region": "nyc3"})["reserved_ip"]["ip"]
client.reserved_ips_actions.post(ip, {"type": "assign", "droplet_id": droplet["id"]})
until("the address is assigned", lambda: client.reserved_ips.get(ip)["reserved_ip"]["droplet"] is not None)
rule = {"protocol": "tcp", "ports": "80", "sources": {"addresses": ["0.0.0.0/0", "::/0"]}}
firewall = client.firewalls.create({"name": "fw", "inbound_rules": [rule], "tags": ["web"]})["firewall"]
equal("rules", firewall["inbound_rules"][0]["ports"], "80")
client.domains.create({"name": "example.test"})
record = client.domains.create_record("example.test", {"type": "A", "name": "www", "data": "192.0.2.1"})["domain_record"]
equal("a record's TTL", record["ttl"], 1800)
client.domains.update_record("example.test", record["id"], {"type": "A", "data": "192.0.2.2"})
project = client.projects.create({"name": "p", "purpose": "Service or API"})["project"]
assigned = client.projects.assign_resources(project["id"], {"resources": [f"do:droplet:{droplet['id']}"]})
equal("assigned", assigned["resources"][0]["status"], "assigned")
vpc = client.vpcs.create({"name": "net", "region": "nyc3"})["vpc"]
equal("a VPC has no members", client.vpcs.list_members(vpc["id"])["members"], [])
check = client.uptime.create_check(
    {"name": "c", "type": "https", "target": "https://example.test", "regions": ["us_east"], "method": "GET"})["check"]
attempt("uptime state", lambda: client.uptime.get_check_state(check["id"]))
policy = client.monitoring.create_alert_policy({
    "type": "v1/insights/droplet/cpu", "description": "d", "compare": "GreaterThan", "value": 80, "window": "5m",
    "entities": [str(droplet["id"])], "tags": [], "alerts": {"email": ["a@example.test"], "slack": []}, "enabled": True,
})["policy"]
client.monitoring.delete_alert_policy(policy["uuid"])
until("all pages", lambda: len(client.sizes.list(per_page=200)["sizes"]) > 50)
missing = client.droplets.get(1)  # pydo answers a 404 with its body
equal("404", missing["id"], "not_found")
client.droplets.destroy(droplet["id"])
until("the droplet is gone", lambda: client.droplets.get(droplet["id"]).get("id") == "not_found")
until("the volume is free", lambda: client.volumes.get(volume["id"])["volume"]["droplet_ids"] == [])
client.volumes.delete(volume["id"])
client.domains.delete("example.test")
