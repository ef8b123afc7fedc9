"""Web and e-mail addresses and handles, read before other rules can take their dots and digits."""

from __future__ import annotations

import re

from voices.synth.text.normalize.latin import read_code
from voices.synth.text.normalize.lexicon import common_names
from voices.synth.text.rules import Rule

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})"
_TOP_LEVELS = "com|net|org|kr|jp|us|uk|cn|io|gg|me|tv|be|gl|ly|app|dev|shop|co|info|link|live|fan|art|ai"
_DOMAIN = rf"(?:{_LABEL}\.){{1,6}}(?:{_TOP_LEVELS})"
_PATH_END = r"[^\s가-힣ㄱ-ㅎㅏ-ㅣ<>\"'()]"
_HANDLE_MARKS = re.compile("[._-]+")


def _read_name(name: str) -> str:
    return common_names().reading(name) or read_code(name)


def _read_domain(domain: str) -> str:
    return " 점 ".join(_read_name(label) for label in domain.split("."))


def _read_email(match: re.Match[str]) -> str:
    name = " ".join(_read_name(part) for part in re.split("[._+-]+", match[1]) if part)
    return f"{name} 골뱅이 {_read_domain(match[2])}"


def _read_handle(match: re.Match[str]) -> str:
    return " ".join(_read_name(part) for part in _HANDLE_MARKS.split(match[1]) if part)


RULES: tuple[Rule, ...] = (
    Rule(
        "url",
        re.compile(rf"(?:https?|ftp)://{_PATH_END}+", re.IGNORECASE),
        lambda _match: "링크",
        ("https://example.com/a 보세요", "링크 보세요"),
    ),
    Rule(
        "email",
        re.compile(
            rf"(?<![A-Za-z0-9._+@-])([A-Za-z0-9][A-Za-z0-9._+-]{{0,63}})@({_DOMAIN})(?![A-Za-z0-9.-]*[A-Za-z0-9])"
        ),
        _read_email,
        ("fan@forv.kr로", "팬 골뱅이 에프오알브이 점 케이알로"),
    ),
    # An address with a path is too long to read out.
    Rule(
        "address with path",
        re.compile(rf"(?<![A-Za-z0-9@.-]){_DOMAIN}/{_PATH_END}*"),
        lambda _match: "링크",
        ("forv.kr/page 보세요", "링크 보세요"),
    ),
    Rule(
        "domain",
        re.compile(rf"(?<![A-Za-z0-9@.-])({_DOMAIN})(?![A-Za-z0-9@-])(?!\.[A-Za-z0-9])"),
        lambda match: _read_domain(match[1].removeprefix("www.")),
        ("www.naver.com에서", "네이버 점 컴에서"),
    ),
    Rule(
        "handle",
        re.compile(r"(?<![A-Za-z0-9가-힣])@(?=[_.]{0,40}[A-Za-z0-9])([A-Za-z0-9_.]{1,40})(?<!\.)"),
        _read_handle,
        ("@star_light 팔로우", "스타 라이트 팔로우"),
    ),
    Rule("hashtag", re.compile(r"#(?=[가-힣A-Za-z_])"), lambda _match: " 해시태그 ", ("#생일", " 해시태그 생일")),
    Rule("number sign", re.compile(r"#(?=[0-9])"), lambda _match: " 샵 ", ("#3", " 샵 3")),
)
# After abbreviations, which have full stops between letters too.
FILE_RULES: tuple[Rule, ...] = (
    # TXT is a group elsewhere.
    Rule(
        "text file",
        re.compile(r"(?<=[가-힣A-Za-z0-9])\.txt(?![A-Za-z0-9])", re.IGNORECASE),
        lambda _match: " 점 티엑스티",
        ("가사.TXT", "가사 점 티엑스티"),
    ),
    # 사진.JPG
    Rule(
        "file ending",
        re.compile(r"(?<=[가-힣A-Za-z0-9])\.(?=[A-Za-z][A-Za-z0-9]{1,3}(?![A-Za-z0-9]))"),
        lambda _match: " 점 ",
        ("사진.JPG", "사진 점 JPG"),
    ),
)
