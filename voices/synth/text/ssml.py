"""Read the subset of SSML 1.1 that says how Korean is spoken: speak, p, s, break, prosody rate, sub, say-as.

The document is parsed by defusedxml: without a DTD, entities of its own or anything from outside. All else is refused
in words: which element or attribute it is, and where.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, NoReturn
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from voices.synth.errors import SynthError
from voices.synth.text.parts import MAX_PAUSE_SECONDS, Part, within_bounds
from voices.synth.text.say_as import INTERPRETATIONS, said_as
from voices.synth.text.traced import TracedText, untraced

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_DEPTH = 16
PARAGRAPH_SECONDS = 1.0
MIN_RATE, MAX_RATE = 0.5, 2.0
_STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.35, "strong": 0.7, "x-strong": 1.2}  # seconds
_RATES = {"x-slow": 0.6, "slow": 0.8, "medium": 1.0, "default": 1.0, "fast": 1.2, "x-fast": 1.5}
_TIME = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)(s|ms)")
_RATE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)(%?)")
_ENTITY = re.compile("&[#0-9A-Za-z]{1,40};")
_LINE_END = re.compile("\r\n?|\n")
# The attributes of each element; "xml" stands for those of the document itself.
_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "speak": ("version", "xmlns", "xml:lang"),
    "p": ("xml:lang",),
    "s": ("xml:lang",),
    "break": ("time", "strength"),
    "prosody": ("rate",),
    "sub": ("alias",),
    "say-as": ("interpret-as",),
}
_WITHOUT_ELEMENTS = ("break", "sub", "say-as")


class SsmlError(SynthError):
    """A document is not well-formed, or asks for what is not supported."""

    def __init__(self, code: str, what: str, line: int, column: int) -> None:
        """Take the stable code, the element or attribute as it is written, and where it stands, counted from 1."""
        super().__init__(f"{code}: {what or 'the document'}, line {line}, column {column}")
        self.code, self.what, self.line, self.column = code, what, line, column


def ssml_parts(document: str) -> list[Part]:
    """Return the parts of a document, with their positions in it. Raises SsmlError."""
    handler = _Handler(document)
    parser = _Parser()
    parser.setContentHandler(handler)
    try:
        parser.parse(io.StringIO(document))
    except DefusedXmlException:
        handler.fail("ssml_unsupported", "<!DOCTYPE>")
    except (SAXException, ValueError, LookupError):
        handler.fail("ssml_malformed", "")
    return handler.parts()


class _Parser(DefusedExpatParser):  # type: ignore[misc]  # has no types
    def __init__(self) -> None:
        super().__init__(forbid_dtd=True)

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_text = False  # each run of text comes with its own position


class _Handler(ContentHandler):
    """Collects the parts of a document."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self._document = document
        self._line_starts = [0, *(match.end() for match in _LINE_END.finditer(document))]
        self._open: list[tuple[str, Mapping[str, str]]] = []
        self._rates = [1.0]
        self._parts: list[Part] = []
        self._runs: list[TracedText] = []  # of the part that is being read, as written
        self._said: list[TracedText] = []  # and what is said in their place; positions in all that is written of it
        self._length = 0  # of what is written of it
        self._pause: float | None = None
        self._ends_with_break = False
        self._asked: list[float] = []

    def parts(self) -> list[Part]:
        """Return the parts, after the end of the document."""
        self._end_part()
        if self._pause is not None and self._ends_with_break:
            self._parts.append(Part(untraced(""), untraced(""), self._pause))
        return self._parts

    def startElement(self, name: str, attrs: Any) -> None:
        given = dict(attrs.items())
        if name not in _ATTRIBUTES or (name == "speak") != (not self._open) or len(self._open) >= MAX_DEPTH:
            self.fail("ssml_unsupported", f"<{name[:40]}>")
        if self._open and self._open[-1][0] in _WITHOUT_ELEMENTS:
            self.fail("ssml_unsupported", f"<{name}> in <{self._open[-1][0]}>")
        for attribute in given:
            if attribute not in _ATTRIBUTES[name]:
                self.fail("ssml_unsupported", f'<{name} {attribute[:40]}="…">')
        self._open.append((name, given))
        match name:
            case "p":
                self._end_part(PARAGRAPH_SECONDS if self._parts or self._runs else None)
            case "s":
                self._end_part()
            case "break":
                self._end_part(self._break_seconds(given))
                self._ends_with_break = True
            case "prosody":
                self._end_part()
                self._rates.append(self._rates[-1] * self._rate(given))
                if not MIN_RATE <= self._rates[-1] <= MAX_RATE:
                    self._fail_value("prosody", "rate", given["rate"])
            case "sub" if not given.get("alias", "").strip():
                self._fail_value("sub", "alias", given.get("alias", ""))
            case "say-as" if given.get("interpret-as") not in INTERPRETATIONS:
                self._fail_value("say-as", "interpret-as", given.get("interpret-as", ""))
        if name in ("sub", "say-as"):
            self._content: list[TracedText] = []

    def endElement(self, name: str) -> None:
        _, given = self._open.pop()
        match name:
            case "p":
                self._close_sentence()
                self._end_part(PARAGRAPH_SECONDS)
            case "s":
                self._close_sentence()
                self._end_part()
            case "prosody":
                self._end_part()
                self._rates.pop()
            case "sub":
                self._add(_joined(self._content), given["alias"])
            case "say-as":
                content = _joined(self._content)
                said = said_as(given["interpret-as"], content.text.strip())
                if said is None:
                    self._fail_value("say-as", "interpret-as", given["interpret-as"])
                self._add(content, said)

    def characters(self, content: str) -> None:
        name = self._open[-1][0]
        run = self._traced(re.sub(r"\s", " ", content))
        if name in ("sub", "say-as"):
            self._content.append(run)
        elif name == "break":
            if content.strip():
                self.fail("ssml_unsupported", "<break>…</break>")
        else:
            self._add(run, run.text)

    def _traced(self, content: str) -> TracedText:
        start = self._offset()
        entity = _ENTITY.match(self._document, start)
        if entity and len(content) == 1:
            return TracedText(content, [start], [entity.end()])
        return TracedText(content, range(start, start + len(content)), range(start + 1, start + len(content) + 1))

    def _add(self, written: TracedText, said: str) -> None:
        """Add a run to the part, and what is said for it."""
        if not written.text:
            return
        begin = self._length
        end = self._length = begin + len(written.text)
        self._runs.append(written)
        if said == written.text:
            self._said.append(TracedText(said, range(begin, end), range(begin + 1, end + 1)))
        else:
            self._said.append(TracedText(said, [begin] * len(said), [end] * len(said)))

    def _close_sentence(self) -> None:
        """End the sentence of <s> or <p> with a full stop, where it has no mark."""
        text = "".join(run.text for run in self._said).rstrip()
        if text and text[-1] not in ".,!?":
            self._said.append(TracedText(".", [self._length - 1], [self._length]))

    def _end_part(self, pause_after: float | None = None) -> None:
        if any(run.text.strip() for run in self._runs):
            self._parts.append(Part(_joined(self._runs), _joined(self._said), self._pause, self._rates[-1]))
            self._pause = None
            self._ends_with_break = False
        self._runs, self._said, self._length = [], [], 0
        if pause_after is not None:
            self._pause = max(self._pause or 0.0, pause_after)

    def _break_seconds(self, given: Mapping[str, str]) -> float:
        if "time" in given:
            match = _TIME.fullmatch(given["time"].strip())
            if not match:
                self._fail_value("break", "time", given["time"])
            seconds = float(match[1]) / (1000 if match[2] == "ms" else 1)
            self._asked.append(seconds)
            if seconds and not (within_bounds([seconds]) and sum(self._asked) <= MAX_PAUSE_SECONDS):
                self.fail("pause_out_of_range", f'<break time="{given["time"][:20]}">')
            return seconds
        strength = given.get("strength", "medium")
        if strength not in _STRENGTHS:
            self._fail_value("break", "strength", strength)
        return _STRENGTHS[strength]

    def _rate(self, given: Mapping[str, str]) -> float:
        rate = given.get("rate", "").strip()
        if rate in _RATES:
            return _RATES[rate]
        match = _RATE.fullmatch(rate)
        if not match:
            self._fail_value("prosody", "rate", rate)
        return float(match[1]) / (100 if match[2] else 1)

    def _offset(self) -> int:
        locator: Any = self._locator  # type: ignore[attr-defined]
        line, column = locator.getLineNumber() or 1, locator.getColumnNumber() or 0
        return int(self._line_starts[min(line, len(self._line_starts)) - 1] + column)

    def _fail_value(self, element: str, attribute: str, value: str) -> NoReturn:
        self.fail("ssml_value", f'<{element} {attribute}="{value[:40]}">')

    def fail(self, code: str, what: str) -> NoReturn:
        """Raise SsmlError for the place that is being read."""
        locator: Any = self._locator  # type: ignore[attr-defined]
        raise SsmlError(code, what, locator.getLineNumber() or 1, (locator.getColumnNumber() or 0) + 1)


def _joined(runs: list[TracedText]) -> TracedText:
    return TracedText(
        "".join(run.text for run in runs),
        [start for run in runs for start in run.starts],
        [end for run in runs for end in run.ends],
    )
