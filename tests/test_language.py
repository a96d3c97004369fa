"""How each language of the site writes days, figures and names."""

from decimal import Decimal

import pytest

from pipeline.pages.language import CHINESE, ENGLISH, count, mark_chinese, percent


def test_a_day_is_written_as_the_language_does() -> None:
    """No zero before a day or a month."""
    assert (CHINESE.day("2024-01-08"), ENGLISH.day("2024-01-08")) == ("2024年1月8日", "8 January 2024")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (-12, "-12"), (9999, "9999"), (-9999, "-9999"), (10_000, "10,000"), (1_234_567, "1,234,567"),
        (Decimal("5949.088667"), "5949.088667"), (Decimal("12345.60"), "12,345.60"), (Decimal("1E+4"), "10,000"),
    ],
)  # fmt: skip
def test_a_figure_is_grouped_from_ten_thousand_on(number: int | Decimal, text: str) -> None:
    """Years and small figures stay whole; amounts lose no digit and have no exponent."""
    assert count(number) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        ("0.000000", "0%"),
        ("0.0001", "0.0%"),
        ("0.7505", "75.0%"),
        ("0.7515", "75.2%"),
        ("0.9999", "100.0%"),
        ("1", "100%"),
        ("1.25", "125.0%"),
    ],
)
def test_a_share_has_one_decimal_half_to_even(share: str, text: str) -> None:
    """As the published six decimals are rounded."""
    assert percent(Decimal(share)) == text


def test_an_english_page_keeps_the_chinese_name_with_its_pinyin() -> None:
    """Each part says which language it is in; markup in a name is text."""
    shown = ENGLISH.organ("<b>洪洞县</b>")
    assert '<span lang="zh-Hans">&lt;b&gt;洪洞县&lt;/b&gt;</span>' in shown
    assert "Hongtong Xian" in shown
    assert "<b>" not in shown + CHINESE.organ("<b>洪洞县</b>")
    assert CHINESE.organ("洪洞县") == "洪洞县"


def test_a_name_without_a_chinese_character_has_no_pinyin() -> None:
    """There is nothing to read out."""
    assert ENGLISH.organ("ABC") == '<span lang="zh-Hans">ABC</span>'


def test_chinese_in_an_english_sentence_is_marked() -> None:
    """Each run once, and markup stays text."""
    marked = mark_chinese("Last year's row <b> says 无、或—, as “（六）” does")
    assert marked == (
        'Last year’s row &lt;b&gt; says <span lang="zh-Hans">无、或</span>—, as “<span lang="zh-Hans">（六）</span>” does'
    )
