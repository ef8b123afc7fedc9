"""How Hangul sounds, one line for each rule of 표준발음법 that g2pk has not or gets wrong."""

from __future__ import annotations

import pytest

from voices.synth import read


@pytest.mark.parametrize(
    ("spelled", "pronounced"),
    [
        ("값이 비싸요!", "갑씨 비싸요!"),
        ("있었어요.", "이써써요."),
        ("같이", "가치"),
        ("밟아서 밟고", "발바서 밥꼬"),  # 제10항
        ("늪에", "느페"),  # 제13항; no name of a letter
        ("티읕이", "티으시"),  # 제16항
        ("앞라인", "암나인"),  # 제19항
        ("흙칼", "흑칼"),
        ("판단력 횡단로", "판단녁 횡단노"),  # 제20항 다만
        ("양말을 신고 나간다", "양마를 신꼬 나간다"),  # 제24항
        ("밀도 별도 실제", "밀또 별또 실쩨"),  # 제26항
        ("달달 알다", "달달 알다"),
        ("말장난 돌다리 별다른", "말장난 돌다리 별다른"),
        ("예술적", "예술쩍"),
        ("할게요 갈지", "할께요 갈찌"),  # 제27항 붙임
        ("글쓰기법 도서권 위염증", "글쓰기뻡 도서꿘 위염쯩"),  # 제28항
        ("말소리 구슬방울", "말쏘리 구슬빵울"),
        ("빵가루 들짐승 글솜씨", "빵까루 들찜승 글쏨씨"),
        ("산들바람 쓴소리 딴짓", "산들바람 쓴소리 딴짇"),
        ("가족여행 청소년용", "가종녀행 청소년뇽"),  # 제29항
        ("콩잎을", "콩니플"),
        ("십육 백육십", "심뉵 뱅뉵씹"),
        ("맨입 남존여비 육연대", "맨닙 남존녀비 융년대"),
        ("넓죽한 그릇이 여덟만, 길이 짧네", "넙쭈칸 그르시 여덜만, 기리 짤레"),  # 제10항
        ("여덟도 여덟 개", "여덜도 여덜 개"),
        ("갇혀서 묻혔다 맏형", "가처서 무첟따 마텽"),  # 제17항 붙임
        ("몇위를 몇인분 몇이야", "며뒤를 며딘분 며치야"),  # 제15항
        ("씻을게. 보낼게, 먼저 뛸게!", "씨슬께. 보낼께, 먼저 뛸께!"),  # 제27항 붙임
        ("갈걸 웃을걸요 볼게용", "갈껄 우슬꺼료 볼께용"),
        ("길게 만들게 되다", "길게 만들게 되다"),
        ("할밖에 할세라 살수록", "할빠께 할쎄라 살쑤록"),
        ("구점 삼점칠", "구쩜 삼쩜칠"),
        # tensing by the last syllable of Sino-Korean words, and words that only look like them
        ("공급가를 공시가로", "공급까를 공시까로"),
        ("할인가는 예매가가 출시가로", "하린까는 예매까가 출씨까로"),
        ("예매가 끝났다", "예매가 끈낟따"),
        ("소설가의 행진가", "소설가의 행진가"),
        ("창의성 유연성 투명성", "창의썽 유연썽 투명썽"),
        ("모래성 소행성 재구성", "모래성 소행성 재구성"),
        ("풍토병 위생병", "풍토뼝 위생병"),
        ("발화점 가맹점", "발화쩜 가맹점"),
        ("동격 감격", "동격 감격"),
        ("제이권 삼 권에서", "제이권 삼 궈네서"),
        # a listed word as the first part of a longer noun
        ("인기상 조건부 인기가요", "인끼상 조껀부 인끼가요"),
        ("한자리 허수아비", "한자리 허수아비"),
        # homographs
        ("농구 경기를 봤다", "농구 경기를 봗따"),
        ("아이가 경기를 일으켰다", "아이가 경끼를 이르켣따"),
        ("고가의 차로 고가도로를", "고까의 차로 고가도로를"),
        ("노력의 대가, 피아노의 대가", "노려긔 대까, 피아노의 대가"),
        ("상장을 주다, 코스피 상장, 상장 회사", "상짱을 주다, 코스피 상장, 상장 회사"),
        ("잠자리에 눕다, 잠자리가 날다", "잠짜리에 눕따, 잠자리가 날다"),
        ("바닷일", "바단닐"),  # 제30항
        # over a space: only after one syllable or -(으)ㄹ
        ("팥 한 알", "파 탄 알"),
        ("숲 안", "수 반"),
        ("호박 한 통", "호바 칸 통"),
        ("갈 곳", "갈 꼳"),
        ("볼 일", "볼 릴"),
        ("매일 날씨", "매일 날씨"),
        ("국, 하나", "국, 하나"),
    ],
)
def test_words_sound_by_the_rules_of_standard_pronunciation(spelled: str, pronounced: str) -> None:
    spoken = read(spelled, "pronounced")
    assert spoken.text == spelled
    assert spoken.pronunciation == pronounced


def test_a_legacy_voice_is_given_text_as_spelled() -> None:
    assert read("값이 3원", "spelled").pronunciation == "값이 삼원"


def test_a_voice_for_pronunciations_need_not_know_how_words_are_spelled() -> None:
    assert read("있다", "pronounced", symbols="ᄋᄃ띠ᅡᆮ").pronunciation == "읻따"
