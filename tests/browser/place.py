"""Where the page and its buckets are: from the environment, which whoever starts the server fills."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parent.parent.parent
IMAGES = ROOT / "tests" / "images"
SCREENSHOTS = ROOT / "target" / "screenshots"


@dataclass(frozen=True)
class Place:
    """A page, and the buckets behind it."""

    url: str
    store: str
    source_bucket: str
    destination_bucket: str

    @classmethod
    def from_environment(cls) -> "Place":
        return cls(
            url=os.environ["SANDPRESS_URL"],
            store=os.environ["AWS_ENDPOINT_URL"],
            source_bucket=os.environ["SANDPRESS_SOURCE_BUCKET"],
            destination_bucket=os.environ["SANDPRESS_DESTINATION_BUCKET"],
        )

    @property
    def origin(self) -> str:
        """The page's."""
        return origin(self.url)

    @property
    def store_origin(self) -> str:
        """The buckets'."""
        return origin(self.store)

    @cached_property
    def s3(self) -> Any:
        """A client of the store."""
        return boto3.client("s3", endpoint_url=self.store, config=Config(proxies={}))

    def sources(self, upload: str) -> dict[str, bytes]:
        """What arrived of an upload, by key."""
        return self._objects(self.source_bucket, upload)

    def renditions(self, upload: str) -> dict[str, bytes]:
        """What became of an upload, by key."""
        return self._objects(self.destination_bucket, upload)

    def parts_under_way(self, upload: str) -> list[str]:
        """Uploads in parts that were begun and neither completed nor cancelled."""
        under_way = self.s3.list_multipart_uploads(Bucket=self.source_bucket).get("Uploads", [])
        return [one["Key"] for one in under_way if upload in one["Key"]]

    def _objects(self, bucket: str, upload: str) -> dict[str, bytes]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"uploads/{upload}/")
        keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
        return {key: self.s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
