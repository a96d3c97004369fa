"""The expressions of workflow files, `${{ … }}`: as much of their language as the workflows here use, and nothing guessed.

What is not known (a function, a context, a step that nobody declared) is a NotPlayed: the play then fails with a
sentence, instead of going on with an empty text as the real thing would.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)"""
    r"""|(?P<mark>&&|\|\||==|!=|<=|>=|[!<>()\[\],.*]))"""
)
STATUS = ("always", "success", "failure", "cancelled")
CLOSED = ("steps", "needs", "matrix", "github", "runner")
"""Contexts of which every first name has to be there; what lies deeper, or in `github.event`, may be absent."""


class NotPlayed(Exception):
    """The workflow does something that the play cannot do, or that nobody declared."""


Function = Callable[..., Any]


def text_of(value: Any) -> str:
    """A value as it is written into a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def truth(value: Any) -> bool:
    return value not in (None, False, 0, "")


def same(one: Any, other: Any) -> bool:
    """Equality as workflows have it: texts without regard to case, different types as numbers."""
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    if type(one) is type(other):
        return bool(one == other)
    return _number(one) == _number(other)


def _number(value: Any) -> float:
    if value is None or value == "":
        return 0.0
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def contains(where: Any, what: Any) -> bool:
    if isinstance(where, list):
        return any(same(one, what) for one in where)
    return text_of(what).lower() in text_of(where).lower()


FUNCTIONS: Mapping[str, Function] = {
    "contains": contains,
    "startsWith": lambda where, what: text_of(where).lower().startswith(text_of(what).lower()),
    "endsWith": lambda where, what: text_of(where).lower().endswith(text_of(what).lower()),
    "format": lambda words, *values: re.sub(r"\{(\d+)\}", lambda m: text_of(values[int(m[1])]), words),
    "toJSON": lambda value: json.dumps(value, ensure_ascii=False, indent=2),
    "fromJSON": json.loads,
}


class _Reader:
    """One expression, read from left to right and worked out on the way."""

    def __init__(self, source: str, contexts: Mapping[str, Any], functions: Mapping[str, Function]) -> None:
        self.source, self.contexts, self.functions = source, contexts, {**FUNCTIONS, **functions}
        self.tokens, at = [], 0
        while source[at:].strip():
            found = TOKEN.match(source, at)
            if not found:
                raise NotPlayed(f"no expression that the play can read: {source}")
            self.tokens.append((str(found.lastgroup), found[0].strip()))
            at = found.end()
        self.at = 0

    def whole(self) -> Any:
        value = self.either()
        if self.at != len(self.tokens):
            raise NotPlayed(f"something is left over in the expression: {self.source}")
        return value

    def next(self, *marks: str) -> str | None:
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "mark" and self.tokens[self.at][1] in marks:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def either(self) -> Any:
        value = self.both()
        while self.next("||"):
            other = self.both()
            value = value if truth(value) else other
        return value

    def both(self) -> Any:
        value = self.compared()
        while self.next("&&"):
            other = self.compared()
            value = other if truth(value) else value
        return value

    def compared(self) -> Any:
        value = self.single()
        while mark := self.next("==", "!=", "<", ">", "<=", ">="):
            other = self.single()
            if mark in ("==", "!="):
                value = same(value, other) is (mark == "==")
            else:
                one, two = _number(value), _number(other)
                value = {"<": one < two, ">": one > two, "<=": one <= two, ">=": one >= two}[mark]
        return value

    def single(self) -> Any:
        if self.next("!"):
            return not truth(self.single())
        if self.next("("):
            value = self.either()
            self.must(")")
            return self.path(value, "")
        kind, word = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        self.at += 1
        if kind == "text":
            return word[1:-1].replace("''", "'")
        if kind == "number":
            return float(word) if "." in word else int(word)
        if kind == "name":
            return self.named(word)
        raise NotPlayed(f"no expression that the play can read: {self.source}")

    def must(self, mark: str) -> None:
        if not self.next(mark):
            raise NotPlayed(f"'{mark}' is missing in the expression: {self.source}")

    def named(self, word: str) -> Any:
        if word in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[word]
        if self.next("("):
            return self.called(word)
        if word not in self.contexts:
            raise NotPlayed(f"the play knows no context '{word}': {self.source}")
        return self.path(self.contexts[word], word)

    def called(self, word: str) -> Any:
        values: list[Any] = []
        while not self.next(")"):
            values.append(self.either())
            self.next(",")
        if word not in self.functions:
            raise NotPlayed(f"the play knows no function '{word}': {self.source}")
        return self.functions[word](*values)

    def path(self, value: Any, where: str) -> Any:
        while mark := self.next(".", "["):
            if mark == "." and self.next("*"):
                self.must(".")
                _, key = self.tokens[self.at]
                self.at += 1
                value = [one[key] for one in value or [] if key in one]
                continue
            if mark == ".":
                _, key = self.tokens[self.at]
                self.at += 1
            else:
                key = self.either()
                self.must("]")
            value, where = self.inside(value, key, where), f"{where}.{key}"
        return value

    def inside(self, value: Any, key: Any, where: str) -> Any:
        if isinstance(value, list):
            return value[key] if isinstance(key, int) and key < len(value) else None
        if not isinstance(value, Mapping):
            return None
        declared = where in CLOSED or re.fullmatch(r"needs\.[^.]+\.outputs", where)
        if key not in value and declared:
            raise NotPlayed(f"there is no {where}.{key}, and nothing declares it: {self.source}")
        return value.get(key)


def evaluate(source: str, contexts: Mapping[str, Any], functions: Mapping[str, Function] | None = None) -> Any:
    """The value of one expression, written without `${{ }}`. Raises NotPlayed."""
    return _Reader(source, contexts, functions or {}).whole()


def filled(value: Any, contexts: Mapping[str, Any]) -> Any:
    """A value of a workflow with its expressions worked out; one that is nothing but an expression keeps its type."""
    if not isinstance(value, str):
        return value
    alone = re.fullmatch(r"\$\{\{((?:(?!\}\}).)*)\}\}", value.strip(), re.DOTALL)
    if alone:
        return evaluate(alone[1], contexts)
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: text_of(evaluate(found[1], contexts)), value, flags=re.DOTALL)


def holds(condition: Any, contexts: Mapping[str, Any], functions: Mapping[str, Function]) -> bool:
    """Whether an `if` lets its step or job run; without a word on the status it takes all before to have gone well."""
    source = text_of(condition).strip() if condition is not None else "success()"
    source = source[3:-2] if source.startswith("${{") and source.endswith("}}") else source
    if not re.search(rf"\b(?:{'|'.join(STATUS)})\s*\(", source):
        source = f"success() && ({source})"
    return truth(evaluate(source, contexts, functions))
