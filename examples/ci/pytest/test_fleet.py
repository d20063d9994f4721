import json
import os
from urllib.request import Request, urlopen

import pytest
from azure.core.pipeline.policies import HeadersPolicy
from fleet import scale
from pydo import Client

URL = os.environ["DIGITALOCEAN_API_URL"]
AUTHORIZATION = {"Authorization": f"Bearer {os.environ['DIGITALOCEAN_TOKEN']}"}


def lab(method, path, body=None):
    """A call that DigitalOcean does not have."""
    headers = AUTHORIZATION | {"Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    urlopen(Request(f"{URL}/_lab/{path}", data, headers, method=method)).close()


@pytest.fixture
def client():
    lab("DELETE", "account")
    lab("DELETE", "faults")
    # pydo sends a token over HTTPS only, unless it is given as a header.
    return Client("", endpoint=URL, authentication_policy=HeadersPolicy(AUTHORIZATION))


def names(client):
    return [droplet["name"] for droplet in client.droplets.list(tag_name="web")["droplets"]]


def test_what_is_missing_is_created(client):
    scale(client, "web", 1)
    scale(client, "web", 3)
    assert names(client) == ["web-1", "web-2", "web-3"]


def test_a_refusal_is_passed_on(client):
    lab("POST", "faults", {"call": "POST /v2/droplets", "kind": "422", "message": "Sold out.", "times": 1})
    with pytest.raises(Exception, match="Sold out"):
        scale(client, "web", 1)
    assert names(client) == []
