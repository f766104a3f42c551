import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.errors import InputError
from firmware_config.schema import Fonds
from station import archival_code
from station.archival_code import ArchivalCode

# Examples of DA/T 13-2022, as quoted in secondary sources, and their parts.
DA_T_13 = {
    "Z109-WS·2011·Y·办公室-0001": ("Z109", ("WS",), 2011, "Y", "办公室", "", "0001"),
    "A439-WS·2015·D30·003-005": ("A439", ("WS",), 2015, "D30", "003", "", "005"),
    "Z008-WS·2019·Y-037": ("Z008", ("WS",), 2019, "Y", "", "", "037"),
    "J019-LY·2019·Y-001": ("J019", ("LY",), 2019, "Y", "", "", "001"),
    "B168-SW·2015·Y-001": ("B168", ("SW",), 2015, "Y", "", "", "001"),
    "J019-ZY·JC·CC·2019·D30-001-001": (
        *("J019", ("ZY", "JC", "CC"), 2019, "D30", "", "001", "001"),
    ),
    "X032-KJ·JJ·02-005-054": ("X032", ("KJ", "JJ", "02"), None, "", "", "005", "054"),
    "K021-ZP·2019·D30-025-005": ("K021", ("ZP",), 2019, "D30", "", "025", "005"),
    "C038-001-002-003": ("C038", ("001",), None, "", "", "002", "003"),
}
# Codes of DA/T 22-2015 from practice.
DA_T_22 = {
    "Z109-WS·2011-Y-BGS-0001": ("Z109", ("WS",), 2011, "Y", "BGS", "", "0001"),
    "A182-WS·2022-Y-XZ-0001": ("A182", ("WS",), 2022, "Y", "XZ", "", "0001"),
    "A182-ZP·2022-Y-0001": ("A182", ("ZP",), 2022, "Y", "", "", "0001"),
    "A182-SW·JB·2022-Y-0001": ("A182", ("SW", "JB"), 2022, "Y", "", "", "0001"),
    "J001-KJ·JJ·2022-Y-001-0001": ("J001", ("KJ", "JJ"), 2022, "Y", "001", "", "0001"),
}
EXAMPLES = [
    *((code, "DA/T 13", parts) for code, parts in DA_T_13.items()),
    *((code, "DA/T 22", parts) for code, parts in DA_T_22.items()),
]

digits = st.text("0123456789", min_size=3, max_size=4)
years = st.integers(1800, 2200)
retentions = st.sampled_from(["Y", "D30", "D10", "C", "D"])
problems = st.one_of(
    st.sampled_from(["", "Y", "D30", "2015"]), st.text("AZ09办公室", min_size=1, max_size=8)
)
common = {
    "fonds": st.from_regex(r"[A-Z]{0,2}[0-9]{1,6}", fullmatch=True),
    "categories": st.lists(st.sampled_from(["WS", "KJ", "02", "001"]), min_size=1, max_size=3).map(
        tuple
    ),
    "item": st.text("0123456789", min_size=3, max_size=6),
}
codes_22 = st.builds(
    ArchivalCode,
    form=st.just("DA/T 22"),
    year=years,
    retention=retentions,
    problem=problems,
    **common,
)
codes_13 = st.one_of(
    st.builds(
        ArchivalCode,
        form=st.just("DA/T 13"),
        year=years,
        retention=retentions,
        problem=problems,
        volume=st.one_of(st.just(""), digits),
        **common,
    ),
    st.builds(
        ArchivalCode, form=st.just("DA/T 13"), volume=st.one_of(st.just(""), digits), **common
    ),
)


@pytest.mark.parametrize(("code", "form", "parts"), EXAMPLES)
def test_the_examples_come_apart_and_together_again(
    code: str, form: str, parts: tuple[object, ...]
) -> None:
    parsed = archival_code.parse(code)

    assert parsed.form == form
    assert parts == (
        *(parsed.fonds, parsed.categories, parsed.year, parsed.retention),
        *(parsed.problem, parsed.volume, parsed.item),
    )
    assert str(parsed) == code


@given(st.one_of(codes_22, codes_13))
def test_every_code_reads_back_as_itself(code: ArchivalCode) -> None:
    assert archival_code.parse(str(code)) == code
    assert archival_code.parse(code.file_name.replace(".", "·")) == code


@pytest.mark.parametrize("dot", "・･•‧⋅∙··")
def test_any_interpunct_is_u_00b7(dot: str) -> None:
    assert (
        str(archival_code.parse(f"Z109-WS{dot}2011{dot}Y-0001")) == "Z109-WS\u00b72011\u00b7Y-0001"
    )


@pytest.mark.parametrize(
    "written", ["Ｚ１０９－ＷＳ·２０１１·Ｙ－０００１", " Z109–WS·2011·Y—0001\n"]
)
def test_width_dash_and_margin_do_not_matter(written: str) -> None:
    assert str(archival_code.parse(written)) == "Z109-WS·2011·Y-0001"


@pytest.mark.parametrize(
    "wrong",
    [
        *("", "-", "---", "Z109", "Z109-WS", "Z109-WS·2011·Y-", "Z109-WS·2011·Y-1", "z109-WS-0001"),
        *("Z109-·2011·Y-0001", "Z109-WS·2011·Y·办公室·甲-0001", "Z109-WS·2011-Y-甲-乙-0001"),
        *(
            "Z109-WS·2011·办公室-0001",
            "../../etc/passwd-a-0001",
            "Z109-WS·2011·Y-１２Ⅲ",
            "1-2-3-4-5-6",
        ),
    ],
)
def test_what_is_no_code_is_an_input_error(wrong: str) -> None:
    with pytest.raises(InputError):
        archival_code.parse(wrong)


@given(st.text(max_size=30))
def test_any_text_is_a_code_or_an_input_error(text: str) -> None:
    try:
        code = archival_code.parse(text)
    except InputError:
        return
    assert archival_code.parse(str(code)) == code


@pytest.mark.parametrize(
    ("form", "expected"),
    [("DA/T 22", "Z109-WS·2011-Y-BGS-0001"), ("DA/T 13", "Z109-WS·2011·Y·BGS-0001")],
)
def test_the_fonds_decides_the_form(form: archival_code.Form, expected: str) -> None:
    fonds = Fonds(form=form, number="Z109", problem="BGS")

    code = archival_code.of(fonds, 2011, 1)

    assert str(code) == expected
    assert code.number == 1
    assert code.series == expected.removesuffix("-0001")


def test_a_number_may_outgrow_its_digits() -> None:
    assert archival_code.of(Fonds(number="Z001", item_digits=3), 2011, 1000).item == "1000"


def test_a_file_name_is_safe_everywhere() -> None:
    code = archival_code.parse("Z109-WS·2011·Y·办公室-0001")

    assert code.file_name == "Z109-WS.2011.Y.办公室-0001"
