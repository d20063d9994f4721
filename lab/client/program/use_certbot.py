import digitalocean
from certbot_dns_digitalocean._internal.dns_digitalocean import _DigitalOceanClient
from checks import TOKEN, attempt, equal

digitalocean.Domain(token=TOKEN, name="example.test").create()
client = _DigitalOceanClient(TOKEN)
name = "_acme-challenge.www.example.test"
records = lambda: [  # noqa: E731
    (record.name, record.data) for record in digitalocean.Domain(token=TOKEN, name="example.test").get_records()
    if record.type == "TXT"]
attempt("add_txt_record", lambda: client.add_txt_record("www.example.test", name, "one", 30))
attempt("add_txt_record", lambda: client.add_txt_record("www.example.test", name, "two", 30))
equal("records", records(), [("_acme-challenge.www", "one"), ("_acme-challenge.www", "two")])
attempt("del_txt_record", lambda: client.del_txt_record("www.example.test", name, "one"))
equal("records", records(), [("_acme-challenge.www", "two")])
