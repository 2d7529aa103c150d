"""Settings come from the environment, and a wrong one is named."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from api.settings import Settings


def test_an_empty_environment_is_the_default(monkeypatch):
    monkeypatch.setenv("XYGEO_ALLOWED_HOSTS", "")
    settings = Settings()
    assert settings.allowed_hosts == ()
    assert (settings.writes_per_minute, settings.reads_per_minute) == (120, 600)


def test_lists_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("XYGEO_ALLOWED_HOSTS", "map.example.cn, localhost,")
    monkeypatch.setenv("XYGEO_TRUSTED_PROXIES", "127.0.0.1,10.1.2.3/8")
    settings = Settings()
    assert settings.allowed_hosts == ("map.example.cn", "localhost")
    assert settings.trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "nginx"),
        ("PUBLIC_URL", "map.example.cn"),
        ("PUBLIC_URL", "https://map.example.cn/county"),
        ("PUBLIC_URL", "ftp://map.example.cn"),
        ("READS_PER_MINUTE", "-1"),
        ("INSECURE_HTTP", "maybe"),
        ("TZ", "Mars/Olympus"),
        ("STORE", "mysql://db.example/county"),
    ],
)
def test_a_wrong_value_is_refused(monkeypatch, name, value):
    monkeypatch.setenv(f"XYGEO_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_links_need_no_trailing_slash(monkeypatch):
    monkeypatch.setenv("XYGEO_PUBLIC_URL", "https://map.example.cn/")
    assert Settings().public_url == "https://map.example.cn"


def test_a_worker_gets_the_very_settings_of_its_parent(monkeypatch):
    monkeypatch.setenv("XYGEO_PUBLISHER", "襄垣县民政局")
    monkeypatch.setenv("XYGEO_ALLOWED_HOSTS", "a,b")
    settings = Settings()
    assert Settings.model_validate_json(settings.model_dump_json()) == settings


def test_the_store_is_the_file_in_the_folder_unless_a_server_is_named(monkeypatch):
    assert Settings(data="d").store_url == "gpkg:d/county.gpkg"
    address = "postgresql://li:s3cr3t@db.example/county"
    monkeypatch.setenv("XYGEO_STORE", address)
    assert Settings(data="d").store_url == address
    assert "s3cr3t" not in repr(Settings())


def test_a_refused_setting_does_not_show_its_value(monkeypatch):
    monkeypatch.setenv("XYGEO_STORE", "pg://li:s3cr3t@db.example/county")
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert "s3cr3t" not in str(caught.value)
