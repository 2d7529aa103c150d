"""Photos of markers and findings: looked into, set upright, stripped of everything but the picture.

Where a photo says it was taken is compared with where its marker or finding stands; that and the
digest of the original stay in the case. What is kept, and so what can leave the house, is a new
picture without EXIF, position, thumbnail or comment.
"""

from __future__ import annotations

import hashlib
import io
import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from geo.geodesy import geodesic_lengths_m
from layers.cases.engine import allowed, attach
from layers.cases.record import Case, read_case
from layers.cases.workflows import workflow
from layers.errors import InvalidRecord, NotFound
from layers.findings import Finding

if TYPE_CHECKING:
    from datetime import date

    from layers.files import Files
    from layers.store import Actor, Store

__all__ = ["FAR_M", "MAX_BYTES", "MAX_PIXELS", "Photo", "add_photo"]

MAX_BYTES = 20 * 2**20
"""Bytes of the largest photo that is taken."""

MAX_PIXELS = 50_000_000
"""Pixels of the largest photo that is taken, by its header."""

FAR_M = 100.0
"""From this distance between photo and marker on, a warning says so."""

_FORMATS = {"JPEG": "jpg", "PNG": "png"}
_JPEG_QUALITY = 90
_UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, TypeError)


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo that joined a case.

    Attributes
    ----------
    file
        Name of the clean copy in `layers.files`.
    position
        ``near``, ``far``, ``unplaced`` (marker or finding has no position) or ``none`` (the photo
        says nothing of its position).
    distance_m
        Between both, geodesic; None where one is unknown.
    warning
        One Chinese sentence, or nothing.
    case
        After the step.
    """

    file: str
    position: str
    distance_m: float | None
    warning: str
    case: Case


def add_photo(
    store: Store,
    files: Files,
    case_id: str,
    content: bytes,
    actor: Actor,
    *,
    on: date,
    marker_id: str | None = None,
    finding_id: str | None = None,
) -> Photo:
    """Add a photo to an inspection or a finding.

    Parameters
    ----------
    store, files
        Of one data folder.
    case_id
        Inspection or finding.
    content
        The file: JPEG or PNG.
    actor
        A clerk.
    on
        Business day.
    marker_id, finding_id
        What it shows; a finding's own photo needs neither.

    Returns
    -------
    The photo and what its position says.

    Raises
    ------
    InvalidRecord
        If it is too large (``photo_too_large``, ``photo_too_many_pixels``), no picture that can be
        read (``photo_unreadable``), or shows neither marker nor finding (``photo_of_what``).
    NotFound
        If there is no such case, marker or finding.
    PlatformError
        If the case does not take it now, as `layers.cases.act`.
    """
    case = read_case(store, case_id)
    # Asked before anything is looked into or kept; the step asks again, in its transaction.
    allowed(workflow(case.type), case, "add_photo", actor)
    place = _place(store, case, marker_id, finding_id)
    clean, suffix, taken_at = _looked_into(content)
    distance_m = _distance_m(place, taken_at)
    position, warning = _judged(taken_at, distance_m)
    shown = {
        "marker_id": marker_id or (None if finding_id else case.data.get("marker_id")),
        "finding_id": finding_id,
        "position": position,
        "distance_m": distance_m,
        "lon": taken_at and taken_at[0],
        "lat": taken_at and taken_at[1],
        "original_sha256": hashlib.sha256(content).hexdigest(),
    }
    name = files.put(clean, suffix)  # kept first: a case never names a file that is not there
    after = attach(store, case_id, "add_photo", actor, {"file": name, **shown}, on=on)
    return Photo(file=name, position=position, distance_m=distance_m, warning=warning, case=after)


def _place(
    store: Store, case: Case, marker_id: str | None, finding_id: str | None
) -> tuple[float, float] | None:
    # Where what the photo shows stands, or None where that is not known.
    if finding_id is not None:
        finding = read_case(store, finding_id)
        if finding.parent_id != case.id:
            raise NotFound(
                f"问题“{finding_id}”不属于“{case.title}”。", code="unknown_case", where=finding_id
            )
        return _place(store, finding, None, None)
    if marker_id is None and case.type == "finding":
        at = case.data.get("at")
        if at is not None:
            return at["lon"], at["lat"]
        marker_id = case.data.get("marker_id")
        if marker_id is None:
            return None
    if marker_id is None:
        raise InvalidRecord(
            "请指明照片拍的是哪座界桩或哪个问题。", code="photo_of_what", where="marker_id"
        )
    marker = store.get("boundary_markers", marker_id)["geometry"]
    return None if marker is None else (marker.x, marker.y)


def _looked_into(content: bytes) -> tuple[bytes, str, tuple[float, float] | None]:
    # A clean copy, its ending, and where the photo says that it was taken.
    if len(content) > MAX_BYTES:
        raise _refused(
            "photo_too_large",
            f"照片有 {len(content) / 2**20:.0f} MB，上限 {MAX_BYTES // 2**20} MB，请缩小后再传。",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=list(_FORMATS)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise _too_many_pixels(f" {picture.width}×{picture.height} 像素，")
                kind = str(picture.format)
                taken_at = _taken_at(picture)
                upright = ImageOps.exif_transpose(picture)
                return _encoded(upright, kind), _FORMATS[kind], taken_at
    except Image.DecompressionBombError:
        raise _too_many_pixels("") from None
    except _UNREADABLE as error:
        raise _refused(
            "photo_unreadable", "文件不是可读的照片（JPEG 或 PNG），或已损坏，请换一张。"
        ) from error


def _too_many_pixels(size: str) -> InvalidRecord:
    return _refused(
        "photo_too_many_pixels", f"照片{size}超过 {MAX_PIXELS // 10_000} 万像素，请缩小后再传。"
    )


def _refused(code: str, message: str) -> InvalidRecord:
    finding = Finding(None, "file", None, code, message)
    return InvalidRecord(message, code=code, where="file", findings=[finding])


def _encoded(picture: Image.Image, kind: str) -> bytes:
    """Write the pixels anew, and nothing beside them."""
    mode = "L" if picture.mode in {"1", "L", "I;16"} else "RGB"
    if kind == "PNG" and picture.mode in {"LA", "PA", "RGBA", "P"}:
        mode = "RGBA"
    bare = picture.convert(mode)
    bare.info = {}
    out = io.BytesIO()
    options: dict[str, Any] = {"quality": _JPEG_QUALITY} if kind == "JPEG" else {}
    bare.save(out, kind, **options)
    return out.getvalue()


def _taken_at(picture: Image.Image) -> tuple[float, float] | None:
    """Read lon, lat in degrees from EXIF (WGS 84, taken as CGCS2000); None where it has none."""
    try:
        found = picture.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        lon = _degrees(found[ExifTags.GPS.GPSLongitude], found[ExifTags.GPS.GPSLongitudeRef], "W")
        lat = _degrees(found[ExifTags.GPS.GPSLatitude], found[ExifTags.GPS.GPSLatitudeRef], "S")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, SyntaxError, OSError):
        return None
    sound = math.isfinite(lon + lat) and abs(lon) <= 180 and abs(lat) <= 90
    # (0, 0) is what a telephone without a fix writes.
    return (lon, lat) if sound and (lon, lat) != (0, 0) else None


def _degrees(parts: Any, reference: Any, negative: str) -> float:  # noqa: ANN401 - whatever EXIF has
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if str(reference).strip("\0 ").upper() == negative else value


def _distance_m(
    place: tuple[float, float] | None, taken_at: tuple[float, float] | None
) -> float | None:
    if place is None or taken_at is None:
        return None
    ends = np.array([place, taken_at])
    return round(float(geodesic_lengths_m(ends, np.array([2]))[0]), 1)


def _judged(taken_at: tuple[float, float] | None, distance_m: float | None) -> tuple[str, str]:
    if taken_at is None:
        return "none", "照片没有拍摄位置，无法核对是否拍于现场。"
    if distance_m is None:
        return "unplaced", "界桩或问题没有坐标，无法核对拍摄位置。"
    if distance_m > FAR_M:
        there = f"{distance_m / 1000:.1f} 公里" if distance_m >= 1000 else f"{distance_m:.0f} 米"
        return "far", f"拍摄位置距界桩或问题 {there}，超过 {FAR_M:.0f} 米，请核对。"
    return "near", ""
