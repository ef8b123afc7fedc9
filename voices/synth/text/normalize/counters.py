"""Numbers before counters: native numerals in 세 개, Sino-Korean ones in 삼 층. Some depend on their neighbours."""

from __future__ import annotations

import re

from voices.synth.text.normalize.numerals import ALONE, INTEGER, counted, sino
from voices.synth.text.rules import Rule

# Counters that always take native numerals. After the colon: syllables that must not follow (달, but not 달러).
_THINGS = (
    "가닥 가지 갈래 개:월년국소사항입 개비 건:물강 걸음 계절 곡:선 골:드 곳 공기 과목 군데 근:처무황거본육대세 "
    "권:한리 그루 그룹 그릇 글자 꼬집 끼 나라 노래 다발 단어 달:러력 덩어리 도막 마디 마리 매듭 매장 멤버 명 모금 "
    "문제 바구니 바퀴 박스 방:송문향 방울 배:우달송 벌 병:원실 봉:사투 봉지 뿌리 사람 살 상자 송이 숟가락 스푼 "
    "식구 쌍 알:람파 움큼 입:장니학 잎 자루 자리 자매 잔:고액 접:시수속근대종 접시 젓가락 정거장 조각 주먹 줄 줌 "
    "짝 차례 첩:보 채:널팅점 척 친구 칸 캔 쾌:적속 커플 컵:라 켤레 테이블 토막 톨 통:화신계 팀 판:매사 팩 페어 "
    "포기 표:현준정"
)
_ORDINALS = ("", "첫째", "둘째", "셋째", "넷째", "다섯째", "여섯째", "일곱째", "여덟째", "아홉째", "열째")

_MACHINES = (
    "차|차량|자동차|버스|트럭|택시|기차|비행기|헬기|자전거|오토바이|컴퓨터|노트북|폰|핸드폰|휴대폰|스마트폰|태블릿"
    "|카메라|티비|텔레비전|냉장고|에어컨|세탁기|청소기|선풍기|피아노|기타|드론|로봇|기계|서버|모니터|프린터|스피커|마이크|장비"
)
_GUESTS = "손님|고객|어르신|선생님|교수님|관객|팬|회원|참석자|참가자|당첨자|작가님|배우님|감독님|가족"
_WORKS = "작품|그림|유물|의류|옷|도자기|가구|조각|회화|문화재|화장품|사진"
_STORIES = "영화|드라마|시|소설|논문|글|영상|다큐|단편|장편|광고|동화|뮤지컬|연극|애니|웹툰|만화|에세이|기사|브이로그"
_PRINTS = "신문|서류|책자|사본|계약서|보고서|복사|원본|이력서|신청서|증명서"
_BUILDINGS = "건물|비닐하우스|온실"
_NO_BOOKS = "".join(f"(?<!{word} )" for word in ("책", "소설", "노트", "집", "서", "화", "지", "전", "총", "딱"))
_PARTS_OF_BOOKS = "표지|초반|중반|후반|결말|부록|출간|발매|내용|줄거리"
_PARTICLES = "(?:[은는이가을를도]|만|에서|에)?"
_OFTEN = (
    "하루에?|일주일에|한 ?달에|일 ?년에|[0-9한두세네섯곱덟홉열] ?(?:주일?|달|개월|년|분기|시간|분|초)에|매일"
    "|매주|매달|총|딱|벌써|무려|최소|최대|적어도|겨우|단|또|다시|이미|연속|모두"
)
_RESULTS = "당첨|우승|수상|방문|관람|참석|참가|출연|성공|실패|탈락|도전|재생|시청"
_PAST = "[가-힣]{0,4}[았었였했봤갔왔됐렸났졌겼켰랐쳤뒀샀잤탔췄꿨뵀웠]"


def _after(nouns: str) -> str:
    """Return a pattern for one of these nouns, with or without a particle, in the group `before`."""
    return rf"(?P<before>(?:{nouns}){_PARTICLES} ?)"


def _count(match: re.Match[str]) -> str:
    before = match.groupdict().get("before") or ""
    return f"{before}{counted(match['number'])} {match['counter']}"


def _number(match: re.Match[str]) -> str:
    return sino(match["number"])


def _read_ordinal(match: re.Match[str]) -> str:
    if match["number"] == "1":
        return "첫 번째"
    return f"{counted(match['number'])} 번째"


def _things(words: str) -> str:
    counters = [word.partition(":")[::2] for word in words.split()]
    counters.sort(key=lambda pair: len(pair[0]), reverse=True)
    return "|".join(f"{counter}(?![{other}])" if other else counter for counter, other in counters)


_N = rf"(?<![0-9]\.)(?P<number>{INTEGER})"
RULES: tuple[Rule, ...] = (
    Rule("ordinal with 번째", re.compile(rf"{_N} ?(?P<counter>번 ?째)"), _read_ordinal, ("4번째", "네 번째")),
    Rule(
        "ordinal with 째",
        re.compile(rf"{ALONE}([1-9]|10)째(?![가-힣]?주)"),
        lambda match: _ORDINALS[int(match[1])],
        ("2째", "둘째"),
    ),
    # 제1권, 제3장 are numbers of order.
    Rule(
        "order with 제",
        re.compile(rf"(?<![가-힣])제(?P<number>{INTEGER})"),
        lambda m: f"제{_number(m)}",
        ("제1권", "제일권"),
    ),
    Rule(
        "school year",
        re.compile(r"(?<![가-힣])([초중고])([1-6])(?![0-9.,:~-])"),
        lambda match: match[1] + sino(match[2]),
        ("중2병", "중이병"),
    ),
    # 1권에, 3권에서, 2권은: a volume; 책 3권은, 3권에 만 원: three volumes
    Rule(
        "volume",
        re.compile(
            rf"{_NO_BOOKS}{ALONE}(?P<number>{INTEGER}) ?(?=권(?:에(?!서 [0-9]| ?[0-9만천])|은|부터|까지"
            rf"|이 (?:나오|나온|나왔|출간|발매|제일|가장)|의 (?!책)| ?(?:{_PARTS_OF_BOOKS})))"
        ),
        lambda m: f"{_number(m)} ",
        ("1권에 나온다", "일 권에 나온다"),
    ),
    # 1인 1표, 1일1팩: one each
    Rule(
        "one each",
        re.compile(
            rf"{ALONE}1(?P<who>인|일|가구|가정|집|차량|팀|학급|교)(?P<space> ?)1(?=[가-힣]{{1,3}}(?![가-힣]*[0-9]))"
        ),
        lambda match: f"일{match['who']}{match['space']}일",
        ("1인 1표", "일인 일표"),
    ),
    # B2층 is below ground.
    Rule(
        "basement floor",
        re.compile(r"(?<![A-Za-z0-9])[Bb](?P<number>[0-9]{1,2})(?= ?층|[Ff](?![A-Za-z]))"),
        lambda m: f"지하 {_number(m)}",
        ("B2층", "지하 이층"),
    ),
    Rule(
        "floor with F",
        re.compile(
            rf"(?<=지하 )(?P<number>{INTEGER})[Ff](?![A-Za-z])|{ALONE}(?P<floor>[0-9]{{1,3}})[Ff](?![A-Za-z0-9])"
        ),
        lambda match: f"{sino(match['number'] or match['floor'])}층",
        ("3F", "삼층"),
    ),
    # 고등어 2손
    Rule(
        "pairs of fish",
        re.compile(rf"{_after('고등어|조기|굴비|자반|생선')}{_N} ?(?P<counter>손)"),
        _count,
        ("굴비 2손", "굴비 두 손"),
    ),
    # The zero before months, days and times is not read: 07시 05분, 03일.
    Rule(
        "zero before a date or time",
        re.compile(rf"{ALONE}0+(?P<number>[1-9][0-9]?)(?= ?(?:년(?!생)|월|일|시(?!리즈|즌)|분|초)(?![가-힣]*로))"),
        _number,
        ("03일", "삼일"),
    ),
    # Times are counted, numbers are not: 하루에 세 번, 세 번 봤다, but 삼 번 버스.
    Rule(
        "times after an adverb",
        re.compile(rf"{_after(_OFTEN)}{_N} ?(?P<counter>번)(?![지호])"),
        _count,
        ("하루에 4번", "하루에 네 번"),
    ),
    Rule(
        "times before a particle",
        re.compile(
            rf"{_N} ?(?P<counter>번)"
            r"(?=이나|이상|씩|쯤|만에|만 더|더|도 (?:더 )?넘|도 안|은 더|은 넘| 더| 다시| 넘게| 연속| 이상| 정도| 씩"
            rf"| 만에| 반복|도 {_PAST}| {_PAST}| (?:{_RESULTS})(?![자작]))"
        ),
        _count,
        ("4번이나", "네 번이나"),
    ),
    # Guests are counted, minutes are not: 손님 다섯 분, but 오 분 뒤.
    Rule(
        "guests, named before",
        re.compile(rf"{_after(_GUESTS)}{_N} ?(?P<counter>분)(?!당|간|[가-힣]* ?[뒤후전])"),
        _count,
        ("관객 7분", "관객 일곱 분"),
    ),
    Rule(
        "guests, named after",
        re.compile(rf"{_N} ?(?P<counter>분)(?=께|의 (?:{_GUESTS})|을 (?:모|초대|추첨|뽑|선정))"),
        _count,
        ("7분께", "일곱 분께"),
    ),
    # Machines are counted: 트럭 네 대; but 이십대 is an age, and 삼대 과제 are three great tasks.
    Rule(
        "machines, named before",
        re.compile(rf"{_after(_MACHINES)}{_N} ?(?P<counter>대)(?![째에])"),
        _count,
        ("트럭 4대", "트럭 네 대"),
    ),
    Rule(
        "three great ones",
        re.compile(
            rf"(?<![0-9]\.)(?P<number>{INTEGER})"
            r"(?=대(?:째|에| ?[가-힣]{2}|[양주악궁문강종장]))(?!대(?:가|를|는|의|로|나|만|도|쯤|씩)(?![가-힣]))"
        ),
        _number,
        ("4대 천왕", "사대 천왕"),
    ),
    Rule("decade of age", re.compile(rf"{ALONE}(?P<number>[1-9]0)(?= ?대)"), _number, ("30대", "삼십대")),
    Rule(
        "machines", re.compile(rf"{_N} ?(?P<counter>대)(?![가-힣]{{2}}|[양주악궁문강종장])"), _count, ("4대", "네 대")
    ),
    # Sheets are counted; 삼 장 이 절 are a chapter and a verse.
    Rule(
        "chapter",
        re.compile(
            rf"{ALONE}(?P<number>[0-9]{{1,3}})(?= ?장 ?[0-9]{{1,3}} ?[절화])"
            r"|(?:(?<=제)|(?<=막 ))(?P<chapter>[0-9]{1,3})(?= ?장)"
        ),
        lambda match: sino(match["number"] or match["chapter"]),
        ("4장 2절", "사장 2절"),
    ),
    Rule("sheets", re.compile(rf"{_N} ?(?P<counter>장)(?![소면르])"), _count, ("종이 4장", "종이 네 장")),
    # Nouns that are counted only after things of their kind.
    Rule(
        "works of art", re.compile(rf"{_after(_WORKS)}{_N} ?(?P<counter>점)(?!대)"), _count, ("그림 2점", "그림 두 점")
    ),
    Rule(
        "stories", re.compile(rf"{_after(_STORIES)}{_N} ?(?P<counter>편)(?!의점)"), _count, ("소설 3편", "소설 세 편")
    ),
    Rule(
        "prints", re.compile(rf"{_after(_PRINTS)}{_N} ?(?P<counter>부)(?![터분])"), _count, ("신문 2부", "신문 두 부")
    ),
    Rule(
        "buildings", re.compile(rf"{_after(_BUILDINGS)}{_N} ?(?P<counter>동)(?!안)"), _count, ("건물 2동", "건물 두 동")
    ),
    Rule("counted things", re.compile(rf"{_N} ?(?P<counter>{_things(_THINGS)})"), _count, ("5개", "다섯 개")),
    # All other numbers (3분기, 5일) are read by the rule for plain numbers.
)
