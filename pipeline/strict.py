"""A small part of YAML, read without any guess: what is written is what is meant, or it is named with its line.

No anchors, aliases, tags, merge keys or second documents; no key twice; no scalar that YAML would turn into something
else than a reader sees (`010`, `12:30`, `No`, `~`, a bare date).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml
from yaml.resolver import Resolver

MOST_DEPTH = 8
MOST_CHARACTERS = 500_000

# No figure has nineteen digits, and Python itself refuses to read thousands of them.
_INT = re.compile(r"-?(?:0|[1-9]\d{0,17})", re.ASCII)
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,17})\.\d{0,24}[1-9]", re.ASCII)
_LIKE_A_NUMBER = re.compile(
    r"[-+]?(?:\d[\d_,]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[-+]?\d+)?|[-+]?\d+(?::\d+)+(?:\.\d*)?"
    r"|0[xob][\da-f_]+|[-+]?\.(?:inf|nan)|\d{4}-\d\d?-\d\d?.*",
    re.IGNORECASE | re.ASCII,
)
_LIKE_A_WORD = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "nan"}
_WORD = r"A-Za-z0-9_/.()\-\u3400-\u9fff\uff01-\uff5e\u3001-\u3011\u3014\u3015“”"
_PLAIN = re.compile(rf"(?![-.()])[{_WORD}](?:[{_WORD} +;$=~]|:(?=[{_WORD}])|(?<=[{_WORD}=])[?&%#@](?=[{_WORD}]))*")
_resolver = Resolver()


@dataclass(slots=True)
class Loaded:
    """A document as plain values, the line (from 1) of each path, and what is wrong with it: line, path, sentence."""

    value: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[int, str, str]] = field(default_factory=list)


def load(text: str) -> Loaded:
    """Reads a document; paths look like `requests.granted[0]`. Never raises for bad text."""
    loaded = Loaded()
    if len(text) > MOST_CHARACTERS:
        loaded.problems.append((1, "", "the file is far too long for a record"))
        return loaded
    try:
        events = list(_events(text))
    except (yaml.YAMLError, UnicodeEncodeError, ValueError) as error:
        loaded.problems.append(_broken(error))
        return loaded
    if events and _is_opening(events[-1]):
        loaded.problems.append((events[-1].start_mark.line + 1, "", "this is nested far too deep for a record"))
        return loaded
    if sum(isinstance(event, yaml.DocumentStartEvent) for event in events) != 1:
        loaded.problems.append((1, "", "the file must hold one document"))
        return loaded
    body = iter([e for e in events if not isinstance(e, _FRAME)])
    loaded.value = _Reader(loaded).node(next(body), body, "")
    return loaded


def _events(text: str) -> Iterator[Any]:
    """The events of a text; the last one is an opening where the nesting goes past what a record has.

    The parser takes hours over a million open brackets, so it is stopped there and then.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += _is_opening(event)
        depth -= isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent)
        yield event
        if depth > MOST_DEPTH:
            return


def _is_opening(event: Any) -> bool:
    return isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent)


_FRAME = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)


def _broken(error: Exception) -> tuple[int, str, str]:
    mark = getattr(error, "problem_mark", None)
    says = getattr(error, "problem", None) or "a character that YAML does not allow"
    return (mark.line + 1 if mark else 1, "", f"this is no YAML: {says}")


class _Reader:
    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded

    def say(self, event: Any, path: str, says: str) -> None:
        self.loaded.problems.append((event.start_mark.line + 1, path, says))

    def node(self, event: Any, rest: Iterator[Any], path: str) -> Any:
        self.loaded.lines[path] = event.start_mark.line + 1
        self.check(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(rest, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(rest, path)
        return self.scalar(event, path) if isinstance(event, yaml.ScalarEvent) else None

    def check(self, event: Any, path: str) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self.say(event, path, "anchors and aliases are not allowed: write the value itself")
        if getattr(event, "tag", None):
            self.say(event, path, f"tags are not allowed: {event.tag}")

    def mapping(self, rest: Iterator[Any], path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in rest:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.key(event, rest, path)
            below = f"{path}.{key}" if path else key
            if key in found:
                self.say(event, below, "this key stands twice")
            value = self.node(next(rest), rest, below)
            self.loaded.lines[below] = event.start_mark.line + 1
            found.setdefault(key, value)
        return found

    def key(self, event: Any, rest: Iterator[Any], path: str) -> str:
        value = self.node(event, rest, f"{path}.?")
        if not isinstance(value, str) or value == "<<":
            self.say(event, path, "a key must be a word")
        return str(value)

    def sequence(self, rest: Iterator[Any], path: str) -> list[Any]:
        found: list[Any] = []
        for event in rest:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self.node(event, rest, f"{path}[{len(found)}]"))
        return found

    def scalar(self, event: Any, path: str) -> Any:
        if event.style:
            return event.value
        value, says = plain(event.value)
        if says:
            self.say(event, path, says)
        return value


def plain(text: str) -> tuple[Any, str]:
    """The value of a scalar without quotes, and what is wrong with it: nothing, or a sentence."""
    if text == "null":
        return None, ""
    if text in ("true", "false"):
        return text == "true", ""
    if _INT.fullmatch(text) and text != "-0":
        return int(text), ""
    if _DECIMAL.fullmatch(text):
        return Decimal(text), ""
    if not text:
        return None, "nothing stands here: write null"
    if is_alike(text):
        return (
            text,
            f"“{text[:40]}” is no plain word and no number as records write them: write the number, or quote the word",
        )
    return text, ""


def is_alike(text: str) -> bool:
    """Whether some reader of YAML takes these plain characters for something else than a word."""
    if text.lower() in _LIKE_A_WORD or _LIKE_A_NUMBER.fullmatch(text):
        return True
    tag: str = _resolver.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return tag != "tag:yaml.org,2002:str"


def scalar(value: Any) -> str:
    """The one way to write a value: plain where that is certain, else in double quotes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if _PLAIN.fullmatch(value) and not value.endswith(" ") and not is_alike(value):
        return str(value)
    return quoted(value)


def quoted(text: str) -> str:
    """A string in double quotes; every character that could be lost on the way is escaped."""
    escaped = json.dumps(text, ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda m: f"\\u{ord(m[0]):04x}", escaped)
