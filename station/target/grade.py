"""Green, yellow, red: what was measured against limits, each with where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from station.model import Noun
from station.target.gauge import Measurement

Class = Literal["green", "yellow", "red"]
ORDER: tuple[Class, ...] = ("green", "yellow", "red")


class Limit(Noun, frozen=True, kw_only=True):
    """One criterion. `green` and `yellow` are the worst values that still are; `worst` is as bad
    as this criterion alone can make it. `source` says whose limit it is; all are secondhand (S).
    """

    name: str
    chinese: str
    unit: str
    value: Callable[[Measurement], float | None]
    green: float
    yellow: float
    more_is_better: bool = False
    worst: Class = "red"
    source: str
    advice: str


class Finding(Noun, frozen=True, kw_only=True):
    """How one criterion came out; `limit` is what green asks for."""

    name: str
    value: float
    limit: float
    grade: Class
    source: str


FADGI = "FADGI 2023 3* and 2* (S)"
OLDER_FADGI = "older FADGI 3* and 2* (S)"
OURS = "ours"

LIMITS: tuple[Limit, ...] = (
    Limit(
        name="dpi_lowest",
        chinese="分辨率（最低处）",
        unit="dpi",
        value=lambda m: m.dpi_lowest,
        green=294,
        yellow=242,
        more_is_better=True,
        source=FADGI,
        advice="把相机放低一些，或换用更高像素的模式",
    ),
    Limit(
        name="efficiency_percent",
        chinese="清晰度（采样效率，最差处）",
        unit="%",
        value=lambda m: m.efficiency_percent,
        green=80,
        yellow=70,
        more_is_better=True,
        source=FADGI,
        advice="擦净镜头，重新对焦，检查支架是否晃动",
    ),
    Limit(
        name="uneven_percent",
        chinese="亮度不均匀",
        unit="%",
        value=lambda m: m.tone.uneven_percent,
        green=3,
        yellow=5,
        source=OLDER_FADGI,
        advice="调整两侧灯的角度和距离，遮住窗外的光",
    ),
    Limit(
        name="highest_sfr",
        chinese="过度锐化（最大SFR）",
        unit="",
        value=lambda m: m.highest_sfr,
        green=1.1,
        yellow=1.2,
        source=OLDER_FADGI,
        advice="关闭或调低相机的锐化",
    ),
    Limit(
        name="noise_l",
        chinese="噪声（L*）",
        unit="",
        value=lambda m: m.tone.noise_l,
        green=2,
        yellow=3,
        source=FADGI,
        advice="增加灯光，降低增益",
    ),
    Limit(
        # Paper has a tint of its own, so this alone is no reason to stop.
        name="white_ab",
        chinese="白平衡（纸的色度）",
        unit="",
        value=lambda m: m.tone.white_ab,
        green=4,
        yellow=6,
        worst="yellow",
        source=FADGI + "; never red: ours",
        advice="重新设白平衡；也可能是靶纸本身偏色",
    ),
    Limit(
        name="clipped_percent",
        chinese="白纸过曝",
        unit="%",
        value=lambda m: m.tone.clipped_percent,
        green=1,
        yellow=10,
        worst="yellow",
        source=OURS,
        advice="减小曝光：白纸到顶，均匀度和噪声就看不出来",
    ),
    Limit(
        name="distortion_percent",
        chinese="镜头畸变",
        unit="%",
        value=lambda m: abs(m.distortion_percent),
        green=1,
        yellow=3,
        source=OURS,
        advice="请技术员做镜头标定",
    ),
    Limit(
        name="off_mm",
        chinese="靶纸不平",
        unit="毫米",
        value=lambda m: m.off_mm,
        green=0.5,
        yellow=1.5,
        worst="yellow",
        source=OURS,
        advice="把靶纸压平再测",
    ),
    Limit(
        name="colour_mean",
        chinese="颜色误差（平均ΔE00）",
        unit="",
        value=lambda m: m.colour.mean if m.colour else None,
        green=3.5,
        yellow=5,
        source=FADGI,
        advice="重新设白平衡，检查灯的显色",
    ),
)


def findings(measured: Measurement) -> tuple[Finding, ...]:
    """Every criterion that was measured, in the order of LIMITS."""
    values = ((limit, limit.value(measured)) for limit in LIMITS)
    return tuple(_judged(limit, value) for limit, value in values if value is not None)


def overall(found: tuple[Finding, ...]) -> Class:
    """The worst of them."""
    return max((finding.grade for finding in found), key=ORDER.index)


def _judged(limit: Limit, value: float) -> Finding:
    sign = -1 if limit.more_is_better else 1
    grade: Class = "red"
    if sign * value <= sign * limit.green:
        grade = "green"
    elif sign * value <= sign * limit.yellow or limit.worst == "yellow":
        grade = "yellow"
    return Finding(
        name=limit.name, value=value, limit=limit.green, grade=grade, source=limit.source
    )
