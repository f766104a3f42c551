"""How a page is photographed: every choice is a number here, and chance comes from `seed`."""

from __future__ import annotations

from typing import Literal

import msgspec

Desk = Literal["dark", "wood", "white", "tiles", "mat", "terrazzo", "black"]
Glove = Literal["none", "white", "blue"]
Exif = Literal[1, 3, 6, 8]
Corner = Literal["TL", "TR", "BR", "BL"]
Side = Literal["left", "right", "top", "bottom"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A group of a scene's parameters."""


class Pose(Part, frozen=True, kw_only=True):
    """Where the sheet lies in the frame. `fill` is the larger of its shares of width and height;
    `turn_deg` is clockwise; `shift_*` are shares of the frame; above ~0.05 the frame cuts it.
    """

    fill: float = 0.9
    turn_deg: float = 0.0
    tilt_x_deg: float = 0.0
    tilt_y_deg: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0


class Lens(Part, frozen=True, kw_only=True):
    """Radial distortion (Brown 1966): r' = r (1 + k1 r^2 + k2 r^4), r = 1 at the frame's corner."""

    k1: float = -0.008
    k2: float = 0.002


class Paper(Part, frozen=True, kw_only=True):
    """The state of the sheet; shares from 0 to 1. `ink` 1 is fresh, 0.2 hardly readable; `bleed`
    is how much of the back's ink shows; `torn` edges lose up to `torn_mm`; `holes` are punched.
    """

    yellowing: float = 0.25
    texture: float = 0.4
    creases: float = 0.2
    stains: int = 0
    ink: float = 0.92
    folded: Corner | None = None
    fold_mm: float = 16.0
    bleed: float = 0.0
    torn: tuple[Side, ...] = ()
    torn_corner: Corner | None = None
    torn_mm: float = 14.0
    holes: int = 0


class Bend(Part, frozen=True, kw_only=True):
    """A sheet that will not lie flat: its slope swings by `rise_deg` about `at` (a share along the
    axis) within `reach_mm`: upwards past it (`roll`) or up and down again (`wave`).
    """

    rise_deg: float = 0.0
    reach_mm: float = 60.0
    axis_deg: float = 0.0
    at: float = 0.7
    shape: Literal["roll", "wave"] = "roll"


class Book(Part, frozen=True, kw_only=True):
    """An open book: slope at the gutter, how far it reaches, thickness, right-to-left if `old`."""

    old: bool = False
    gutter_deg: float = 45.0
    reach_mm: float = 18.0
    thick_mm: float = 10.0
    fan_mm: float = 1.5


class Light(Part, frozen=True, kw_only=True):
    """`exposure` multiplies; `warmth` from -1 (daylight) to 1 (bulb); `slope` is the fall of light
    across the frame towards `slope_deg`; `shadow` and `glare` are strengths from 0 to 1.
    """

    exposure: float = 1.0
    warmth: float = 0.1
    slope: float = 0.12
    slope_deg: float = 40.0
    vignette: float = 0.12
    shadow: float = 0.0
    shadow_soft_mm: float = 8.0
    glare: float = 0.0


class Sensor(Part, frozen=True, kw_only=True):
    """Blur in millimetres on the sheet; `noise` is the deviation in grey levels at mid grey."""

    focus_mm: float = 0.05
    motion_mm: float = 0.0
    motion_deg: float = 30.0
    noise: float = 2.5
    jpeg_quality: int = 82


class Scene(Part, frozen=True, kw_only=True):
    """One photograph. `page` False leaves the desk empty, `screen` puts a display where the page
    was; `exif` is the orientation tag the file is written with (the picture itself is upright).
    """

    seed: int
    situation: str = "plain"
    width_px: int = 3040
    height_px: int = 4056
    desk: Desk = "wood"
    page: bool = True
    clutter: int = 0
    screen: bool = False
    exif: Exif = 1
    fingers: tuple[Side, ...] = ()
    palm: Side | None = None
    glove: Glove = "none"
    skin: float = 0.3
    pose: Pose = Pose()
    lens: Lens = Lens()
    paper: Paper = Paper()
    bend: Bend = Bend()
    book: Book | None = None
    light: Light = Light()
    sensor: Sensor = Sensor()
