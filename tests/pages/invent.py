"""Invent a page of any genre: villages, people, sums and reasons drawn by chance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.pages import bookish, gridded, newsprint, pictorial, typescript
from tests.pages.chance import POSTS, TOWNSHIPS, TRADITIONAL, VILLAGES, Chance
from tests.pages.document import Document, Genre, Table


def invented(genre: Genre, seed: int) -> Document:
    """A page of `genre`; the same seed gives the same page."""
    return MAKERS[genre](Chance(np.random.default_rng(seed)))


def _red_headed(chance: Chance) -> Document:
    township, village, year = chance.pick(TOWNSHIPS), chance.pick(VILLAGES), chance.year()
    office = f"{township}人民政府"
    people = tuple(
        f"{chance.name()}同志任{village}村民委员会{chance.pick(POSTS)}；"
        for _ in range(chance.number(2, 4))
    )
    return Document(
        genre="red-headed",
        issuer=f"{office}文件",
        number=f"{township[0]}政发〔{year}〕{chance.number(1, 60)}号",
        title=f"关于{village}村干部任职的通知",
        addressee=f"{village}村民委员会：",
        paragraphs=("根据工作需要，经研究决定：", *people, "以上同志任期三年。", "特此通知。"),
        signed=(office,),
        date=chance.date(year),
        seals=(office,),
    )


def _notice(chance: Chance) -> Document:
    township, village, year = chance.pick(TOWNSHIPS), chance.pick(VILLAGES), chance.year()
    office, name = f"中共{township}委员会", chance.name()
    return Document(
        genre="notice",
        title=f"{office}\n关于{name}同志任职的通知",
        number=f"{township[0]}委发〔{year}〕{chance.number(1, 40)}号",
        addressee=f"{village}党支部：",
        paragraphs=(
            f"经乡党委{year}年第{chance.number(1, 12)}次会议研究决定，{name}同志任{village}"
            f"支部委员会书记，{chance.name()}同志任副书记。",
            "望你村接此通知后，尽快做好分工和账目交接，并将干部名册一式两份报送存档。",
        ),
        signed=(office,),
        date=chance.date(year),
        seals=(office,),
    )


def _minutes(chance: Chance) -> Document:
    village, year = chance.pick(VILLAGES), chance.year()
    total, present = chance.number(28, 45), chance.number(20, 28)
    return Document(
        genre="minutes",
        title=f"{village}村民代表会议记录",
        facts=(
            ("时间", f"{year}年{chance.number(1, 12)}月{chance.number(1, 28)}日"),
            ("地点", chance.pick(("村小学东教室", "大队部院内", "村委会会议室", "打谷场"))),
            ("主持人", f"{chance.name()}　记录人：{chance.name()}"),
            ("应到代表", f"{total}人　实到{present}人"),
        ),
        paragraphs=(
            f"一、{chance.name()}报告全年收支，收入{chance.number(1200, 9800)}元，"
            f"支出{chance.number(900, 8800)}元，代表无异议。",
            f"二、讨论村东机井维修，每户出工{chance.number(2, 9)}天，由{chance.name()}负责。",
            f"三、{chance.name()}提出宅基地调整，经表决，{present - 3}票同意，三票弃权。",
        ),
        signed=(f"代表签名：{chance.name()}、{chance.name()}",),
        date=f"{year}年{chance.number(1, 12)}月{chance.number(1, 28)}日",
    )


def _agreement(chance: Chance) -> Document:
    first, second, year = chance.pick(VILLAGES[:4]), chance.pick(VILLAGES[4:]), chance.year()
    names = tuple(chance.name() for _ in range(4))
    roles = ("甲方代表", "乙方代表", "证明人", "调解人")
    return Document(
        genre="agreement",
        title=f"{first}、{second}土地边界协议",
        paragraphs=(
            f"{first}（甲方）与{second}（乙方）为河滩地边界一事，经调解达成协议如下：",
            f"一、边界北起大路，沿河沟西岸向南至石桥，全长{chance.number(200, 900)}米。",
            f"二、沿边界埋设石桩{chance.number(4, 12)}根，任何一方不得移动。",
            f"三、乙方已种小麦{chance.number(3, 20)}亩准予收割一季，夏收后交还甲方。",
            "四、本协议一式三份，双方各执一份，存档一份。",
        ),
        signed=tuple(f"{role}：{name}" for role, name in zip(roles, names, strict=True)),
        date=chance.date(year),
        seals=(f"{first}村民委员会", f"{second}村民委员会"),
        fingers=names[2:3],
    )


def _register(chance: Chance) -> Document:
    village, year = chance.pick(VILLAGES), chance.year()
    places = ("老柳树北侧", "河沟西岸", "水渠闸口", "旧砖窑东", "大路拐弯处", "石桥东头")
    states = ("完好", "歪斜", "断裂", "已更换", "被水冲失")
    rows = tuple(
        (str(row + 1), chance.pick(places), f"{chance.number(40, 99)}米", chance.pick(states))
        for row in range(chance.number(6, 9))
    )
    widths = (20.0, 56.0, 30.0, 34.0)
    return Document(
        genre="register",
        title=f"{village}边界石桩登记表",
        paragraphs=(f"{chance.date(year)}，{chance.name()}逐桩复查，结果登记如下：",),
        table=Table(heads=("桩号", "位置", "距前桩", "现状"), widths_mm=widths, rows=rows),
        signed=(f"{village}村民委员会",),
        date=chance.date(year),
        seals=(f"{village}村民委员会",),
    )


def _roster(chance: Chance) -> Document:
    village, year = chance.pick(VILLAGES), chance.year()
    rows = tuple(
        (
            str(row + 1), chance.name(), chance.pick("男女"), f"{chance.number(2, 9)}年",
            f"{chance.number(60, 480)}.{chance.number(0, 9)}0", "",
        )
        for row in range(12)
    )  # fmt: skip
    heads = ("序号", "姓名", "性别", "缴费年限", "退款金额（元）", "领款人按印")
    return Document(
        genre="roster",
        title="农村社会养老保险基金退款花名册",
        facts=(("单位", village), ("年度", f"{year}年")),
        table=Table(heads=heads, widths_mm=(22.0, 44.0, 24.0, 40.0, 56.0, 48.0), rows=rows),
        signed=(f"制表人：{chance.name()}", f"复核人：{chance.name()}"),
        seals=(f"{village}村民委员会",),
        fingers=tuple(row[1] for row in rows if chance.number(0, 2)),
    )


def _card(chance: Chance) -> Document:
    village = chance.pick(VILLAGES)
    head = chance.name()
    kin = ("户主", "妻", "长子", "次子", "长女", "母")
    members = tuple(
        (
            head if not row else chance.name(), kin[row], f"{chance.number(1925, 1990)}年",
            chance.pick(("小学", "初中", "高中", "文盲")), chance.pick(("务农", "上学", "务工")),
        )
        for row in range(chance.number(3, 6))
    )  # fmt: skip
    heads = ("姓名", "与户主关系", "出生年份", "文化程度", "职业")
    return Document(
        genre="card",
        title=f"{village}村户档卡",
        facts=(
            ("户主姓名", head),
            ("户号", f"{chance.number(1, 399):04d}"),
            ("家庭人口", f"{len(members)}人"),
            ("承包地", f"{chance.number(3, 15)}.{chance.number(0, 9)}亩"),
            ("宅基地", f"{chance.number(2, 5)}分"),
            ("建档日期", f"{chance.year()}年"),
        ),
        table=Table(heads=heads, widths_mm=(40.0, 40.0, 36.0, 36.0, 34.0), rows=members),
    )


def _deed(chance: Chance) -> Document:
    seller, columns = chance.name(), chance.number(5, 8)
    lines = tuple("".join(chance.pick(TRADITIONAL) for _ in range(13)) for _ in range(columns - 1))
    return Document(
        genre="deed",
        title="立賣地契",
        paragraphs=(f"立賣契人{seller}今因正用將祖遺", *lines),
        date="中華民國二十三年十月初六日",
        signed=(f"立契人{seller}", f"中人{chance.name()}"),
        fingers=(seller,),
    )


def _blank(chance: Chance) -> Document:
    del chance
    return Document(genre="blank")


MAKERS: dict[Genre, Callable[[Chance], Document]] = {
    "red-headed": _red_headed,
    "notice": _notice,
    "minutes": _minutes,
    "agreement": _agreement,
    "register": _register,
    "roster": _roster,
    "card": _card,
    "deed": _deed,
    "blank": _blank,
    **typescript.MAKERS,
    **pictorial.MAKERS,
    **bookish.MAKERS,
    **newsprint.MAKERS,
    **gridded.MAKERS,
}
