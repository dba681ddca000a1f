"""Measure the worst texts we could think of against the limit of one second of processor time per megabyte.

Run by itself: `make bench NAME=hostile`. The last line is JSON. Each text is one sign or word over and over, mostly
without a line end. Besides the words below every rule's own examples, their halves and lines of them are tried on a
small text, and the worst of these at full size: so each rule meets the text that it finds hardest, made only of what
it looks for. Pages are broken on purpose, or full of what is hidden.
"""

from __future__ import annotations

import json
import random
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from zhijian.screening import Disguise, compile_ruleset, default_rules, rule_from_term, scan
from zhijian.screening.attachments import BadAttachment, judge_attachment, read_attachment
from zhijian.screening.pages import judge_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from zhijian.screening import Rule, RuleSet

MEGABYTE = 1_000_000
SMALL = 30_000
WORST = 40
TERMS = ("加微信领取", "好篮球", "信论")
SEEDS = """
女子 攻府 1 12 https://a.cn/ 《 》 （ “ 一、 攻\u200b府 攻 府 年 2026年 2026年1月 2026年1月1日 ，，
第1条 a A 啊 。 １ 138 1381234 11010519491231002X 加徽信 张三 共3项， 分别占10%、 附件1 http :// .cn.
a.b @ 人民 中华人民 省市县 江阴市 保定市清苑县 主任 小学生张某 家住 卡号 6222021234567890128
一二三四五六七八九十 壹万 元 % 10% 、 ： ； 关于 通知〔2026〕 〔 号 [ ] { (1) ① 🀄 的的 了了
各部门各部门 甲乙丙， xn-- javascript: c:\\ … —— - 1- 1/ 2026- 1. 1: 下午 星期 正月 初一 kg ℃ 截止
以上 约 大约 近 身份证13 1,1 岁1 ”” )) 一、\u3000 单元1 微信a 截止1 （1） 亻言 66岁 家住1号
"""
PAGES = """
<div> <div><p></div> <a&b; <script <!-- <style>a{ <div/style=display:none> &#x110000; <![CDATA[ <table><tr>
<p/style=left:-999px> <meta/name=keywords/content=百家乐> <a/href=//yabo.bet> <iframe/src=//yabo.bet/hidden>
<script>document.referrer;location=1</script> <noscript><a/href=//a.bet>百家乐</a></noscript> 百家乐|六合彩| 县(xiàn)
"""


def repeated(seed: str, size: int) -> str:
    """Return a text of about `size` bytes that is nothing but `seed`."""
    return seed * max(1, size // max(1, len(seed.encode("utf-8", "surrogatepass"))))


def hostile_texts() -> Iterator[tuple[str, str]]:
    """Yield texts of one megabyte with their names; one is ten megabytes of one line."""
    for seed in [*SEEDS.split(), " ", "\u200b", "\ud800", "\n", "138 ", "1 - ", "一、\n", "“\n", "(\n", "甲\n乙\n"]:
        yield seed, repeated(seed, MEGABYTE)
    yield "ten megabytes", "关于做好2026年防汛工作的通知，联系电话13800138000。" * (10 * MEGABYTE // 72)
    yield "links, all different", "".join(f"http://a{number}.cn/{number} " for number in range(45_000))
    yield "hosts, all different", "".join(f"{number:x}.cn " for number in range(110_000))
    yield "numbers, all different", " ".join(str(number) for number in range(150_000))
    yield "days, all different", "".join(f"20{n % 100:02}年{n % 13}月{n % 32}日（星期一）" for n in range(28_000))
    yield "days without year", "2026年" + "".join(f"{n % 13}月{n % 32}日（星期一）" for n in range(33_000))
    yield "title", "甲乙丙丁局\n" + "甲乙戊己局" * 66_000
    picker = random.Random(7)  # noqa: S311 -- a repeatable text, nothing secret
    yield "any digits", "".join(picker.choices("0123456789-  ", k=MEGABYTE))
    yield "any characters", "".join(chr(picker.randrange(0x4E00, 0x9FA6)) for _ in range(MEGABYTE // 3))
    yield "any marks", "".join(picker.choices("（）《》“”，。、：；〔〕1一a", k=MEGABYTE // 3))


def examples(rules: Iterable[Rule]) -> Iterator[str]:
    """Yield what each rule is written for: an example of every rule, of those with a detector all and in parts."""
    for rule in rules:
        given = (*rule.examples_hit, *rule.examples_pass)
        yield from given if rule.detector else given[:1]
        for example in given if rule.detector else ():
            half = len(example) // 2
            yield from (example[:half], example[half:], f"{example}\n")


def worst_examples(rules: Iterable[Rule], ruleset: RuleSet) -> list[str]:
    """Return the examples that cost most for each byte, tried small."""
    tried = {
        seed: seconds_per_megabyte(lambda text: scan(text, ruleset), repeated(seed, SMALL))
        for seed in dict.fromkeys(examples(rules))
        if seed
    }
    print(f"{len(tried)} examples tried on {SMALL} bytes each; the worst {WORST} of them at full size")
    return sorted(tried, key=lambda seed: -tried[seed])[:WORST]


def hostile_pages() -> Iterator[tuple[str, str]]:
    """Yield broken pages and pages full of what is hidden, of one megabyte each."""
    for seed in PAGES.split():
        yield seed, repeated(seed, MEGABYTE)
    links = "".join(f"<a href=http://a{number}.cn/>{number}</a>" for number in range(25_000))
    yield "links, all different", links
    yield "hidden links, all different", f"<div style=display:none>{links}</div>"
    block = "<p hidden><a href=http://{0}.cn>a</a><a href=http://b{0}.cn>b</a><a href=http://c{0}.cn>c</a></p>"
    yield "hidden blocks of links", "".join(block.format(number) for number in range(9_000))
    yield "scripts of strange hosts", "".join(f"<script src=//a{n}.top/></script>" for n in range(27_000))


def seconds_per_megabyte(act: Callable[[str], object], text: str) -> float:
    """Return the processor seconds `act` takes for each megabyte of a text."""
    began = time.process_time()
    act(text)
    return (time.process_time() - began) * MEGABYTE / len(text.encode("utf-8", "surrogatepass"))


def main() -> None:
    """Print the slowest, then the line of JSON."""
    rules = default_rules()
    terms = [rule_from_term(rule_id=word, wrong=word, disguises=Disguise) for word in TERMS]
    ruleset = compile_ruleset([*rules, *terms], on=date(2026, 6, 1))
    scan("热身，2026年1月1日，南京市，https://a.cn/", ruleset)
    judge_page("<p>热身</p>")

    def judge_file(text: str) -> None:
        try:
            judge_attachment(read_attachment(text.encode("utf-8", "replace"), name="a.csv"), ruleset)
        except BadAttachment as bad:
            print(f"  refused: {bad}")

    def judge_text(text: str) -> None:
        scan(text, ruleset)

    shapes = dict(hostile_texts()) | {seed: repeated(seed, MEGABYTE) for seed in worst_examples(rules, ruleset)}
    tables = {seed: f"{seed}," * (MEGABYTE // 8) for seed in ("攻府", "1", '"', "=1+1")}
    spent = {
        name: {seed: seconds_per_megabyte(act, text) for seed, text in texts.items()}
        for name, act, texts in (
            ("text", judge_text, shapes),
            ("page", judge_page, dict(hostile_pages())),
            ("csv", judge_file, tables),
        )
    }
    for name, found in spent.items():
        worst = sorted(found.items(), key=lambda pair: -pair[1])[:8]
        print(f"{name} ({len(found)}): " + ", ".join(f"{seed!r} {took:.2f}" for seed, took in worst), "s per MB")
    figures = {
        f"worst_{name}_s_per_mb": {"value": round(max(found.values()), 2), "goal": 1.0, "better": "lower"}
        for name, found in spent.items()
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
