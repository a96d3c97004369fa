"""What the prose states and the tables can contradict: only where subject, verb and number are certain.

A clause is understood whole or not at all. Words on other matters, other years and parts of a whole turn the following
clauses into what they are not taken for; a claim that is missed does no harm.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.prose.passages import Clause, Passage, sentences
from pipeline.prose.wording import Statement, Teller, Wording, wording

MOST = 60
"""How many claims one section keeps."""

Claim = dict[str, Any]
_FIGURE = re.compile("[0-9][0-9,.]*[万余多几]*[件宗起份条个次项]")
_PART = re.compile("^(?:其中|包括|包含|含)")
_YEAR = re.compile("20[0-9]{2}(?=年)")
LONGEST = 200
"""No statement stands in a clause of more characters; text without any mark is no sentence."""
_PRESENT, _PAST, _UNSURE = "present", "past", "unsure"


@dataclass(slots=True)
class State:
    """What the text before a clause is about.

    `strange`: figures of this matter that were not understood; what is said of outcomes behind them may be about those.
    """

    topic: str | None = None
    time: str = _PRESENT
    part: bool = False
    strange: bool = False
    disputes: bool = False
    published: bool = False
    channel: bool = False
    last: Claim | None = None
    brackets: list[tuple[bool, str, Claim | None]] = field(default_factory=list)

    def begin_sentence(self) -> None:
        self.part = self.disputes = self.channel = False
        self.last, self.brackets = None, []
        if self.time == _UNSURE:
            self.time = _PRESENT

    def move_to(self, depth: int) -> None:
        """Into brackets and out of them again: what was said inside holds inside."""
        while len(self.brackets) < depth:
            self.brackets.append((self.part, self.time, self.last))
        while len(self.brackets) > depth:
            self.part, self.time, self.last = self.brackets.pop()


def claims_of(section: str, paragraphs: Sequence[Passage], teller: Teller) -> list[Claim]:
    """The claims of one section in the order of its text; of the preamble only the period that it names."""
    words = wording(teller.year)
    found: list[Claim] = []
    state = State()
    for number, passage in enumerate(paragraphs):
        found += _years(passage, words, opens=section == "overview" and number == 0)
        if section == "preamble":
            continue
        if passage.is_marked:
            state = State()
        found += _figures(passage, state, words, teller)
        found += _left_over(section, passage, words)
        found += _of_another(passage, words, teller) if section == "overview" and number == 0 else []
    found += _nothing(section, paragraphs, words)
    once = {(one["rule"], one["field"], one["value"], one["place"]): one for one in _undisputed(found)}
    return list(once.values())[:MOST]


def _undisputed(found: Sequence[Claim]) -> list[Claim]:
    """Two figures for one field are parts of it, or other years': neither is taken. Of years every one counts.

    An outcome or result that is told twice is told in parts, also where both are the same number.
    """
    said: dict[tuple[str, str], list[int | str]] = {}
    for one in found:
        said.setdefault((one["rule"], one["field"]), []).append(one["value"])
    parts = {key for key in said if key[0] in ("N03", "N06") or (key[0] == "N04" and not key[1].endswith(".total"))}
    told = {key: len(values if key in parts else set(values)) for key, values in said.items()}
    return [one for one in found if one["rule"] in ("N08", "N09") or told[one["rule"], one["field"]] == 1]


# figures -------------------------------------------------------------------------------------------------------------


def _figures(passage: Passage, state: State, words: Wording, teller: Teller) -> Iterator[Claim]:
    found: list[Claim] = []
    for clauses in sentences(passage):
        state.begin_sentence()
        state.published |= any(words.published.search(clause.text) for clause in clauses)
        usable = not any(words.excluded.search(clause.text) for clause in clauses)
        for clause in clauses:
            state.move_to(clause.depth)
            made = list(_of_clause(clause, passage, state, words, teller))
            found += made if usable else []
    if words.ended.search(passage.text):
        found = [one for one in found if one["field"] != "requests.total_processed.total"]
    yield from _with_carried(found)


def _with_carried(found: Sequence[Claim]) -> Iterator[Claim]:
    """Where the paragraph itself speaks of requests carried in, those received may be counted with them.

    An outcome of which a part follows could be two outcomes of the form together, and is left out.
    """
    carried = any(one["field"] == "requests.carried_in.total" for one in found)
    for one in found:
        if one.pop("parted", False):
            continue
        new = one.pop("new", False)
        if one["rule"] == "N01" and carried and not new:
            yield {"rule": one["rule"], "field": one["field"], "with": "requests.carried_in.total"} | one
        else:
            yield one


def _of_clause(clause: Clause, passage: Passage, state: State, words: Wording, teller: Teller) -> Iterator[Claim]:
    text, at = clause.text, clause.at
    if part := _PART.match(text):
        state.part = True
        if state.last and state.last["rule"] == "N03":
            state.last["parted"] = True
        if part[0] != "含":
            text, at = text[part.end() :], at + part.end()
    if state.topic != "requests" and any(found.lastgroup == "requests" for found in words.topics.finditer(text)):
        state.strange = False
    if share := _share(text, words, state):
        yield {**share, "place": passage.place(at)}
        return
    if none := words.no_disputes.fullmatch(text):
        yield from _none(none, passage.place(at), state)
        return
    for statement in words.statements if len(text) <= LONGEST else ():
        match = statement.pattern.fullmatch(text)
        if match and _fits(statement, match, state, words, teller):
            claim = _claim(statement, match, state, passage.place(at + match.start("says")))
            if claim:
                _accept(claim, text, state, words)
                yield claim
                return
    _take_note(text, state, words)


def _claim(statement: Statement, match: re.Match[str], state: State, place: str) -> Claim | None:
    name = statement.field
    if name.startswith("."):
        if state.last is None or state.last["rule"] != "N04" or not state.disputes:
            return None
        name = state.last["field"].rpartition(".")[0] + name
    value = statement.value if statement.value is not None else int(match["n"].replace(",", ""))
    claim = {"rule": statement.rule, "field": name, "value": value, "place": place}
    return claim | ({"new": True} if match["says"].startswith("新") else {})


def _fits(statement: Statement, match: re.Match[str], state: State, words: Wording, teller: Teller) -> bool:
    """Whether everything around a statement says that it is this organ's, of this year, and of the whole."""
    before, says = match["before"], match["says"]
    present = words.times.match(before) is not None and words.times.match(before).lastgroup == "now"  # type: ignore[union-attr]
    topics = [found.lastgroup for found in words.topics.finditer(before + says)]
    topic = topics[-1] if topics else state.topic
    if (state.time != _PRESENT and not present) or "others" in topics:
        return False
    if (state.part or state.channel) and not statement.part:
        return False
    if (statement.topic and (topic != "requests" or state.strange)) or not _is_subject(
        before, statement, words, teller
    ):
        return False
    if statement.disputes and not (topic == "requests" or state.disputes or "信息公开" in says):
        return False
    follows = state.last is not None and state.last["rule"] == statement.rule
    if statement.disputes and state.strange and not follows and "信息公开" not in says:
        return False
    if statement.acts and not (follows or words.before["acts"].search(before)) and (state.published or state.strange):
        return False
    # A government's report speaks of its own office, of its organs and of all together: only the last is in the tables.
    return (
        not teller.whole or statement.part or state.last is not None or re.search("[共全]", before + says) is not None
    )


def _is_subject(before: str, statement: Statement, words: Wording, teller: Teller) -> bool:
    """Whether the words in front of a statement are all time, this organ, or mere adverbs."""
    kinds = ["now", "adverbs", "headings", "whole" if teller.whole else "own"] + ["acts"] * statement.acts
    while before:
        lengths = [found.end() for kind in kinds if (found := words.before[kind].match(before))]
        own = [] if teller.whole else [n for n in range(3, len(before) + 1) if teller.is_own(before[:n])]
        if not lengths and not own:
            return False
        before = before[max(lengths or own) :]
    return True


def _accept(claim: Claim, text: str, state: State, words: Wording) -> None:
    if words.times.match(text) and words.times.match(text).lastgroup == "now":  # type: ignore[union-attr]
        state.time = _PRESENT
    if claim["rule"] in ("N01", "N02", "N03", "N07"):
        state.topic = "requests"
    if claim["rule"] == "N01":
        state.strange = False
    if claim["rule"] == "N04":
        state.disputes = True
    if not claim["field"].startswith("disputes.") or claim["field"].endswith(".total"):
        state.last = claim


def _take_note(text: str, state: State, words: Wording) -> None:
    """What a clause without a claim says of the clauses behind it."""
    topics = [found.lastgroup for found in words.topics.finditer(text)]
    state.topic = topics[-1] if topics else state.topic
    state.disputes |= re.search("信息公开.{0,12}(?:复议|诉讼)", text) is not None
    state.channel |= words.channels.search(text) is not None
    state.last = None
    if words.compared.search(text):
        return
    state.strange |= _FIGURE.search(text) is not None
    for found in words.times.finditer(text):
        state.time = {"now": _PRESENT, "past": _PAST}.get(found.lastgroup or "", _UNSURE)


def _share(text: str, words: Wording, state: State) -> Claim | None:
    match = words.share.fullmatch(text)
    if not match or state.last is None or state.last["rule"] != "N03":
        return None
    return {"rule": "N06", "field": state.last["field"], "value": f"{match['q']}%"}


def _none(match: re.Match[str], place: str, state: State) -> Iterator[Claim]:
    """No dispute at all about open information: nought in the blocks that are named."""
    if state.time == _PRESENT:
        for word, name in (("复议", "administrative_review"), ("诉讼", "litigation")):
            if word in match["which"]:
                yield {"rule": "N04", "field": f"disputes.{name}.total", "value": 0, "place": place}


# years, names, and what was left in ----------------------------------------------------------------------------------


def _years(passage: Passage, words: Wording, *, opens: bool) -> Iterator[Claim]:
    """The years that the text names as its period: in the sentences that say so, and as the first words of section 一."""
    matches = [match for pattern in words.periods for match in pattern.finditer(passage.text)]
    alone = len(set(_YEAR.findall(passage.text))) == 1
    matches += [match] if opens and alone and (match := words.opening.match(passage.text)) else []
    for match in matches:
        for year in dict.fromkeys(value for value in match.groupdict().values() if value):
            yield {"rule": "N08", "field": "year", "value": int(year), "place": passage.place(match.start())}


def _left_over(section: str, passage: Passage, words: Wording) -> Iterator[Claim]:
    for match in words.residue.finditer(passage.text):
        place = passage.place(match.start())
        yield {"rule": "N09", "field": section, "value": match[0], "place": place}


def _nothing(section: str, paragraphs: Sequence[Passage], words: Wording) -> Iterator[Claim]:
    """Section 五 with nothing in it but the word that says so."""
    text = re.sub(r"\W", "", "".join(one.text for one in paragraphs))
    if section == "problems" and text in words.nothing:
        yield {"rule": "N09", "field": section, "value": text, "place": paragraphs[0].place(0)}


_ENDS = re.compile("(?:局|委员会|委|办公室|办|厅|人民政府|政府|街道办事处)$")
_PLACE = "本我全省市县区州旗盟"


def _of_another(passage: Passage, words: Wording, teller: Teller) -> Iterator[Claim]:
    """Another organ that section 一 begins with as if the report were its own."""
    match = words.self_named.match(passage.text)
    if not match or match["organ"][0] in "在由经对与为按":
        return
    name, told = match["organ"], _ENDS.sub("", teller.name)
    stem = _ENDS.sub("", name)
    same = next((n for n, (one, other) in enumerate(zip(stem, told, strict=False)) if one != other), len(stem))
    rest = stem[same:].lstrip(_PLACE)
    letters = iter(told)
    if len(rest) > 1 and not all(letter in letters for letter in rest) and told[-2:] not in stem:
        yield {"rule": "N09", "field": "agency_name", "value": name, "place": passage.place(match.start("organ"))}
