"""What residents write or say: short Chinese requests from a grammar with variation."""

from govlib.city.people import Floats

# Topics in the order of the codebook: what is wrong with what, and what is asked for.
# Every place is a building by number, a stairwell or a path: nobody's address.
TOPICS = {
    "lift": (
        ("电梯", "楼里的电梯", "货梯", "电梯门"),
        ("停运好几天了", "老是困人", "运行时抖动", "关门夹人", "坏了没人修"),
        ("请尽快维修", "请安排检修", "希望检查安全", "什么时候能修好"),
    ),
    "lighting": (
        ("楼道灯", "路灯", "门口的灯", "地下车库的灯"),
        ("不亮了", "一闪一闪", "坏了很久", "晚上全黑"),
        ("请换灯泡", "请派人来修", "老人走路不安全", "希望尽快恢复"),
    ),
    "leak": (
        ("屋顶", "外墙", "水管", "卫生间天花板"),
        ("漏水", "一下雨就渗水", "爆了一直流水", "墙皮都湿了"),
        ("请尽快维修", "物业说要动用维修资金", "请上门查看", "家里都泡了"),
    ),
    "waste": (
        ("垃圾桶", "垃圾房", "垃圾投放点", "装修垃圾"),
        ("满了没人清运", "味道很大", "误时投放堆在路边", "没有分类就混装"),
        ("请增加清运次数", "希望加强管理", "请派人清理", "夏天苍蝇很多"),
    ),
    "noise": (
        ("楼上装修", "广场舞音响", "空调外机", "底楼商铺"),
        ("半夜还在响", "中午也不停", "声音太大", "震得睡不着"),
        ("请上门劝阻", "希望协调一下", "请规定时间", "家里有老人孩子"),
    ),
    "parking": (
        ("消防通道", "小区门口", "地面车位", "充电桩车位"),
        ("被车堵住", "乱停车", "外来车辆占了", "一位难求"),
        ("请管一管停车", "希望重新划线", "请联系车主挪车", "救护车都进不来"),
    ),
    "clutter": (
        ("楼道里", "消防门后面", "公共走廊", "自行车棚"),
        ("堆满杂物", "停了好几辆电瓶车", "放着旧家具", "有人飞线充电"),
        ("请清理楼道", "有火灾隐患", "希望组织大家清一次", "劝了也不听"),
    ),
    "care": (
        ("助餐点", "日间照料中心", "上门助浴", "社区食堂"),
        ("排不上队", "太远走不动", "不知道怎么申请", "周末不开"),
        ("请帮忙登记", "希望能送到家", "想了解怎么办理", "请社区上门看看"),
    ),
}
# Chances of the topics, of those up to 59 and of the older.
CHANCES = {
    "18-59": (0.12, 0.10, 0.10, 0.12, 0.18, 0.22, 0.12, 0.04),
    "60+": (0.18, 0.14, 0.12, 0.12, 0.08, 0.06, 0.12, 0.18),
}
OPENERS = ("", "", "您好，", "反映一下，", "请问，", "又来打扰了，", "居民反映，")
PLACES = (
    "{n}号楼{what}",
    "我们{n}号楼的{what}",
    "{n}号楼这边{what}",
    "{what}（{n}号楼）",
)
LINKS = ("，", "，", "，已经说过一次了，", "，好多邻居都有意见，", "，")
# What only the one or the other group adds.
ADDED = {
    "18-59": ("，下班回来就这样", "，可以线上回复我", "，照片已上传", "，群里也有人说"),
    "60+": (
        "，我年纪大腿脚不便",
        "，手机不会弄只能打电话",
        "，子女不在身边",
        "，麻烦同志了",
    ),
}
ENDS = ("", "。", "！", "，谢谢。")
# Uniform numbers that one text takes.
DRAWS = 9


def request_text(topic: str, building: int, older: bool, draws: Floats) -> str:
    """
    Put one request into words.

    Parameters
    ----------
    topic : str
        One of `TOPICS`.
    building : int
        Number of the building.
    older : bool
        Whether the caller is 60 or over.
    draws : numpy.ndarray of float, shape (9,)
        Uniform numbers; the first two choose the thing and what is wrong with it.

    Returns
    -------
    str
        A text of one sentence.

    Examples
    --------
    >>> import numpy as np
    >>> request_text("lighting", 3, False, np.zeros(9))
    '3号楼楼道灯不亮了，请换灯泡，下班回来就这样'
    """
    things, faults, asks = TOPICS[topic]

    def choose(options: tuple[str, ...], draw: float) -> str:
        return options[min(int(draw * len(options)), len(options) - 1)]

    what = choose(things, draws[0]) + choose(faults, draws[1])
    place = choose(PLACES, draws[2]).format(n=building, what=what)
    text = choose(OPENERS, draws[3]) + place
    # One in four asks for nothing in so many words.
    if draws[4] < 0.75:
        text += choose(LINKS, draws[5]) + choose(asks, draws[6])
    if draws[7] < 0.35:
        added = ADDED["60+" if older else "18-59"]
        text += choose(added, draws[7] / 0.35)
    return text + choose(ENDS, draws[8])
