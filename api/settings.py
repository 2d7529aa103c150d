"""The only reader of the environment: settings named `XYGEO_*`."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["Settings"]


class Settings(BaseSettings):
    """What an installation decides once.

    Attributes
    ----------
    data
        Folder of the store, outputs and logs (`XYGEO_DATA`).
    publisher
        编制单位 on sheets, maps and tables (`XYGEO_PUBLISHER`).
    tz
        Time zone in which an instant is a business day (`XYGEO_TZ`).
    public_url
        Scheme and host that links show behind a proxy; "" = as asked for (`XYGEO_PUBLIC_URL`).
    min_free_mb
        Writes stop below this much free disk; 0 = never (`XYGEO_MIN_FREE_MB`).
    """

    model_config = SettingsConfigDict(env_prefix="XYGEO_", env_ignore_empty=True, frozen=True)

    data: Path = Path("xygeo-data")
    publisher: str = ""
    tz: str = "Asia/Shanghai"
    public_url: str = ""
    min_free_mb: int = Field(64, ge=0)

    @field_validator("tz")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except ZoneInfoNotFoundError as error:
            raise ValueError(name) from error

    @property
    def store_url(self) -> str:
        """URL of the county's store."""
        return f"gpkg:{self.data / 'county.gpkg'}"
