"""Measure the privacy detectors on made-up sentences with look-alike numbers.

Run by itself: `python bench/privacy.py [sentences]`. The last line is JSON. The sentences are seeded; templates stand
in privacy.toml, one half of them held out. A place found counts as right when it
overlaps a true one of its own kind; every other finding of a privacy rule is false.
"""

from __future__ import annotations

import json
import random
import re
import string
import sys
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from zhijian.screening import Category, compile_ruleset, default_rules, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from zhijian.screening import RuleSet

DAY = date(2026, 6, 1)
SENTENCES = 24_000
SEED = 20260601
TEMPLATES = tomllib.loads(Path(__file__).with_name("privacy.toml").read_text(encoding="utf-8"))
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓韩冯曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚"
    "卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红玲建国志文斌宇浩凯欣怡梓涵雨轩子豪晨曦佳慧思远"
    "海燕春梅晓东德福振兴永庆淑珍"
)
PLACES = ("清河县城关镇", "历城区王舍人街道", "南江县下两镇", "金水区文化路街道", "平阴县孝直镇", "清河县三里乡")
STREETS = ("和平路", "建设街", "人民东路", "解放大道", "幸福小区", "阳光花园", "新华里", "王家村", "翠湖家园")
REGIONS = ("110105", "370102", "440305", "650102", "510922", "320481", "410105", "230103", "620102", "450107")
BINS = ("622202", "622848", "621700", "621661", "622588", "623094", "621098", "622150")
HOSTS = ("qq.com", "163.com", "126.com", "sina.com", "139.com", "gmail.com", "foxmail.com")
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
HAN = str.maketrans("0123456789", "〇一二三四五六七八九")
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")


@dataclass(frozen=True)
class Sentence:
    """A text and its true places as (kind, start, end); `half` is tuned or held_out."""

    half: str
    text: str
    true: tuple[tuple[str, int, int], ...]


@dataclass
class Maker:
    """Fills the words of the templates. One maker with one seed always makes the same sentences."""

    dice: random.Random

    def digits(self, count: int, *, first: str = string.digits) -> str:
        return self.dice.choice(first) + "".join(self.dice.choices(string.digits, k=count - 1))

    def one(self, words: Iterable[str]) -> str:
        return self.dice.choice(list(words))

    def day(self, first: date = date(1935, 1, 1), last: date = date(2020, 12, 31)) -> date:
        return first + timedelta(days=self.dice.randrange((last - first).days))

    def name(self) -> str:
        return self.one(SURNAMES) + "".join(self.dice.choices(GIVEN, k=self.dice.choice((1, 2, 2, 2))))

    patient = minor = aided = name

    def plain_id(self) -> str:
        head = f"{self.one(REGIONS)}{self.day():%Y%m%d}{self.digits(3)}"
        return head + "10X98765432"[sum(int(a) * b for a, b in zip(head, WEIGHTS, strict=True)) % 11]

    def resident_id(self) -> str:
        number = self.plain_id()
        wide, lower = number.translate(WIDE), number.lower()
        return self.dice.choice((number, number, number, lower, wide, number.translate(CIRCLED)))

    def spaced_id(self) -> str:
        number = self.plain_id()
        grouped = f"{number[:6]} {number[6:14]} {number[14:]}"
        return self.dice.choice((number, grouped, grouped.replace(" ", "-"), "\u200b".join(number), " ".join(number)))

    def broken_id(self) -> str:
        number = self.plain_id()
        signs = "0123456789X"
        return number[:-1] + signs[(signs.index(number[-1]) + self.dice.randint(1, 9)) % 11]

    def old_id(self) -> str:
        return f"{self.one(REGIONS)}{self.day(last=date(1995, 1, 1)):%y%m%d}{self.digits(3)}"

    def disabled(self) -> str:
        return f"{self.plain_id()}{self.dice.randint(1, 7)}{self.dice.randint(1, 4)}"

    def mobile(self) -> str:
        number = "1" + self.one("3456789") + self.digits(9)
        grouped = f"{number[:3]} {number[3:7]} {number[7:]}"
        ways = (number, number, number, number, grouped, grouped.replace(" ", "-"), "+86" + number)
        return self.dice.choice((*ways, number.translate(WIDE), number.translate(HAN), number.translate(CIRCLED)))

    def landline(self) -> str:
        area = self.one(("010", "021", "0531", "0534", "0371", "0827"))
        return f"{area}{self.one(('-', '-', '－', ' '))}{self.digits(8 if len(area) == 3 else 7, first='2345678')}"

    def home_phone(self) -> str:
        return self.landline() if self.dice.random() < 0.7 else self.digits(7, first="2345678")

    def bank_card(self) -> str:
        head = self.one(BINS) + self.digits(self.dice.choice((9, 12)))
        number = head + next(digit for digit in string.digits if luhn(head + digit))
        grouped = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
        return self.dice.choice((number, number, grouped))

    def address(self) -> str:
        number, door = self.dice.randint(1, 199), self.dice.randint(101, 2804)
        ends = (
            f"{number}号",
            f"{number}号{door}室",
            f"{number}号楼{door % 5 + 1}单元{door}室",
            f"{number % 30 + 1}栋{door}",
        )
        end = self.dice.choice(ends)
        return self.one(PLACES) + self.one(STREETS) + (end if end.endswith(("室", "号")) else end + "室")

    def office_address(self) -> str:
        return (
            f"{self.one(PLACES)}{self.one(('和平路', '建设街', '人民东路'))}{self.dice.randint(1, 199)}号政务服务大厅"
        )

    def plate(self) -> str:
        head = self.one(PROVINCES) + self.one(PLATE_LETTERS[:14])
        head += self.one(("", "", "·"))
        usual = self.digits(4) + self.one(PLATE_LETTERS)
        electric = self.one("DF") + self.digits(5)
        special = self.digits(4) + self.one("警学")
        return self.dice.choice(
            (head + self.digits(5), head + usual, head + electric, head + special, "粤Z·" + self.digits(4) + "港")
        )

    def passport(self) -> str:
        return self.dice.choice(
            ("E" + self.digits(8), "E" + self.one("ABCDFGH") + self.digits(7), "G" + self.digits(8))
        )

    def permit(self) -> str:
        return self.dice.choice(
            ("C" + self.digits(8), "CA" + self.digits(7), "H" + self.digits(8), "M" + self.digits(8))
        )

    def taiwan_permit(self) -> str:
        return self.digits(8, first="03456789")

    def social(self) -> str:
        return self.dice.choice((self.digits(10), self.one(PLATE_LETTERS) + self.digits(8), self.digits(12)))

    def record(self) -> str:
        return self.dice.choice((self.digits(8), "ZY" + self.digits(6), self.digits(10)))

    def handle(self) -> str:
        return self.one(string.ascii_lowercase) + "".join(
            self.dice.choices(string.ascii_lowercase + string.digits, k=self.dice.randint(5, 11))
        )

    def own_mail(self) -> str:
        return f"{self.handle()}@{self.one(HOSTS)}"

    def office_mail(self) -> str:
        host = self.one(("qinghe.gov.cn", "sd.gov.cn", "163.com", "shandong.cn"))
        return f"{self.one(('qhxzf', 'jubao', 'xxgk', 'sjwjw'))}@{host}"

    def wechat(self) -> str:
        return self.one(("wxid_" + self.handle(), self.handle(), self.handle()))

    def qq(self) -> str:
        return self.digits(self.dice.randint(6, 10), first="123456789")

    def age(self) -> str:
        return str(self.dice.randint(19, 88))

    def child(self) -> str:
        return self.dice.choice((str(self.dice.randint(3, 17)), self.one(("六", "九", "十二", "十五"))))

    def grade(self) -> str:
        return self.one(("三年级", "实验小学五年级", "初二", "城关镇第二小学", "七年级"))

    def place(self) -> str:
        return self.one(PLACES)

    def date(self) -> str:
        day = self.day(date(2015, 1, 1), date(2026, 5, 1))
        return self.dice.choice((f"{day.year}年{day.month}月{day.day}日", f"{day:%Y-%m-%d}", f"{day:%Y.%m.%d}"))

    def order(self) -> str:
        day = f"{self.day(date(2020, 1, 1), date(2026, 5, 1)):%Y%m%d}"
        return self.dice.choice(
            (day + self.digits(10), "1" + self.one("3456789") + self.digits(9), "62" + self.digits(17))
        )

    def credit(self) -> str:
        return (
            self.dice.choice(("11", "12", "91", "52"))
            + self.one(REGIONS)
            + self.digits(8)
            + self.one("0123456789ABCDEFGHJKLMNPQRTUWXY")
            + self.one("0123456789X")
        )

    def east(self) -> str:
        return f"{self.dice.randint(99, 121)}.{self.digits(self.dice.choice((6, 11, 14)))}"

    def north(self) -> str:
        return f"{self.dice.randint(20, 43)}.{self.digits(self.dice.choice((6, 11, 14)))}"

    def office_account(self) -> str:
        return self.dice.choice(
            (self.digits(17, first="12389"), f"15-{self.digits(15)}", self.digits(19, first="12389"))
        )

    def invoice(self) -> str:
        return self.dice.choice((self.digits(8), self.digits(12, first="0123"), "2" + self.digits(19)))

    def tracking(self) -> str:
        return self.dice.choice(
            (
                "SF" + self.digits(13),
                "YT" + self.digits(13),
                "98" + self.digits(11),
                "7" + self.digits(14),
                "JD" + self.digits(11),
            )
        )

    def index(self) -> str:
        return self.dice.choice(
            (
                "11370000004" + self.digits(6) + "/2026-" + self.digits(5),
                "0051" + self.digits(19),
                self.digits(9, first="0") + "-" + self.digits(18),
            )
        )

    def amount(self) -> str:
        return self.dice.choice(
            (
                f"{self.digits(5, first='123456789')}.{self.digits(2)}元",
                f"{self.digits(3, first='123')}万元",
                f"1{self.one('3456789')}{self.digits(9)}元",
                f"{self.digits(2, first='12')},{self.digits(3)},{self.digits(3)}元",
            )
        )

    def imei(self) -> str:
        return "86" + self.digits(13)

    def docno(self) -> str:
        return self.dice.choice(
            (
                f"清政发〔2026〕{self.dice.randint(1, 99)}号",
                f"鲁政办字〔2025〕{self.dice.randint(1, 199)}号",
                f"（2025）鲁01民终{self.digits(5, first='123')}号",
            )
        )

    def isbn(self) -> str:
        return self.dice.choice((f"978-7-{self.digits(3)}-{self.digits(5)}-{self.digits(1)}", f"9787{self.digits(9)}"))

    def hotline(self) -> str:
        return self.one(("12345", "12309", "12315", f"400-{self.digits(3)}-{self.digits(4)}", f"800{self.digits(7)}"))

    def long_number(self) -> str:
        return self.dice.choice(
            (self.digits(24, first="123"), "2026" + self.digits(18), self.digits(13, first="1"), "0" + self.digits(20))
        )

    def batch(self) -> str:
        return self.dice.choice(
            (
                f"SDGP3700002026{self.digits(8)}",
                f"QH-2026-{self.digits(4)}",
                f"ZB2026{self.digits(9)}",
                f"{self.one('鲁苏')}A{self.digits(8)}",
            )
        )

    def account(self) -> str:
        return self.one(("qinghefabu", "清河发布", "qh_gov2019", "qhrd12345"))

    def count(self) -> str:
        return self.digits(self.dice.randint(2, 5), first="123456789")

    def model(self) -> str:
        return self.one(PLATE_LETTERS) + self.digits(8)

    def meter(self) -> str:
        return self.digits(self.dice.choice((10, 12)), first="023456789")


def luhn(digits: str) -> bool:
    """Tell whether the Luhn sum is right: our own second writing of it, so that the detector is not its own judge."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def fill(template: str, half: str, maker: Maker) -> Sentence:
    """Fill a template and remember where the true items stand."""
    parts: list[str] = []
    true: list[tuple[str, int, int]] = []
    at = 0
    for piece in re.split(r"(\{\w+\})", template):
        word = piece
        if piece.startswith("{"):
            make: Callable[[], str] = getattr(maker, piece[1:-1])
            word = make()
            if piece[1:-1] in TEMPLATES["true"]:
                true.append((piece[1:-1], at, at + len(word)))
        parts.append(word)
        at += len(word)
    return Sentence(half, "".join(parts), tuple(true))


def sentences(count: int, *, seed: int = SEED) -> list[Sentence]:
    """Return `count` sentences, both halves alike, every kind alike and look-alikes as many as a third."""
    maker = Maker(random.Random(seed))  # noqa: S311 -- repeatable sentences, nothing secret
    made = []
    for number in range(count):
        half = ("tuned", "held_out")[number % 2]
        kinds = sorted(set(TEMPLATES[half]) - {"look_alike"})
        kind = "look_alike" if number % 3 == 2 else kinds[number // 2 % len(kinds)]
        made.append(fill(maker.one(TEMPLATES[half][kind]), half, maker))
    return made


@dataclass
class Tally:
    """What was right, missed and false, by kind."""

    right: Counter[str]
    missed: Counter[str]
    false: Counter[str]
    examples: list[tuple[str, str, str]]

    @property
    def recall(self) -> float:
        return self.right.total() / max(1, self.right.total() + self.missed.total())

    @property
    def precision(self) -> float:
        return self.right.total() / max(1, self.right.total() + self.false.total())


def judge(made: Iterable[Sentence], ruleset: RuleSet) -> Tally:
    """Scan every sentence and compare with its true places."""
    tally = Tally(Counter(), Counter(), Counter(), [])
    rules: Mapping[str, list[str]] = TEMPLATES["true"]
    for sentence in made:
        found = [one for one in scan(sentence.text, ruleset) if one.category is Category.PRIVACY]
        met = set()
        for kind, start, end in sentence.true:
            hits = [one for one in found if one.rule_id in rules[kind] and one.start < end and start < one.end]
            met.update(hits)
            (tally.right if hits else tally.missed)[kind] += 1
            if not hits:
                tally.examples.append(("missed", kind, sentence.text))
        for one in set(found) - met:
            tally.false[one.rule_id] += 1
            tally.examples.append(("false", one.rule_id, sentence.text))
    return tally


def main(words: list[str]) -> None:
    """Print a table of kinds, the time, then the line of JSON."""
    count = int(words[0]) if words else SENTENCES
    ruleset = compile_ruleset([rule for rule in default_rules() if rule.category is Category.PRIVACY], on=DAY)
    made = sentences(count)
    began = time.perf_counter()
    whole = judge(made, ruleset)
    spent = time.perf_counter() - began
    halves = {half: judge([one for one in made if one.half == half], ruleset) for half in ("tuned", "held_out")}
    print(f"{len(made)} sentences, {sum(len(one.true) for one in made)} true items, {spent:.1f} s")
    print(f"{'kind':<14}{'right':>8}{'missed':>8}{'recall':>9}")
    worst_recall = worst_precision = 1.0
    for kind, rules in TEMPLATES["true"].items():
        right, missed = whole.right[kind], whole.missed[kind]
        worst_recall = min(worst_recall, right / max(1, right + missed))
        print(f"{kind:<14}{right:>8}{missed:>8}{right / max(1, right + missed):>9.4f}")
        same = [other for other, others in TEMPLATES["true"].items() if others == rules]
        hits, false = sum(whole.right[other] for other in same), sum(whole.false[rule] for rule in rules)
        worst_precision = min(worst_precision, hits / max(1, hits + false))
    print("false:", dict(whole.false))
    for how, kind, text in halves["tuned"].examples[: 30 if "-v" in words else 0]:
        print(how, kind, text)
    for half, tally in halves.items():
        print(f"{half}: recall {tally.recall:.4f}, precision {tally.precision:.4f}")
    figures = {
        "recall": {"value": round(whole.recall, 4), "goal": 0.99, "better": "higher"},
        "precision": {"value": round(whole.precision, 4), "goal": 0.98, "better": "higher"},
        "held_out_recall": {"value": round(halves["held_out"].recall, 4), "goal": 0.99, "better": "higher"},
        "held_out_precision": {"value": round(halves["held_out"].precision, 4), "goal": 0.98, "better": "higher"},
        "worst_kind_recall": {"value": round(worst_recall, 4), "goal": 0.99, "better": "higher"},
        "worst_kind_precision": {"value": round(worst_precision, 4), "goal": 0.98, "better": "higher"},
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
