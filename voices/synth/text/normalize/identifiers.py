"""Numbers that identify something are read digit by digit: telephones, cards, accounts, number plates."""

from __future__ import annotations

import re

from voices.synth.text.normalize.numerals import ALONE, native, one_by_one
from voices.synth.text.normalize.particles import SEAM
from voices.synth.text.rules import Rule

_PLATE_SYLLABLES = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주아바사자배하허호"
_COUNTED = "(?! ?(?:원|만|천|억|호|번|개|명|년|월|일|동|대|점|층|퍼센트|[A-Za-z%]))"
_EMERGENCY = "11[0-9]|120|13[12]|182|1330|1339|1345|1366|1388|1393"
_CALLED = "신고|구급|구조|상황실|안내|콜센터|다산|상담|문자"
_CODES = "|".join(f"(?<={word})" for word in ("번호", "코드", "암호", "비번", "사번", "학번", "군번", "핀", "OTP"))


def _groups(digits: str) -> str:
    return " ".join("플러스" if group == "+" else one_by_one(group) for group in re.findall(r"\+|[0-9]+", digits))


def _read_groups(match: re.Match[str]) -> str:
    return _groups(match[0])


def _read_unspaced(match: re.Match[str]) -> str:
    """Read a telephone number in the usual groups: 02 1234 5678, 010 1234 5678."""
    area = 2 if match[0].startswith("02") else 3
    return " ".join(map(one_by_one, (match[0][:area], match[0][area:-4], match[0][-4:])))


RULES: tuple[Rule, ...] = (
    # ISBN 978-89-123-4567-8, 송장번호 1234-5678-9012
    Rule(
        "code in groups",
        re.compile(
            rf"(?:{_CODES}|(?<=ISBN))({SEAM}*(?:는|은|가|이|:)? ?[:,(\[]? ?)"
            r"([0-9]{1,8}(?:-[0-9]{1,8}){1,6})(?![-0-9])"
        ),
        lambda match: match[1] + _groups(match[2]),
        ("송장번호 1234-5678", "송장번호 일이삼사 오육칠팔"),
    ),
    Rule(
        "card number",
        re.compile(rf"{ALONE}[0-9]{{4}}([- ])[0-9]{{4}}\1[0-9]{{4}}\1[0-9]{{4}}(?![-0-9])"),
        _read_groups,
        ("1111 2222 3333 4444", "일일일일 이이이이 삼삼삼삼 사사사사"),
    ),
    Rule(
        "international telephone",
        re.compile(
            r"(?<![0-9A-Za-z])\+[0-9]{1,3}[-. ]?\(?0?\)?(?:\(?[0-9]{1,4}\)?[-. ]{1,2})[0-9]{3,4}[-. ][0-9]{4}(?![0-9])"
        ),
        _read_groups,
        ("+82-10-2468-1357", "플러스 팔이 일공 이사육팔 일삼오칠"),
    ),
    Rule(
        "telephone with bracketed area",
        re.compile(rf"{ALONE}\(?[0-9]{{2,4}}\)[-. ]{{0,2}}[0-9]{{3,4}}[-. ][0-9]{{4}}(?![0-9])"),
        _read_groups,
        ("(031) 246-1357", "공삼일 이사육 일삼오칠"),
    ),
    Rule(
        "telephone with hyphens",
        re.compile(rf"{ALONE}[0-9]{{2,4}}[-.][0-9]{{3,4}}[-.][0-9]{{4}}(?![0-9])"),
        _read_groups,
        ("010-9876-4321", "공일공 구팔칠육 사삼이일"),
    ),
    Rule(
        "telephone with spaces",
        re.compile(rf"{ALONE}0[0-9]{{1,2}} [0-9]{{3,4}} [0-9]{{4}}(?![0-9])"),
        _read_groups,
        ("02 246 1357", "공이 이사육 일삼오칠"),
    ),
    # 555-1234, but 2019-2023 are years
    Rule(
        "telephone of seven digits",
        re.compile(
            rf"{ALONE}(?!(?:19|20)[0-9]{{2}}-(?:19|20))[2-9][0-9]{{2,3}}-[0-9]{{4}}(?![-0-9]|[.,][0-9]| ?[년명개원])"
        ),
        _read_groups,
        ("555-2468", "오오오 이사육팔"),
    ),
    Rule(
        "service telephone",
        re.compile(rf"{ALONE}(?:1[0-9]{{3}}-|1[568][0-9]{{2}} )[0-9]{{4}}(?![0-9])"),
        _read_groups,
        ("1588-2468", "일오팔팔 이사육팔"),
    ),
    Rule(
        "account number",
        re.compile(rf"{ALONE}[0-9]{{3,6}}-[0-9]{{2,6}}-[0-9]{{4,8}}(?:-[0-9]{{1,4}})?(?![-0-9])"),
        _read_groups,
        ("110-234-567890", "일일공 이삼사 오육칠팔구공"),
    ),
    Rule(
        "resident number",
        re.compile(rf"{ALONE}[0-9]{{6}}-[1-8][0-9]{{6}}(?![-0-9])"),
        _read_groups,
        ("900101-1234567", "구공공일공일 일이삼사오육칠"),
    ),
    Rule(
        "telephone without marks",
        re.compile(rf"{ALONE}0(?:1[016789]|[2-7][0-9]?)[0-9]{{7,8}}(?![0-9,.])"),
        _read_unspaced,
        ("0298765432", "공이 구팔칠육 오사삼이"),
    ),
    # 12가 3456
    Rule(
        "number plate",
        re.compile(rf"{ALONE}([0-9]{{2,3}})([{_PLATE_SYLLABLES}])( ?)([0-9]{{4}})(?![0-9,.]){_COUNTED}"),
        lambda match: f"{one_by_one(match[1])}{match[2]} {one_by_one(match[4])}",
        ("56나 7890", "오육나 칠팔구공"),
    ),
    # 끝 4자리 5678
    Rule(
        "last digits",
        re.compile(rf"{ALONE}([0-9]{{1,2}}) ?자리((?:는|가|:)?,? ?)([0-9]{{2,16}})(?![0-9,.]){_COUNTED}"),
        lambda match: f"{native(int(match[1]))} 자리{match[2]}{one_by_one(match[3])}",
        ("뒤 4자리 2468", "뒤 네 자리 이사육팔"),
    ),
    # 비밀번호 0070, 인증번호: 123456
    Rule(
        "numbered code",
        re.compile(rf"(?:{_CODES}){SEAM}*((?:는|은|가|이|:)? ?[:,(\[]? ?)([0-9]{{4,16}})(?![-.,]?[0-9]){_COUNTED}"),
        lambda match: match[1] + one_by_one(match[2]),
        ("인증번호: 135790", "인증번호: 일삼오칠구공"),
    ),
    Rule(
        "digits after 자리",
        re.compile(rf"(?<=[한두세네섯곱덟] 자리)((?:는|가|:)?,? ?)([0-9]{{2,16}})(?![.,]?[0-9]){_COUNTED}"),
        lambda match: match[1] + one_by_one(match[2]),
        ("끝 네 자리 5678", "끝 네 자리 오육칠팔"),
    ),
    Rule(
        "telephone without area",
        re.compile(r"(?<=국번)( ?없이 ?)([0-9]{3,4})(?![0-9])"),
        lambda match: match[1] + one_by_one(match[2]),
        ("국번 없이 110", "국번 없이 일일공"),
    ),
    Rule(
        "emergency number",
        re.compile(
            rf"(?:(?<=긴급전화 ){ALONE}([0-9]{{3}})(?![0-9])|{ALONE}({_EMERGENCY})"
            rf"(?= ?(?:{_CALLED})|에 |로 |번?(?:으로|에) ?(?:전화|신고|연락|문의))(?! ?[0-9]))"
        ),
        lambda match: one_by_one(match[0]),
        ("119 신고", "일일구 신고"),
    ),
)
