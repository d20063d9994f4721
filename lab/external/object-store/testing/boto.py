"""What a program with Amazon's own library sees of the object store: prints it as JSON. Asked with the environment's key."""

import json
import os
import sys
import threading
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = "https://ams3.digitaloceanspaces.com"


def client(style="path", **more):
    return boto3.client("s3", endpoint_url=ENDPOINT, region_name="us-east-1", config=Config(signature_version="s3v4", s3={"addressing_style": style}, retries={"max_attempts": 0}), **more)


def code(call, **arguments):
    try:
        call(**arguments)
        return "ok"
    except ClientError as error:
        return f"{error.response['ResponseMetadata']['HTTPStatusCode']} {error.response['Error']['Code']}"


def writers():
    s3 = client()
    here = {"Bucket": "backups"}
    seen = {
        "put": code(s3.put_object, **here, Key="a", Body=b"one"),
        "put again": code(s3.put_object, **here, Key="a", Body=b"two"),
        "put if there is none": code(s3.put_object, **here, Key="a", Body=b"three", IfNoneMatch="*"),
        "other bucket": code(s3.put_object, Bucket="other", Key="a", Body=b"one"),
        "read the other": code(s3.list_objects_v2, Bucket="other"),
        "new bucket": code(s3.create_bucket, Bucket="third"),
        "versioning": code(s3.put_bucket_versioning, **here, VersioningConfiguration={"Status": "Suspended"}),
        "wrong secret": code(client(aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key="wrong").list_objects_v2, **here),
        "by name of the bucket": client("virtual").get_object(**here, Key="a")["Body"].read().decode(),
    }
    versions = s3.list_object_versions(**here, Prefix="a")["Versions"]
    seen["versions"] = [s3.get_object(**here, Key="a", VersionId=one["VersionId"])["Body"].read().decode() for one in versions]
    s3.delete_object(**here, Key="a")
    seen["deleted"] = code(s3.get_object, **here, Key="a")
    name = "with space/ä+%2F=&"
    s3.put_object(**here, Key=name, Body=b"x" * 6_000_000)
    seen["names"] = [one["Key"] for one in s3.list_objects_v2(**here, Prefix="with")["Contents"]]
    url = s3.generate_presigned_url("get_object", Params={**here, "Key": name}, ExpiresIn=60)
    seen["presigned"] = len(urllib.request.urlopen(url).read())
    part = {**here, "Key": "parts", "UploadId": s3.create_multipart_upload(**here, Key="parts")["UploadId"]}
    tags = [s3.upload_part(**part, PartNumber=n, Body=bytes([n]) * 5_300_000)["ETag"] for n in (1, 2)]
    s3.complete_multipart_upload(**part, MultipartUpload={"Parts": [{"PartNumber": n, "ETag": tag} for n, tag in enumerate(tags, 1)]})
    seen["parts"] = s3.head_object(**here, Key="parts")["ContentLength"]
    seen["range"] = s3.get_object(**here, Key="parts", Range="bytes=5299999-5300000")["Body"].read().hex()
    seen["races won"] = [race(s3, f"race-{n}") for n in range(10)]
    return seen


def race(s3, key):
    """How many of eight at once made an object that was not there."""
    won = []
    threads = [threading.Thread(target=lambda n=n: won.append(code(s3.put_object, Bucket="backups", Key=key, Body=bytes([n]), IfNoneMatch="*"))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won.count("ok")


def readers():
    s3 = client()
    here = {"Bucket": "backups"}
    return {
        "list": code(s3.list_objects_v2, **here),
        "get": code(s3.get_object, **here, Key="parts"),
        "put": code(s3.put_object, **here, Key="b", Body=b"one"),
        "delete": code(s3.delete_object, **here, Key="parts"),
        "delete many": code(s3.delete_objects, **here, Delete={"Objects": [{"Key": "parts"}]}),
        "all buckets": code(s3.list_buckets),
    }


def write():
    return {"put": code(client().put_object, Bucket="backups", Key="c", Body=b"one")}


def one():
    return {"get": code(client().get_object, Bucket="backups", Key="parts")}


print(json.dumps({"writers": writers, "readers": readers, "one": one, "write": write}[sys.argv[1]]()))
