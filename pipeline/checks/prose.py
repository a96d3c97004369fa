"""N01 to N09: what the prose states against the tables; the claims were found when the report was read.

A claim names a field, or the sum of some: `requests.refused.total` is that of all rows under 不予公开, and
`disputes.litigation.total` that of both kinds of suits.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any

from pipeline.checks.rule import (
    CANNOT_JUDGE,
    DOES_NOT_APPLY,
    HOLDS,
    Context,
    Fault,
    Judgement,
    Rule,
    Value,
    Verdicts,
    apart,
    number,
    rule,
    total,
    words_of_row,
    words_of_section,
)
from pipeline.forms import Label
from pipeline.record import Record

Claim = Mapping[str, Any]
_RECEIVED, _CARRIED, _PROCESSED = (f"requests.{key}.total" for key in ("new_received", "carried_in", "total_processed"))


def claims(record: Record, id: str) -> list[tuple[str, list[Claim]]]:
    """What the prose states under a rule, by the field that it is compared with."""
    every = [one for part in record.narrative.values() for one in part.get("claims", ()) if one["rule"] == id]
    every.sort(key=lambda one: str(one["field"]))
    return [(name, list(group)) for name, group in groupby(every, key=lambda one: str(one["field"]))]


def fields_of(record: Record, name: str) -> tuple[str, ...]:
    """The figures that a claim is compared with: one, or those of the rows that a head stands over; none in this form."""
    section, key, column = name.split(".")
    rows = [row for row, _ in record.rows(section)]
    meant = [row for row in rows if row.key == key] or [row for row in rows if key in (row.group, *row.within)]
    found = [f"{section}.{row.key}.{column}" for row in meant if f"{section}.{row.key}.{column}" in row.fields]
    return tuple(found)


def _figure(record: Record, name: str) -> Value:
    figures, fields = record.figures(), fields_of(record, name)
    return total(figures[field] for field in fields) if fields else None


def _words(record: Record, name: str) -> Label:
    """A claim's field as a sentence names it."""
    section, key, column = name.split(".")
    form = record.law
    row = form.row(section, key)
    words = words_of_row(form, row) if row else {**form.groups, **form.heads[section]}[key]
    if section != "disputes" or column == "total":
        return Label(words.number + words.label, words.label_en)
    head = next(one.words for row in form.rows[section] for one in row.columns if one.key == column)
    return Label(f"{words.number}{words.label}／{head.label}", f"{words.label_en} / {head.label_en}")


# figures -------------------------------------------------------------------------------------------------------------


def _compared(id: str) -> Callable[[Context], Verdicts]:
    """Every field of a rule once: the first claim that the figure does not bear out, or that all do."""

    def look(context: Context) -> Verdicts:
        found = claims(context.record, id)
        if not found:
            yield DOES_NOT_APPLY
        for name, stated in found:
            verdicts = [_equals(context.record, name, claim) for claim in stated]
            yield next((one for one in verdicts if isinstance(one, Fault)), verdicts[0])

    return look


def _equals(record: Record, name: str, claim: Claim) -> Judgement | Fault:
    says, has = int(claim["value"]), _figure(record, name)
    if has == says:
        return HOLDS
    carried = _figure(record, claim["with"]) if "with" in claim else 0
    if has is None or carried is None:
        return CANNOT_JUDGE
    if has + carried == says:
        return HOLDS
    words, place = _words(record, name), claim["place"]
    fields = fields_of(record, name) + ((_CARRIED,) if "with" in claim else ())
    return Fault(
        fields[0],
        f"正文（{place}）称“{words.label}”为{says}，表中为{number(has)}，相差{apart(has, says)}。",
        f"The text ({place}) says {says} for “{words.label_en}”; the table has {number(has)}; they differ by"
        f" {apart(has, says)}.",
        has,
        says,
        fields,
    )


requests_received = rule(
    "N01",
    "finding",
    "正文所称新收、收到、受理的申请件数，等于本年新收总计；正文写明含上年结转的，也可等于两者之和。",
    "The number of requests that the prose says were received is the total of new ones, or with those carried in where"
    " it says so.",
    "claim = new_received.total, or new_received.total + carried_in.total",
)(_compared("N01"))

requests_answered = rule(
    "N02",
    "finding",
    "正文所称答复、办结的件数等于办理结果总计，上年结转、结转下年的件数等于表中相应总计。",
    "The numbers that the prose gives for requests answered, carried in and carried out are the totals of the table.",
    "claim = total_processed.total, carried_in.total, carried_out.total",
)(_compared("N02"))

outcomes_stated = rule(
    "N03",
    "finding",
    "正文所称予以公开、部分公开、不予公开、无法提供、不予处理、其他处理的件数，等于表中该行或该类之和。",
    "The number that the prose gives for an outcome is that of its row, or the sum of its group.",
    "claim = sum(group.total)",
)(_compared("N03"))

disputes_stated = rule(
    "N04",
    "finding",
    "正文所称因政府信息公开引起的行政复议、行政诉讼件数及其结果，等于第四部分的数字。",
    "The numbers that the prose gives for reviews and suits about open information, and their results, are those of"
    " section 四.",
    "claim = disputes.total, upheld, corrected, other, pending",
)(_compared("N04"))

acts_stated = rule(
    "N05",
    "finding",
    "正文所称作出行政许可、行政处罚、行政强制的件数，等于第二部分的数字。",
    "The numbers of licences, penalties and coercive acts that the prose gives are those of section 二.",
    "claim = decisions",
)(_compared("N05"))


@rule(
    "N06",
    "finding",
    "正文所称“占q%”，以办结总计、新收总计或新收与上年结转之和为分母之一，相差不超过末位一个单位（常有截尾）。",
    "A share in the prose fits one of the possible denominators (processed, new, new and carried in) to within one unit"
    " of its last printed digit: many cut the rest off.",
    "|q - 100 * claim.field / denominator| <= 10^-digits",
)
def shares_fit(context: Context) -> Verdicts:
    """One denominator that fits is enough, for the prose seldom says which one it means."""
    found = claims(context.record, "N06")
    if not found:
        yield DOES_NOT_APPLY
    for name, stated in found:
        verdicts = [_share(context.record, name, claim) for claim in stated]
        yield next((one for one in verdicts if isinstance(one, Fault)), verdicts[0])


def _share(record: Record, name: str, claim: Claim) -> Judgement | Fault:
    printed, part = str(claim["value"]).removesuffix("%"), _figure(record, name)
    new, carried, done = (_figure(record, one) for one in (_RECEIVED, _CARRIED, _PROCESSED))
    wholes = [done, new, total((new, carried))]
    unit = Decimal(1).scaleb(-len(printed.partition(".")[2]))
    if part is None or None in wholes:
        return CANNOT_JUDGE
    # Both sides times the whole, so that nothing is rounded here.
    if any(whole and abs(Decimal(printed) * whole - 100 * part) <= unit * whole for whole in wholes):
        return HOLDS
    words, place, seen = _words(record, name), claim["place"], "、".join(number(whole) for whole in wholes)
    return Fault(
        fields_of(record, name)[0],
        f"正文（{place}）称“{words.label}”占{claim['value']}，而{number(part)}件占办结、新收、新收加上年结转（{seen}）都不合此数。",
        f"The text ({place}) gives {claim['value']} as the share of “{words.label_en}”, but {number(part)} is no such"
        f" share of those processed, new, or new and carried in ({seen.replace('、', ', ')}).",
        part,
        fields=(*fields_of(record, name), _PROCESSED, _RECEIVED, _CARRIED),
    )


@rule(
    "N07",
    "finding",
    "正文称未收到申请（零申请）的，本年新收总计为0。",
    "Where the prose says that no request was received, the total of new ones is 0.",
    "claim: none <=> new_received.total = 0",
)
def none_received(context: Context) -> Verdicts:
    """No request in the prose, none in the table; that the prose counts some where the table has 0 is N01's to say."""
    found = [claim for _, stated in claims(context.record, "N07") for claim in stated]
    has = _figure(context.record, _RECEIVED)
    if not found:
        yield DOES_NOT_APPLY
    elif has is None:
        yield CANNOT_JUDGE
    elif has == 0:
        yield HOLDS
    else:
        place = found[0]["place"]
        yield Fault(
            _RECEIVED,
            f"正文（{place}）称未收到政府信息公开申请，表中本年新收为{number(has)}件。",
            f"The text ({place}) says that no request was received; the table has {number(has)} new ones.",
            has,
            0,
            (_RECEIVED,),
        )


# years, and what was left in -----------------------------------------------------------------------------------------


@rule(
    "N08",
    "finding",
    "正文写明为统计期限或报告年度的年份，都是本报告的年度。",
    "Every year that the prose names as the period is the report's year.",
    "claim = year",
)
def years_are_the_reports(context: Context) -> Verdicts:
    """Each year that stands as the period; all that differ are named at once."""
    record = context.record
    found = [claim for _, stated in claims(record, "N08") for claim in stated]
    wrong = [claim for claim in found if claim["value"] != record.year]
    if not found:
        yield DOES_NOT_APPLY
    elif not wrong:
        yield HOLDS
    else:
        told = "、".join(dict.fromkeys(f"{claim['value']}（{claim['place']}）" for claim in wrong))
        told_en = ", ".join(dict.fromkeys(f"{claim['value']} ({claim['place']})" for claim in wrong))
        yield Fault(
            "year",
            f"报告年度为{record.year}年，正文写作：{told}。",
            f"The report is on {record.year}; the text says: {told_en}.",
            int(wrong[0]["value"]),
            record.year,
            ("year",),
        )


@rule(
    "N09",
    "note",
    "第五部分为空或只写“无”；正文留有模板字样（XX、20XX）；正文以另一机关自称。",
    "Section 五 is empty or says 无; a template's blanks (XX, 20XX) were left in; the prose speaks of another organ as its"
    " own.",
    "narrative.problems.characters > 0, no template residue, agency_name",
)
def prose_is_finished(context: Context) -> Verdicts:
    """Nothing shows that the text was not written for this report."""
    record = context.record
    if not record.narrative:
        yield DOES_NOT_APPLY
        return
    found = list(_unfinished(record))
    yield from found
    if not found:
        yield HOLDS


def _unfinished(record: Record) -> Iterator[Fault]:
    if record.narrative.get("problems", {}).get("characters") == 0:
        zh, en = words_of_section(record.law, "problems")
        yield Fault("problems", f"{zh}没有文字。", f"{en} has no text.")
    for name, stated in claims(record, "N09"):
        told = "、".join(f"“{claim['value']}”（{claim['place']}）" for claim in stated)
        told_en = ", ".join(f"“{claim['value']}” ({claim['place']})" for claim in stated)
        if name == "agency_name":
            zh, en = f"正文以另一机关的名义开头：{told}。", f"The text begins in the name of another organ: {told_en}."
        else:
            (part, part_en), rest = (
                words_of_section(record.law, name),
                ("只有或留有", "says or was left with"),
            )
            zh, en = f"{part}{rest[0]}：{told}。", f"{part_en} {rest[1]}: {told_en}."
        yield Fault(name, zh, en)


RULES: tuple[Rule, ...] = (
    requests_received,
    requests_answered,
    outcomes_stated,
    disputes_stated,
    acts_stated,
    shares_fit,
    none_received,
    years_are_the_reports,
    prose_is_finished,
)
