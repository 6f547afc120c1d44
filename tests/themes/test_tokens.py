import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.themes.tokens import set_apart


@pytest.mark.parametrize(
    ("text", "rest", "pairs"),
    [
        ("The café’s wall, 한국어 и слова", "The café’s wall, 한국어 и слова", []),
        ("港湾の壁", " ", ["港湾"]),
        ("入門書であるHarbourの書籍", " Harbour ", ["入門", "門書", "書籍"]),
        ("第12回", " 12 ", []),
        ("港湾、壁画", " 、 ", ["港湾", "壁画"]),
        ("ソフト・人々", " ", ["ソフ", "フト", "人々"]),
        ("กินน้ำ", " ", ["กิน", "นน้", "น้ำ"]),
        ("ខ្មែរ។", " ", ["ខ្មែ", "មែរ"]),
    ],
)
def test_letters_of_scripts_without_spaces_go_in_pairs_and_nothing_else_does(
    text: str, rest: str, pairs: list[str]
) -> None:
    assert set_apart(text) == (rest, pairs)


@given(st.text(st.sampled_from("港湾のソフトกิ้ a1、・"), max_size=20))
def test_a_pair_is_of_letters_that_follow_each_other(text: str) -> None:
    rest, pairs = set_apart(text)
    assert all(pair in text for pair in pairs)
    assert set(rest) <= {*text, " "}
    assert set_apart(rest) == (rest, [])
