"""The first filter: what it finds, what it lets pass, and what becomes of a request in which it finds something."""

from typing import Any

import pytest
from django.test import Client

from testing import factories
from testing.factories import SENTENCE
from voices.models import Member, Rule, RuleHit, VoiceRequest
from voices.review.patterns import find_patterns
from voices.review.words import Word, find, first_words

NUMBER = "900101-1234568"  # of nobody: made for its check digit


@pytest.mark.parametrize(
    "text",
    [
        "시발",
        "시 발",
        "시.발",
        "시1발",
        "ㅅㅣㅂㅏㄹ",
        "시ㅂㅏㄹ",
        "시\u200b발",
        "시이발",
        "시시발발",
        "아시발!",
        "시바ㄹ",
    ],
)
def test_a_word_is_found_in_its_variants(text: str) -> None:
    assert find([Word("시발")], text)


@pytest.mark.parametrize(
    "text", ["시발점이에요", "다시 발표해요", "혹시 발이 아파요", "시 발표회", "서울시 발전", "3시 발차"]
)
def test_what_only_looks_like_a_word_is_not_found(text: str) -> None:
    assert not find([Word("시발", ("시발점",))], text)


def test_letters_and_latin_words_stand_alone() -> None:
    letters, latin = Word("ㅅㅂ"), Word("sex")
    assert find([letters], "ㅅㅂㅋㅋㅋ") and find([letters], "아 ㅅ ㅂ") and not find([letters], "ㄱㅅㅂ")
    assert find([latin], "Ｓ.E.x!") and not find([latin], "Sussex")


def test_a_name_begins_a_word_of_the_text() -> None:
    name = Word("김철수", is_name=True)
    assert find([name], "안녕, 김철수야") and find([name], "김 철 수") and not find([name], "영김철수")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (NUMBER, "resident_number"),
        ("９００１０１ １２３４５６８", "resident_number"),
        ("900101-1234567", "like_resident_number"),
        ("4111 1111 1111 1111", "card"),
        ("공일공 일이삼사 오육칠팔", "phone"),
        ("+82 10-1234-5678", "phone"),
        ("국민은행 123456-12-123456", "account"),
        ("hong골뱅이gmail.com", "email"),
        ("네이버 점 컴", "url"),
        ("https://example.com/", "url"),
    ],
)
def test_personal_numbers_and_addresses_are_found(text: str, code: str) -> None:
    assert [found for found, _ in find_patterns(f"여기 {text} 있어요")] == [code]


@pytest.mark.parametrize(
    "text",
    [
        "991332-1234567",
        "4111-1111-1111-1112",
        "1588-1234",
        "2024-01-01",
        "12월 25일 3시",
        "은행나무 1000그루",
        "안녕.반가워",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    assert find_patterns(text) == []


def test_the_list_of_a_new_service_finds_itself_and_not_its_exceptions() -> None:
    for one in first_words():
        word = Word(one.written, tuple(filter(None, one.unless.split(","))))
        assert find([word], one.written), one
        assert not [other for other in word.unless if find([word], other)], one
        Rule(written=one.written, unless=one.unless, effect=one.effect, reason=one.reason).clean_fields()


@pytest.mark.django_db
class TestRequests:
    def rule(self, written: str, effect: str, **fields: Any) -> Rule:
        Rule.objects.filter(written=written).delete()
        return Rule.objects.create(written=written, effect=effect, **fields)

    def test_what_a_rule_rejects_is_never_spoken_and_its_fan_is_told_why(self, member: Member, client: Client) -> None:
        answer = client.post(
            "/api/voice-requests/", {"member": member.pk, "text": f"내 번호는 {NUMBER}이야."}, "application/json"
        )
        shown = answer.json()
        assert (answer.status_code, shown["status"]) == (202, "cancelled")
        assert (shown["review"]["status"], shown["review"]["reason"]) == ("rejected", "private")
        assert shown["audio"] is shown["audio_stream"] is None
        assert VoiceRequest.objects.claim_next("a cluster") is None
        hit = RuleHit.objects.get()
        assert (hit.rule, hit.effect, hit.found) == ("resident_number", "reject", NUMBER)

    def test_what_a_rule_holds_waits_for_a_person_even_without_review(self, member: Member) -> None:
        self.rule("비밀", "hold")
        held = factories.queued(member, text="비밀이에요.")
        assert (held.review_status, held.status, held.withheld) == ("held", "queued", "under_review")

    def test_a_mark_changes_nothing(self, member: Member) -> None:
        self.rule("비밀", "mark")
        marked = factories.queued(member, text="비밀이에요.")
        assert (marked.review_status, marked.rule_hits.get().found) == ("not_required", "비밀이에요.")

    def test_a_rule_of_the_member_goes_before_the_one_for_all(self, member: Member) -> None:
        self.rule("비밀", "reject")
        Rule.objects.create(written="비밀", effect="allow", member=member)
        Rule.objects.create(kind="pattern", written="phone", effect="reject", reason="private", member=member)
        assert factories.queued(member, text="비밀이에요.").review_status == "not_required"
        assert factories.queued(member, text="010-1234-5678").review_status == "rejected"

    def test_what_would_be_said_is_looked_at_too(self, member: Member) -> None:
        self.rule("비밀", "reject")
        hidden = "<speak>비<break time='200ms'/>밀, <sub alias='비밀'>공개</sub></speak>"
        assert factories.queued(member, text=hidden, markup="ssml").review_status == "rejected"
        assert factories.queued(member, text="공개예요.", readings={"공개": "비밀"}).review_status == "rejected"

    def test_the_service_itself_is_not_looked_at(self, member: Member) -> None:
        self.rule(SENTENCE.strip("."), "reject")
        assert member.voices.get().audition(SENTENCE).status == "queued"
