"""The only reader of the environment: settings named `XYGEO_*`."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

__all__ = ["Settings"]

Words = Annotated[tuple[str, ...], NoDecode]
"""Words separated by commas."""


class Settings(BaseSettings):
    """What an installation decides once.

    Attributes
    ----------
    data
        Folder of the store, outputs and logs (`XYGEO_DATA`).
    store
        The store's address where it is not the file in the folder: ``postgresql://...``
        (`XYGEO_STORE`).
    publisher
        编制单位 on sheets, maps and tables (`XYGEO_PUBLISHER`).
    map_no
        审图号 on sheets and the page (`XYGEO_MAP_NO`).
    tz
        Time zone in which an instant is a business day (`XYGEO_TZ`).
    public_url
        Scheme and host that links show behind a proxy; "" = as asked for (`XYGEO_PUBLIC_URL`).
    allowed_hosts
        Names by which the service may be asked, separated by commas; empty: `xygeo serve` takes
        its own host, localhost and that of `public_url` (`XYGEO_ALLOWED_HOSTS`).
    trusted_proxies
        Addresses or networks whose word about the caller's address is taken
        (`XYGEO_TRUSTED_PROXIES`).
    insecure_http
        Session cookies also over plain http (`XYGEO_INSECURE_HTTP`).
    writes_per_minute, reads_per_minute
        Calls a minute of one account or address, in each worker; 0 = without limit
        (`XYGEO_WRITES_PER_MINUTE`, `XYGEO_READS_PER_MINUTE`).
    min_free_mb
        Writes stop below this much free disk; 0 = never (`XYGEO_MIN_FREE_MB`).
    """

    model_config = SettingsConfigDict(
        env_prefix="XYGEO_", env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

    data: Path = Path("xygeo-data")
    store: str = Field("", repr=False)  # may hold a password
    publisher: str = ""
    map_no: str = ""
    tz: str = "Asia/Shanghai"
    public_url: str = ""
    allowed_hosts: Words = ()
    trusted_proxies: Words = ()
    insecure_http: bool = False
    writes_per_minute: int = Field(120, ge=0)
    reads_per_minute: int = Field(600, ge=0)
    min_free_mb: int = Field(64, ge=0)

    @field_validator("store")
    @classmethod
    def _store_address(cls, url: str) -> str:
        if url and not url.startswith(("gpkg:", "postgresql://", "postgres://")):
            raise ValueError
        return url

    @field_validator("tz")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except ZoneInfoNotFoundError as error:
            raise ValueError(name) from error

    @field_validator("allowed_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ip_network(word, strict=False)) for word in words)

    @field_validator("public_url")
    @classmethod
    def _address(cls, text: str) -> str:
        parts = urlsplit(text)
        if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError(text)
        if parts.query or parts.fragment or parts.path.strip("/"):
            raise ValueError(text)
        return text.rstrip("/")

    @property
    def store_url(self) -> str:
        """URL of the county's store."""
        return self.store or f"gpkg:{self.data / 'county.gpkg'}"
