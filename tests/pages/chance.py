"""Words by chance: villages, people and dates that never were."""

from __future__ import annotations

import numpy as np

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗"
GIVEN = "成水德福桂兰长根有田满仓玉梅永顺秀英国平守仁文魁春生喜凤金锁树林翠花来旺"
VILLAGES = ("小孙庄", "大王庄", "柳树屯", "石桥村", "北河沿", "东高坡", "槐树岭", "沙窝村")
TOWNSHIPS = ("柳林乡", "石桥乡", "青山镇", "沙河乡", "东岭镇")
DIGITS = "〇一二三四五六七八九"
POSTS = ("会计", "妇女主任", "治安保卫委员", "民兵连长", "调解委员", "生产组长")
TRADITIONAL = (
    "東西南北段地畝分至溝路樹墳界中人情願賣與名下耕種管業永無反悔立此文契憑證價洋元角當日交足"
)


class Chance:
    """Words by chance; one `rng`, so the order of asking matters."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def pick(self, words: tuple[str, ...] | str) -> str:
        """One of `words`."""
        return str(words[int(self.rng.integers(0, len(words)))])

    def number(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return int(self.rng.integers(low, high + 1))

    def name(self) -> str:
        """A person's name of three characters."""
        return self.pick(SURNAMES) + self.pick(GIVEN) + self.pick(GIVEN)

    def year(self) -> int:
        """A year of the archive."""
        return self.number(1970, 1999)

    def date(self, year: int) -> str:
        """A date of `year` in Chinese numerals."""
        months = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
        spelled = "".join(DIGITS[int(digit)] for digit in str(year))
        return f"{spelled}年{self.pick(months)}月{self.pick(months)}日"
