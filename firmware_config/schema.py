"""The configuration of a station, as frozen structs; a township's is in township_schema.py.

Units stand in the names, bounds in the types, and an unknown key is an error with its path.
Imports nothing of ours, so that everything may import it.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=1, le=65535)]
Pin = Annotated[int, Meta(ge=0, le=27)]
"""BCM number of a GPIO line."""
Identifier = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}\Z")]
"""Safe in an MQTT topic, a file name and a certificate's CN."""
Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Gain = Annotated[float, Meta(gt=0.0, le=32.0)]
Place = Annotated[str, Meta(min_length=1)]
PATHS = frozenset({"home", "folder", "script", "models", "replay", "ca", "certificate", "key"})
"""Keys that hold a path, in whatever table they stand: the loader expands their `~`."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the configuration file."""


def _distinct(what: str, pins: tuple[int, ...]) -> None:
    shared = sorted({pin for pin in pins if pins.count(pin) > 1})
    if shared:
        raise ValueError(f"{what} use pin {', '.join(map(str, shared))} more than once")


Bend = Annotated[float, Meta(ge=-2.0, le=2.0)]


class Lens(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the lens bends, as `station calibrate lens` measures it: the model of Brown and Conrady,
    with OpenCV's names. Shares of the frame, so that it holds for every binning."""

    aspect: Annotated[float, Meta(gt=0.05, lt=20.0)]
    """Width over height of the frames it was measured on; others are left as they are."""
    focal_share: Annotated[float, Meta(ge=0.2, le=20.0)]
    """Focal length over the frame's long side."""
    centre_x: Annotated[float, Meta(ge=0.3, le=0.7)] = 0.5
    """Where the axis of the lens meets the frame, as a share of its width."""
    centre_y: Annotated[float, Meta(ge=0.3, le=0.7)] = 0.5
    k1: Bend = 0.0
    k2: Bend = 0.0
    k3: Bend = 0.0
    p1: Bend = 0.0
    p2: Bend = 0.0


class Camera(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where frames come from."""

    driver: str
    folder: str = ""
    """`folder` driver: the pictures, taken in the order of their names."""
    width_px: Annotated[int, Meta(ge=640, le=16_000)] = 4056
    height_px: Annotated[int, Meta(ge=480, le=16_000)] = 3040
    exposure_us: Annotated[int, Meta(ge=100, le=1_000_000)] | None = None
    """None leaves the exposure to the camera."""
    analogue_gain: Annotated[float, Meta(ge=1.0, le=16.0)] | None = None
    colour_gains: tuple[Gain, Gain] | None = None
    lens_position_dioptre: Annotated[float, Meta(ge=0.0, le=32.0)] | None = None
    jpeg_quality: Annotated[int, Meta(ge=75, le=100)] = 93
    lens: Lens | None = None
    """None: the lens was never measured, and frames are taken as they are."""
    timeout_s: Annotated[float, Meta(gt=0.0, le=60.0)] = 5.0


class Controls(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where presses come from: one pedal and two buttons."""

    driver: str
    script: str = ""
    """`script` driver: a file of presses, one word a line, or `-` for standard input."""
    pedal_pin: Pin = 17
    green_pin: Pin = 27
    yellow_pin: Pin = 22
    closed_ms: Annotated[int, Meta(ge=5, le=500)] = 25
    released_ms: Annotated[int, Meta(ge=5, le=1000)] = 60
    between_shots_ms: Annotated[int, Meta(ge=0, le=5000)] = 400
    long_press_ms: Annotated[int, Meta(ge=500, le=10_000)] = 2000
    power_off_ms: Annotated[int, Meta(ge=1000, le=20_000)] = 3000

    def __post_init__(self) -> None:
        """Raises ValueError, which the loader reports with its path."""
        _distinct("controls", self.pins)

    @property
    def pins(self) -> tuple[int, ...]:
        """The lines in use."""
        return (self.pedal_pin, self.green_pin, self.yellow_pin)


class Lamp(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the operator is told."""

    driver: str
    red_pin: Pin = 5
    green_pin: Pin = 6
    blue_pin: Pin = 13
    white_pin: Pin = 19
    buzzer_pin: Pin = 18

    def __post_init__(self) -> None:
        """Raises ValueError, which the loader reports with its path."""
        _distinct("lamp", self.pins)

    @property
    def pins(self) -> tuple[int, ...]:
        """The lines in use."""
        return (self.red_pin, self.green_pin, self.blue_pin, self.white_pin, self.buzzer_pin)


class Look(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The look at a frame that is already kept, before the operator turns the page."""

    before_turning: bool = True
    """False acknowledges every page as soon as it is kept."""
    limit_s: Annotated[float, Meta(ge=0.1, le=10.0)] = 2.0
    """A look that takes longer is given up, and the page acknowledged."""


Limits = tuple[Annotated[float, Meta(ge=0.0)], Annotated[float, Meta(ge=0.0)]]
"""Where doubt begins, and where there is none any more."""


class Judging(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From where a page is doubtful (a person should look) and from where it is surely at fault.

    The numbers are those that stand beside every verdict; docs/imaging.md says how each was set.
    Of the two, the one nearer to a good page comes first.
    """

    cut: Limits = (0.5, 0.7)
    """Chance that a side of the sheet lies beyond the frame, from."""
    no_page: Limits = (0.5, 0.85)
    """Chance that there is no page, from."""
    blurred: Limits = (6.9, 6.0)
    """`sharpness`, under: how many edges of strokes fit in a character; crisp writing has 9."""
    dark: Limits = (120.0, 105.0)
    """`brightest`, under: level 0 to 255 of the brightest place of the page."""
    bright: Limits = (0.5, 0.55)
    """`clipped`, over: share of a photographed sheet that is pure white."""
    glare: Limits = (0.004, 0.015)
    """`glare`, over: share of the page under a mirrored lamp."""
    uneven_light: Limits = (0.6, 0.53)
    """`evenness`, under: darkest over brightest paper."""
    hand: Limits = (0.0015, 0.002)
    """`hand`, over: share of the page covered."""
    across: Limits = (0.005, 1.0)
    """`across`, over: share of the sheet's outline that something of any colour, say a white glove,
    lies across; said as `hand`, and by default never surely, because a tab or a clip lies there
    too."""
    blank: Limits = (2e-4, 2e-5)
    """`ink`, under: share of the page in strokes."""
    same: Limits = (0.92, 0.935)
    """`alike`, over: likeness to the page before where they are least alike, 0 to 1."""
    several: Limits = (1.0, 1.0)
    """Sheets beside the one that was found, from."""


class Imaging(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Thresholds of finding and judging; docs/imaging.md says how each was set."""

    find_confidence: Share = 0.65
    """Below this the frame is kept whole and flagged `no-page`."""
    minimum_dpi: Annotated[int, Meta(ge=0, le=1200)] = 0
    """0: the size of the sheet is unknown and no dpi is judged."""
    sheet_long_side_mm: Annotated[float, Meta(ge=0.0, le=2000.0)] = 0.0
    """Long side of the sheets scanned; 0 is unknown."""
    spread: Literal["never", "auto", "always"] = "auto"
    """Whether a frame may hold the two pages of an open book. `auto` parts them where the gutter
    is surely seen; `always` parts every sheet that is wider than high."""
    page_order: Literal["left-to-right", "right-to-left"] = "left-to-right"
    """Which page of a spread is read first; old books with vertical text go right to left."""
    page_jpeg_quality: Annotated[int, Meta(ge=50, le=100)] = 90
    maximum_megapixels: Annotated[int, Meta(ge=1, le=1000)] = 250
    judging: Judging = Judging()


class Rescue(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page that reads badly is read in other ways before a person is asked."""

    below_score: Share = 0.8
    """Mean score of the characters; a page under it reads badly."""
    limit_s: Annotated[float, Meta(ge=0.0, le=600.0)] = 30.0
    """No further way is begun when a page would take longer; 0 tries none."""


class Ocr(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who reads the page."""

    driver: str
    models: str = ""
    """Folder of the weights; empty is share/station/models of this environment."""
    threads: Annotated[int, Meta(ge=1, le=16)] = 2
    detection_side_px: Annotated[int, Meta(ge=320, le=4000)] = 1280
    """The longer side at which a page of small print is looked at for its lines, at most."""
    niceness: Annotated[int, Meta(ge=0, le=19)] = 19
    """How far reading steps back for everything else where systemd's weights do not; 0: not."""
    frame_limit_s: Annotated[float, Meta(ge=1.0, le=3600.0)] = 240.0
    """A frame that takes longer ends the reader as a crash does; after three it is set aside."""
    doubtful_percent: Annotated[int, Meta(ge=0, le=100)] = 90
    """Words of which a character is right with a smaller chance are marked for the human eye."""
    replay: str = ""
    """`replay` driver: a folder of recorded texts, one <sha256 of the page image>.json each."""
    rescue: Rescue = Rescue()


class Fonds(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How archival codes are formed here; the county's rule decides (DA/T 22, DA/T 13)."""

    form: Literal["DA/T 22", "DA/T 13"] = "DA/T 13"
    number: Annotated[str, Meta(pattern=r"^[A-Z]{0,2}[0-9]{1,6}\Z")]
    """全宗号, given out by the county's archive."""
    category: Annotated[str, Meta(pattern=r"^[A-Z]{2}(·[A-Z]{2})?\Z")] = "WS"
    year: Annotated[int, Meta(ge=1800, le=2200)] | None = None
    """None is the year of scanning."""
    retention: Annotated[str, Meta(pattern=r"^(Y|D30|D10|C|D)\Z")] = "Y"
    problem: str = ""
    """Code of the organisation or problem (机构/问题); may be empty."""
    item_digits: Annotated[int, Meta(ge=3, le=6)] = 4
    name: str = ""
    """Name of the body that made the records, for example 小孙庄村民委员会."""


class Tls(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Certificates for the broker; unused until a township asks for TLS."""

    ca: str
    certificate: str
    key: str


class Link(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the broker is reached."""

    broker_host: str = ""
    """Empty: no township is set up; records wait in the outbox."""
    broker_port: Port = 1883
    keepalive_s: Annotated[int, Meta(ge=5, le=600)] = 60
    connect_timeout_s: Annotated[float, Meta(gt=0.0, le=120.0)] = 5.0
    tls: Tls | None = None


class Sync(Link, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The station's end of the wire."""

    chunk_bytes: Annotated[int, Meta(ge=1024, le=262_144)] = 65_536
    no_progress_s: Annotated[float, Meta(ge=0.5, le=3600.0)] = 300.0
    """Something waits, the link is up, and no receipt came for this long: say hello again."""
    retry_first_s: Annotated[float, Meta(gt=0.0, le=60.0)] = 0.5
    retry_longest_s: Annotated[float, Meta(gt=0.0, le=3600.0)] = 60.0

    def __post_init__(self) -> None:
        """Raises ValueError, which the loader reports with its path."""
        if self.retry_first_s > self.retry_longest_s:
            raise ValueError("`retry_first_s` is longer than `retry_longest_s`")


class Export(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `station export` writes of each page; the township's rule decides."""

    master: bool = True
    """The exposure byte for byte, too."""
    archival: Literal["none", "tiff", "jpeg2000"] = "none"
    """A lossless copy of the page in this format (DA/T 31-2017 names TIFF, JPEG and JPEG 2000)."""
    access_long_side_px: Annotated[int, Meta(ge=640, le=16_000)] = 2400
    access_jpeg_quality: Annotated[int, Meta(ge=50, le=100)] = 85
    access_restored: bool = True
    """The access copy is made easier on the eye: even light, stronger ink, a fainter back."""
    thumbnail_px: Annotated[int, Meta(ge=64, le=1024)] = 320


class Device(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A station."""

    station: Identifier
    home: Place
    """All state: station.db and spool/. `~` is the user's home."""
    camera: Camera
    controls: Controls
    lamp: Lamp
    ocr: Ocr
    look: Look = Look()
    imaging: Imaging = Imaging()
    export: Export = Export()
    fonds: Fonds
    sync: Sync = Sync()

    def __post_init__(self) -> None:
        """Raises ValueError, which the loader reports with its path."""
        _distinct("controls and lamp", self.controls.pins + self.lamp.pins)
