import json
import urllib.request

from checks import TOKEN, URL, attempt, equal
from lexicon._private.providers import digitalocean
from lexicon.client import Client
from lexicon.config import ConfigResolver

begin = digitalocean.Provider.__init__


def elsewhere(self, config):
    begin(self, config)
    self.api_endpoint = f"{URL}/v2"


digitalocean.Provider.__init__ = elsewhere
headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
urllib.request.urlopen(urllib.request.Request(
    f"{URL}/v2/domains", data=json.dumps({"name": "example.com"}).encode(), headers=headers))
config = ConfigResolver().with_dict({
    "provider_name": "digitalocean", "domain": "example.com", "digitalocean": {"auth_token": TOKEN}})
with Client(config) as client:
    equal("create", attempt("create", lambda: client.create_record("TXT", "_acme-challenge.example.com", "token")), True)
    attempt("the same again", lambda: client.create_record("TXT", "_acme-challenge.example.com", "token"))
    attempt("MX", lambda: client.create_record("CNAME", "docs", "docs.example.com"))
    equal("list", len(client.list_records("TXT", "_acme-challenge.example.com")), 1)
    record = client.list_records("TXT")[0]["id"]
    equal("update", client.update_record(record, "TXT", "_acme-challenge.example.com", "other"), True)
    equal("content", [one["content"] for one in client.list_records("TXT")], ["other"])
    equal("delete", client.delete_record(None, "TXT", "_acme-challenge.example.com"), True)
    equal("list", client.list_records("TXT"), [])
