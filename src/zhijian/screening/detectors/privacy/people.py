"""Persons who must not be named: patients with their illness, children in cases and on lists of aid."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zhijian.screening.detectors.privacy.names import HEAD, NAME
from zhijian.screening.detectors.privacy.signs import hit
from zhijian.screening.enums import PrivateKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.detectors.hits import Hit
    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_DISEASE = (
    "艾滋|hiv|梅毒|淋病|性病|尖锐湿疣|乙肝|丙肝|肝炎|肺结核|结核病|麻风|精神分裂|精神病|精神障碍|抑郁症|双相|癫痫|"
    "白血病|尿毒症|肾衰竭|恶性肿瘤|癌|淋巴瘤|肿瘤|糖尿病|高血压|冠心病|脑瘫|脑梗|血友病|自闭症|孤独症|唐氏|阿尔茨海默|"
    "帕金森|新冠|新型冠状病毒|流感|霍乱|鼠疫|布鲁氏|布病|狂犬病|猴痘|不孕|流产"
)
_ILL = re.compile(f"{_DISEASE}|确诊|阳性|患者|病人|病例|感染者")
_FELL_ILL = "(?:罹患|患有|患上|身患|患|感染|确诊|诊断|查出|检出|因|得了|死于)"
_NAMED_PATIENT = re.compile(
    f"{HEAD}(?P<hit>{NAME})(?=[，,、（( ]|{_FELL_ILL}|被诊断|被确诊|被查出|经)(?!（化名|\\(化名)"
    f"(?=[^。！？；\n]{{0,24}}{_FELL_ILL}[^。！？；，\n]{{0,6}}(?:{_DISEASE}))",
)
_CALLED_PATIENT = re.compile(
    f"(?:患者|病人|病例|感染者|携带者)(?P<hit>{NAME})(?=[，,、（( ])(?!（化名|\\(化名)"
    f"(?=[^。！？\n]{{0,40}}(?:[男女]|[0-9]岁|住院|治疗|手术|隔离|感染|确诊|{_DISEASE}))",
)
_AGE = "(?:(?<![0-9])(?:1[0-7]|[1-9])|十[一二三四五六七]?|(?<![十百])[一二三四五六七八九])周?岁"
_SCHOOL = "(?:小学|年级|初[一二三中]|幼儿园|中学|高[一二三])"
_YOUNG = (
    "岁",
    "小学",
    "年级",
    "初一",
    "初二",
    "初三",
    "初中",
    "幼儿园",
    "中学",
    "高一",
    "高二",
    "高三",
    "未成年",
    "无人抚养",
)
_NAME_AND_AGE = re.compile(
    f"{HEAD}(?P<hit>{NAME})(?:同学|小朋友)?(?!（化名|\\(化名)[，,（( ]{{0,2}}"
    f"(?:[男女][，, ]?)?(?:[\\u4e00-\\u9fff]{{1,4}}族[，,])?"
    f"(?:年仅|现年|今年|时年|年)?{_AGE}",
)
_AGE_AND_NAME = re.compile(
    f"{_AGE}的?(?:男|女|小)?(?:孩子?|童|生|学生|儿童|少年|少女|儿子|女儿)?(?P<hit>{NAME})"
    "(?=[，,、（( ]|被|遭|因|在|系|的|不幸|失)(?!（化名)",
)
_PUPIL = re.compile(
    f"{_SCHOOL}[^，。；\n]{{0,6}}?(?:学生|同学|女生|男生|新生|孩子|受害人|被害人|嫌疑人|患者)(?P<hit>{NAME})"
    "(?=[，,、（( ]|被|遭|因|在|系|家|的|获|自|不幸|失)(?!（化名)",
)
_UNDER_AGE = re.compile(
    f"(?:未成年|事实无人抚养)[^，。；\n]{{0,6}}?(?:人|儿童|学生|女孩|男孩|者)(?P<hit>{NAME})"
    "(?=[，,、（( ]|被|遭|因|在|系|家)(?!（化名)",
)
_CASE = re.compile(
    "被害|受害|猥亵|性侵|强奸|拐卖|拐骗|救助|资助|困难|低保|特困|孤儿|留守儿童|无人抚养|处罚|拘留|训诫|嫌疑|殴打|盗窃|"
    "违法|犯罪|欺凌|霸凌|抢劫|抢夺|寻衅|溺水|自杀|自残|轻生|立案|法院|检察|监护|未成年(?:受害|被害|嫌疑)|患|辍学|残疾|死亡|身亡|失踪",
)
_REACH = 60


def patient(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find names of persons whose illness the sentence tells. 某某 and made-up names (化名) are not meant."""
    if not _ILL.search(page.folded):
        return
    found = {match.span("hit"): match for match in _NAMED_PATIENT.finditer(page.folded)}
    found.update({match.span("hit"): match for match in _CALLED_PATIENT.finditer(page.folded)})
    for start, end in sorted(found):
        yield _named(page, start, end, "写了姓名，又写了所患疾病")


def minor(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find names of persons under 18 where the sentence speaks of a case, a punishment, an accident or of aid."""
    if not any(word in page.folded for word in _YOUNG):
        return
    aged = (_NAME_AND_AGE, _AGE_AND_NAME) if "岁" in page.folded else ()
    spans = {
        match.span("hit") for expression in (*aged, _PUPIL, _UNDER_AGE) for match in expression.finditer(page.folded)
    }
    for start, end in sorted(spans):
        if _CASE.search(page.paragraph(start, end, reach=_REACH)):
            yield _named(page, start, end, "写了未成年人的姓名，上下文是案件、处罚、事故或救助")


def _named(page: Page, start: int, end: int, why: str) -> Hit:
    return hit(PrivateKind.NAME, start, end, page.text[start:end], why)
