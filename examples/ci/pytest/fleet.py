def scale(client, tag, count):
    """Sees to it that there are so many droplets with a tag: creates those that are missing."""
    existing = client.droplets.list(tag_name=tag, per_page=200)["droplets"]
    for n in range(len(existing) + 1, count + 1):
        body = {"name": f"{tag}-{n}", "region": "fra1", "size": "s-1vcpu-1gb", "image": "debian-13-x64", "tags": [tag]}
        answer = client.droplets.create(body)
        if "droplet" not in answer:
            raise RuntimeError(answer["message"])
