import cv2
import pytest
from msgspec.structs import replace

from firmware_config.errors import InputError
from station.target import gauge, grade
from station.target.colour import ColourError
from tests.station.target.photographed import Shot, photograph


@pytest.fixture(scope="module")
def good(printed):
    """A station as it should be."""
    return gauge.measure(photograph(Shot(dpi=300, blur_px=0.6, noise=1), printed))


def grades(measured):
    return {finding.name: finding.grade for finding in grade.findings(measured)}


def test_a_good_station_is_green_and_claims_what_it_measures(good):
    assert grade.overall(grade.findings(good)) == "green"
    assert good.dpi == pytest.approx(300, rel=0.001)
    assert good.px_per_mm == pytest.approx(300 / 25.4, rel=0.001)
    assert 200 < good.effective_dpi <= good.dpi
    assert "colour_mean" not in grades(good)


@pytest.mark.parametrize(
    ("dpi", "expected"), [(294, "green"), (293.9, "yellow"), (242, "yellow"), (241.9, "red")]
)
def test_dpi_is_judged_where_it_is_lowest(good, dpi, expected):
    assert grades(replace(good, dpi_lowest=dpi))["dpi_lowest"] == expected


@pytest.mark.parametrize(("name", "value"), [("white_ab", 30.0), ("clipped_percent", 100.0)])
def test_paper_alone_never_stops_the_work(good, name, value):
    tinted = replace(good, tone=replace(good.tone, **{name: value}))

    assert grades(tinted)[name] == "yellow"


def test_colour_counts_where_it_was_measured(good):
    error = ColourError(mean=6.0, worst=20.0, ninety_percent=12.0, patches=())

    found = grade.findings(replace(good, colour=error))

    assert grade.overall(found) == "red"
    assert {finding.name for finding in found if finding.grade != "green"} == {"colour_mean"}


def test_every_limit_says_whose_it_is_and_what_to_do():
    for limit in grade.LIMITS:
        assert (
            limit.source in {grade.OURS, grade.FADGI, grade.OLDER_FADGI} or "ours" in limit.source
        )
        assert limit.advice
        assert (limit.green > limit.yellow) == limit.more_is_better


def test_a_station_of_245_dpi_never_claims_300(printed):
    measured = gauge.measure(photograph(Shot(dpi=245, tilt_x_deg=2), printed))

    middle = Shot(dpi=245, tilt_x_deg=2).true_dpi((105, 148.5))
    assert measured.dpi == pytest.approx(sum(middle) / 2, rel=0.01)
    assert measured.dpi_lowest < 245
    assert grades(measured)["dpi_lowest"] in {"yellow", "red"}


def test_a_ruler_that_was_measured_puts_dpi_right(printed):
    picture = photograph(Shot(dpi=150), printed)

    measured = gauge.measure(picture, ruler_mm=(149.2, 148.5))

    assert measured.ruler_checked
    assert measured.places[0].dpi_across == pytest.approx(150 * 150 / 149.2, rel=0.001)
    assert measured.places[0].dpi_down == pytest.approx(150 * 150 / 148.5, rel=0.001)
    assert not gauge.measure(picture).ruler_checked


def test_a_ruler_that_was_misread_is_refused(printed):
    with pytest.raises(InputError) as caught:
        gauge.measure(cv2.UMat(1, 1, 16).get(), ruler_mm=(15.0, 15.0))

    assert "标尺" in caught.value.hint
