"""Look-alike names: 200,000 names against 178,700 official ones, recall for every trick, beside brute force.

Everything is invented with a fixed seed: regions, official names, and half of the asked names, which are official
names disguised by one trick or by two or three together. The other half are negatives: names that are registered
themselves (a neighbouring county's department among them) or on the list of allowed names, which are sound-alikes of
official ones. A name counts as found only when the first official name told is the one it was made from; for a swapped
region, when the name told has the same duty (how often the reason names the region is printed beside it). Precision is
the right ones among all that were told.

The generator shares no table with the kernel: look-alike characters, traditional characters and inserted words are
lists of this file, and how much of each the kernel knows is printed. Readings are the exception, both ask pypinyin:
this file asks for the reading inside the name and exchanges among the 3,755 commonest characters, the kernel knows
single characters and up to two readings of each.

`--names N` and `--asked N` take fewer, `--show N` prints so many misses of each trick. Brute force is rapidfuzz `cdist`
on a sample in the same run where numpy is installed (it is no dependency of ours), otherwise `extractOne` with the same
scorer.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz, process

from zhijian.screening.lookalikes import Alike, Lookalikes, Trick, plain
from zhijian.screening.lookalikes.folding import INSERTED_WORDS
from zhijian.screening.lookalikes.shapes import shapes
from zhijian.screening.lookalikes.sounds import signs

if TYPE_CHECKING:
    from collections.abc import Callable

SEED, NAMES, ASKED, SAMPLE, ROUNDS = 20_261_122, 178_700, 200_000, 200, 10
RECALL, PRECISION, LEAST, SPEED, ONE_NAME_MS = 0.95, 0.90, 0.85, 6_000, 50

PLACE = (
    ""
    "云东南北青石白清长安平永新金玉临高大龙凤江河湖山泉松竹梅兰芳宁和泰昌盛明德仁义礼海阳阴城州原丘陵川沙洲溪桥港湾"
    ""
    "武文广汉汝淮济沂泗潍莱登蓬黄赤紫丹乌兴庆丰富康乐吉祥福寿隆顺通遂绥靖远定固镇宣化怀来涿易满围承德赞皇灵邢曲栾"
    ""
    "鹿邱桓棠樟榆桂荔柯杨柏槐枣梧桐杞彬乾坤旬蓝田户周至临潼耀铜陈仓岐扶风眉千麟太白咸兴平礼泉长武旬邑淳化彭原环县"
    ""
    "合水正宁庄浪漳碌曲舟夏河玛迭部峡碌昆仑都兰格尔木德令哈察汗达坂奇台吉木萨鄯善若羌焉耆博湖莎车岳普伽英疏附勒什噶"
    ""
    "磐舒蛟桦敦辉双辽伊通梨树扶余洮镇赉珲图们桦甸磴杭锦鄂托翁旗敖奈曼扎赉突泉科沁喀喇巴彦淖额济阿荣莫力尼鄞舟岱嵊象"
    ""
    "绍虞诸暨嵊衢婺磐浦缙遂昌松畲景岙瓯瑞苍南洞头乐清玉环仙居黄岩椒柳桥贡觉察隅墨脱错那措美桑耶琼结仁布拉孜定结萨迦"
    "晋介孝霍洪洞襄汾稷绛垣闻喜夏芮柳林岚保偏关宕舟岷渭静会陇华亭崇信泾民勤凉古浪景舒怀柔顺义密延昌门房通"
)
DUTIES = (
    "{full}公安局", "{full}教育局", "{full}人民政府", "{full}卫生健康局", "{full}人民检察院", "{full}人民法院",
    "{full}司法局",
    "{full}民政局", "{full}税务局", "{full}气象局", "{full}应急管理局", "{full}市场监管局", "{full}农业农村局",
    "{full}水利局",
    "{full}交通运输局", "{full}自然资源局", "{full}住建局", "{full}人社局", "{full}医保局", "{full}图书馆",
    "{full}博物馆",
    "{full}总工会", "{full}妇联", "{full}红十字会", "{full}残联", "{full}疾控中心", "{full}人民医院",
    "{full}行政审批局",
    "{short}发布", "平安{short}", "健康{short}", "{short}文旅", "{short}交警", "{short}消防", "{short}检察",
    "{short}融媒",
    "{short}12345", "{short}110指挥中心", "{short}公积金", "{short}生态环境", "{short}团县委", "清廉{short}",
    "法治{short}",
    "{short}政务服务", "微{short}", "{short}FM928", "文明{short}", "{short}统战", "{short}网警", "{short}120急救",
    "{full}科技局", "{full}财政局", "{full}审计局", "{full}统计局", "{full}商务局", "{full}林草局", "{full}体育局",
    "{full}城管局",
    "{full}退役军人局", "{full}文化馆", "{full}融媒体中心", "{full}人大", "{full}政协", "{full}纪委监委",
    "{short}禁毒", "{short}文联",
    "{short}科普", "{short}就业", "{short}广播电视台", "{full}第一中学", "{full}中医院", "{full}妇幼保健院",
    "爱国卫生{short}",
    "{above}{full}教育局", "{above}{full}公安局", "{above}{full}信访局", "{above}{full}审计局",
)  # fmt: skip
# Pairs that people commonly mistake for one another, or that are used on purpose; written for this file alone.
LOOKS = (
    "平乎 安宴 法怯 发友 布希 政玫 府俯 局屈 公分 务劳 税悦 教救 育盲 卫巳 生牛 健建 康庚 民尸 气乞 象像 "
    "应庆 急惫 市币 场汤 管菅 农衣 "
    "村杓 水氷 利和 交文 通逋 运远 自白 然燃 资货 源塬 住往 医匠 保堡 图囤 书节 馆绾 博搏 物枥 总怠 工土 "
    "会合 妇归 红虹 十千 残贱 联职 "
    "疾疫 控拉 中申 心必 人入 行衍 审宙 批枇 消逍 防妨 检俭 察蔡 院皖 融隔 媒煤 指脂 挥浑 积识 金全 态恋 "
    "环怀 境镜 团困 委季 清情 "
    "廉康 治冶 明朋 文丈 战栈 网冈 警擎 救敕 信倍 访坊 计讦 云去 东车 南甫 北此 青责 石右 白百 长张 永水 "
    "新斩 玉王 临监 高髙 大太 "
    "龙尤 凤风 江汪 河何 湖糊 山屾 泉皇 松忪 竹行 梅悔 兰三 芳芬 宁宇 泰秦 昌冒 盛成 德徳 仁任 义叉 礼札 "
    "海侮 阳阴 城诚 州洲 原厚 "
    "丘兵 陵菱 川州 沙抄 溪奚 桥侨 港巷 湾弯 武斌 广厂 汉汊 汝如 淮准 济挤 沂近 莱菜 登凳 黄寅 赤亦 紫柴 "
    "丹舟 乌鸟 兴兵 丰手 富宫 "
    "乐东 吉古 福幅 寿寺 隆窿 顺须 遂逐 远运 定走 固因 镇填 宣宜 化华 来未 易昜 满潢 围国 承丞 灵录 晋普 "
    "介价 孝考 洪供 洞同 喜嘉 "
    "夏复 林材 关美 舟丹 渭谓 静净 陇拢 华毕 亭享 崇祟 凉谅 古吉 浪狼 景影 柔矛 义乂 密蜜 延廷 门们 房庐 "
    "交校 司同 机枳 监盐 "
    "县具 区臣 县旦 镇缜 团因 食良 业亚 部郜 省眚 急争 综踪 合台 百自 科料 技枝 普晋 微徽 微徵 廉兼 文交 旅旋"
)
OLD_FORMS = dict(
    zip(
        "发务县区长东龙凤湾汉莱丰宁义礼兴乐寿顺远镇来满围灵晋庆华静陇会关门云卫馆图书医积联团办监检农业应气总红环审态战网警号济乌"
        "广湖阳阴桥泾栾赞乡厅妇残传实岚紫",
        "發務縣區長東龍鳳灣漢萊豐寧義禮興樂壽順遠鎮來滿圍靈晉慶華靜隴會關門雲衛館圖書醫積聯團辦監檢農業應氣總紅環審態戰網警號濟烏"
        "廣湖陽陰橋涇欒贊鄉廳婦殘傳實嵐紫",
        strict=True,
    )
)
ADDED_WORDS = (
    "官方 发布 服务 官网 认证 唯一 中心 平台 在线 便民 客服 资讯 公众号 助手 查询 预约 热线 大厅 头条 快讯 "
    "通知 权威 正版 总站 "
    "官方号 服务号 小助手 微平台 百事通 办事通 一点通 热心人 惠民通 直通车 家园 圈子 小管家 帮您办 咨询处 "
    "报名处 缴费 补贴申领"
)
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
PICTURES = "🇨🔰✅⭐🌟🏛️❤🔥📢🎉"
MARKS = "·•-_— .丶"


class Official(NamedTuple):
    """A registered name, with what a swap of regions needs: its pattern and the words that fill it."""

    name: str
    pattern: str
    region: tuple[str, str, str]


class Asked(NamedTuple):
    """A name that is asked, the trick it was made by (none for a negative), the official one it was made from."""

    name: str
    kind: str
    source: Official | None


class World:
    """The invented register, and the tricks played on it."""

    def __init__(self, names: int) -> None:
        """Invent the regions, then `names` different official names."""
        self.draw = random.Random(SEED)  # noqa: S311 -- repeatable, nothing secret
        self.regions: list[tuple[str, str, str]] = []
        self._invent_regions(max(40, names // 48))
        self.officials = self._invent_officials(names)
        self.registered = {official.name for official in self.officials}
        self.folded = {plain(name) for name in self.registered}
        common = [
            bytes([high, low]).decode("gb2312", "ignore") for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF)
        ]
        self.sounding: dict[str, list[str]] = defaultdict(list)
        for character in filter(None, common):
            self.sounding[lazy_pinyin(character)[0]].append(character)
        self.looking: dict[str, list[str]] = defaultdict(list)
        for one, other in LOOKS.split():
            self.looking[one].append(other)
            self.looking[other].append(one)

    def _invent_regions(self, count: int) -> None:
        stems: set[str] = set()
        above = ""
        while len(stems) < count:
            stem = "".join(self.draw.sample(PLACE, 2 if self.draw.random() < 0.93 else 3))
            if stem in stems:
                continue
            stems.add(stem)
            is_city = len(stems) % 10 == 1
            full = stem + ("市" if is_city else self.draw.choice("县县县区市"))
            above = full if is_city else above
            self.regions.append((stem, full, above if not is_city else ""))

    def _invent_officials(self, count: int) -> list[Official]:
        found: dict[str, Official] = {}
        for region in self.draw.choices(self.regions, k=40 * count):
            pattern = self.draw.choice(DUTIES)
            name = filled(pattern, region)
            found.setdefault(name, Official(name, pattern, region))
            if len(found) == count:
                break
        return list(found.values())

    def homophone(self, name: str) -> str:
        """Exchange one character, in a long name perhaps two, for one of the same sound."""
        for _ in range(2 if len(name) > 5 and self.draw.random() < 0.3 else 1):
            name = self._exchange(name, lambda text, place: self.sounding.get(_sound(text, place), []))
        return name

    def near_homophone(self, name: str) -> str:
        """Exchange one character for one that careless ears hear alike."""
        return self._exchange(name, lambda text, place: self.sounding.get(_slack(_sound(text, place), self.draw), []))

    def shape(self, name: str) -> str:
        """Exchange one character for one that looks alike."""
        return self._exchange(name, lambda text, place: self.looking.get(text[place], []))

    def traditional(self, name: str) -> str:
        """Write every character that has one in its old form, or one of them."""
        old = "".join(OLD_FORMS.get(character, character) for character in name)
        return (
            old
            if self.draw.random() < 0.5
            else self._exchange(name, lambda text, place: [OLD_FORMS.get(text[place], "")])
        )

    def insert(self, name: str) -> str:
        """Put a word in front, behind, or somewhere inside."""
        place = self.draw.choice((0, len(name), len(name), self.draw.randint(1, len(name))))
        return name[:place] + self.draw.choice(ADDED_WORDS.split()) + name[place:]

    def swap(self, name: str) -> str:
        """Change two neighbouring characters over."""
        place = self.draw.randrange(len(name) - 1)
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]

    def zero_width(self, name: str) -> str:
        """Put up to three characters in that cannot be seen."""
        return self._put(name, INVISIBLE, self.draw.randint(1, 3))

    def emoji(self, name: str) -> str:
        """Put up to two pictures in."""
        return self._put(name, PICTURES, self.draw.randint(1, 2))

    def full_width(self, name: str) -> str:
        """Write letters and digits in full width; a name without any gets marks and wide spaces."""
        wide = "".join(chr(ord(one) + 0xFEE0) if one.isascii() and one.isalnum() else one for one in name)
        return wide if wide != name else self._put(name, "　．＿－＠", self.draw.randint(1, 2))

    def region(self, official: Official) -> str:
        """Write another region, with its own city where the name tells the city."""
        return filled(
            official.pattern,
            self.draw.choice([one for one in self.draw.sample(self.regions, 9) if one[2]] or self.regions),
        )

    def _put(self, name: str, what: str, times: int) -> str:
        for _ in range(times):
            place = self.draw.randint(0, len(name))
            name = name[:place] + self.draw.choice(what) + name[place:]
        return name

    def _exchange(self, name: str, likes: Callable[[str, int], list[str]]) -> str:
        places = list(range(len(name)))
        self.draw.shuffle(places)
        for place in places:
            others = [other for other in likes(name, place) if other and other != name[place]]
            if others:
                return name[:place] + self.draw.choice(others) + name[place + 1 :]
        return name


def _sound(name: str, place: int) -> str:
    sounds = lazy_pinyin(name)
    return sounds[place] if len(sounds) == len(name) else lazy_pinyin(name[place])[0]


def _slack(sound: str, draw: random.Random) -> str:
    """Return a neighbouring sound: zh for z and the like, n for l, -n for -ng."""
    ways = []
    for one, other in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if sound.startswith(one):
            ways.append(other + sound[2:])
        elif sound.startswith(other):
            ways.append(one + sound[1:])
    if sound[0] in "nl":
        ways.append(("l" if sound[0] == "n" else "n") + sound[1:])
    if sound.endswith("ng"):
        ways.append(sound[:-1])
    elif sound.endswith("n"):
        ways.append(sound + "g")
    return draw.choice(ways) if ways else ""


def filled(pattern: str, region: tuple[str, str, str]) -> str:
    """Return the name a pattern makes for a region."""
    return pattern.format(short=region[0], full=region[1], above=region[2])


TRICKS = (
    "homophone", "near_homophone", "shape", "traditional", "insert", "swap", "zero_width", "emoji",
    "full_width", "region",
    "homophone+shape", "shape+insert", "homophone+insert", "swap+insert", "homophone+swap", "shape+shape",
    "traditional+homophone",
    "near_homophone+insert", "shape+zero_width", "emoji+homophone", "traditional+shape+insert",
    "region+insert", "region+homophone",
)  # fmt: skip


def positives(world: World, count: int) -> list[Asked]:
    """Disguise official names by every trick in turn, until there are `count` that are not registered themselves."""
    asked: list[Asked] = []
    while len(asked) < count:
        kind = TRICKS[len(asked) % len(TRICKS)]
        source = world.draw.choice(world.officials)
        name = source.name
        for trick in kind.split("+"):
            before = name
            name = world.region(source) if trick == "region" else getattr(world, trick)(name)
            if name == before:
                break
            if trick == "region" and plain(name) in world.folded:
                break
        else:
            if name not in world.registered and (plain(name) not in world.folded or plain(name) == plain(source.name)):
                asked.append(Asked(name, kind, source))
    return asked


def negatives(world: World, count: int, taken: set[str]) -> tuple[list[Asked], list[str]]:
    """Return registered names, and a tenth allowed ones: sound-alikes that somebody found harmless."""
    allowed: list[str] = []
    while len(allowed) < count // 10:
        name = world.homophone(world.draw.choice(world.officials).name)
        if plain(name) not in world.folded and plain(name) not in taken:
            allowed.append(name)
    registered = [official.name for official in world.draw.choices(world.officials, k=count - len(allowed))]
    return [Asked(name, "", None) for name in (*registered, *allowed)], allowed


def ordinary(world: World, count: int) -> list[str]:
    """Return names of private accounts of the same regions, as they are everywhere; none is registered."""
    endings = (
        "同城",
        "美食日记",
        "房产网",
        "老王说车",
        "摄影",
        "人才招聘",
        "装修",
        "女装批发",
        "钓鱼",
        "吃喝玩乐",
        "二手车",
        "婚恋",
        "篮球",
        "发型",
        "服饰",
        "公寓",
        "教育机构",
        "医院建材",
        "政法考研",
    )
    names = (world.draw.choice(world.regions)[0] + world.draw.choice(endings) for _ in range(count))
    return [name for name in names if plain(name) not in world.folded]


def right(asked: Asked, found: tuple[str, tuple[str, ...]] | None) -> bool:
    """Tell whether what was told first is what the name was made from."""
    if found is None or asked.source is None:
        return False
    official, _ = found
    if not asked.kind.startswith("region"):
        return official == asked.source.name
    return all(part in official for part in duty_of(asked.source.pattern))


def duty_of(pattern: str) -> list[str]:
    """Return what stays of a pattern without its regions."""
    return [part for part in pattern.replace("{", "}").split("}") if part not in {"short", "full", "above", ""}]


def ask_all(index: Lookalikes, asked: list[Asked]) -> tuple[list[tuple[str, tuple[str, ...]] | None], list[float]]:
    """Return the first likeness of each name, and how many names a second were asked, a figure for each round."""
    answers: list[tuple[Alike, ...]] = []
    speeds: list[float] = []
    size = -(-len(asked) // ROUNDS)
    for start in range(0, len(asked), size):
        began = time.perf_counter()
        answers += [index.alike(one.name) for one in asked[start : start + size]]
        speeds.append(len(asked[start : start + size]) / (time.perf_counter() - began))
    told = [
        (found[0].official, tuple(reason.trick for reason in found[0].reasons)) if found else None for found in answers
    ]
    return told, speeds


def brute_force(world: World, asked: list[Asked]) -> tuple[str, float, float]:
    """Return what was run, names a second, and how many of the disguised came out first with the true name."""
    names = [official.name for official in world.officials]
    disguised = [one for one in asked if one.kind and not one.kind.startswith("region")]
    sample = world.draw.sample(disguised, min(SAMPLE, len(disguised)))
    began = time.perf_counter()
    try:
        import numpy  # noqa: F401, ICN001, PLC0415 -- cdist needs it, we do not
    except ImportError:
        best = [process.extractOne(one.name, names, scorer=fuzz.ratio)[0] for one in sample]
        how = "rapidfuzz extractOne (no numpy here)"
    else:
        best = []
        for start in range(0, len(sample), 20):
            table = process.cdist([one.name for one in sample[start : start + 20]], names, scorer=fuzz.ratio)
            best += [names[place] for place in table.argmax(axis=1)]
        how = "rapidfuzz cdist"
    speed = len(sample) / (time.perf_counter() - began)
    return (
        how,
        speed,
        sum(name == one.source.name for name, one in zip(best, sample, strict=True) if one.source) / len(sample),
    )


def report_overlap() -> None:
    """Print how much of the generator's lists the kernel knows."""
    pairs = LOOKS.split()
    drawn = sum(other in shapes().get(one, ()) for one, other in pairs)
    old = sum(plain(form) == new for new, form in OLD_FORMS.items())
    added = ADDED_WORDS.split()
    words = sum(word in INSERTED_WORDS for word in added)
    print(f"the kernel knows {drawn} of {len(pairs)} look-alike pairs, {old} of {len(OLD_FORMS)} old forms,", end=" ")
    print(f"{words} of {len(added)} words")


def report_mistyped() -> None:
    """Print how many of the pairs that people really mistyped the kernel's tables know, where the folder is at hand."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "typos"
    files = [path for path in sorted(folder.glob("*")) if "LICENSE" not in path.name]
    lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line]
    pairs: set[tuple[str, str]] = set()
    for line in lines:
        wrong, meant = line.rstrip("\n").split("\t")[-2:]
        if len(wrong) == len(meant):
            pairs.update((one, other) for one, other in zip(wrong, meant, strict=True) if one != other)
    han = [(one, other) for one, other in pairs if min(one, other) >= "\u4e00" and max(one, other) <= "\u9fff"]
    known = sum(bool(set(signs(one)) & set(signs(other))) or other in shapes().get(one, ()) for one, other in han)
    if han:
        print(f"of {len(han)} pairs people mistyped (ECSpell, pycorrector) the tables know {known / len(han):.2f}")


def main() -> None:
    """Print the figures, then the line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--names", type=int, default=NAMES)
    parser.add_argument("--asked", type=int, default=ASKED)
    parser.add_argument("--show", type=int, default=0, help="print so many misses of each trick")
    options = parser.parse_args()
    world = World(options.names)
    disguised = positives(world, options.asked // 2)
    harmless, allowed = negatives(world, options.asked // 2, {plain(one.name) for one in disguised})
    asked = [*disguised, *harmless]
    world.draw.shuffle(asked)
    regions = {word for region in world.regions for word in region[1:] if word}
    began = time.perf_counter()
    index = Lookalikes((official.name for official in world.officials), regions=regions, allowed=allowed)
    print(f"{len(index)} official names indexed in {time.perf_counter() - began:.1f} s; {len(world.regions)} regions")
    report_overlap()
    report_mistyped()
    answers, speeds = ask_all(index, asked)
    speed = statistics.median(speeds)
    made, found, named_region, told = Counter(), Counter(), Counter(), 0
    missed: dict[str, list[str]] = defaultdict(list)
    for one, answer in zip(asked, answers, strict=True):
        told += answer is not None
        if one.kind:
            made[one.kind] += 1
            named_region[one.kind] += bool(answer and Trick.REGION in answer[1])
            is_right = right(one, answer)
            found[one.kind] += is_right
            if not is_right:
                missed[one.kind].append(f"{one.name} <- {one.source.name if one.source else ''}, told {answer}")
    for kind in TRICKS:
        named = f", region named in {named_region[kind] / made[kind]:.3f}" if kind.startswith("region") else ""
        print(f"{kind:28} {found[kind] / made[kind]:.3f} of {made[kind]}{named}")
        for line in missed[kind][: options.show]:
            print("   ", line)
    recall, precision = found.total() / made.total(), found.total() / told
    wrong = sum(answer is not None for one, answer in zip(asked, answers, strict=True) if not one.kind)
    private = ordinary(world, 5_000)
    alarms = sum(bool(index.alike(name)) for name in private)
    how, brute_speed, brute_recall = brute_force(world, asked)
    single = sorted(_milliseconds(index, one.name) for one in disguised[:3_000])
    print(f"recall {recall:.4f}, precision {precision:.4f}, false alarms on negatives {wrong} of {len(harmless)}")
    print(f"ordinary private names of the same regions: {alarms} of {len(private)} told (not in the figures above)")
    print(f"{speed:,.0f} names/s ({min(speeds):,.0f} … {max(speeds):,.0f})", end="; ")
    print(f"{how}: {brute_speed:.1f} names/s, recall of the first {brute_recall:.2f}")
    p95 = single[len(single) * 95 // 100]
    print(f"one disguised name: median {statistics.median(single):.2f} ms, p95 {p95:.2f}, most {single[-1]:.2f}")
    weakest = min(found[kind] / made[kind] for kind in TRICKS)
    figures = {
        "recall": {"value": round(recall, 4), "goal": RECALL, "better": "higher"},
        "precision": {"value": round(precision, 4), "goal": PRECISION, "better": "higher"},
        "weakest_trick_recall": {"value": round(weakest, 4), "goal": LEAST, "better": "higher"},
        "names_per_second": {"value": round(speed), "goal": SPEED, "better": "higher"},
        "times_brute_force": {"value": round(speed / brute_speed), "goal": 20, "better": "higher"},
        "one_name_worst_ms": {"value": round(single[-1], 2), "goal": ONE_NAME_MS, "better": "lower"},
    }
    print(json.dumps(figures))


def _milliseconds(index: Lookalikes, name: str) -> float:
    began = time.perf_counter()
    index.alike(name)
    return 1_000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
