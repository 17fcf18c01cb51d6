"""The places that the study names, as they stand in S city."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """
    A place that the study names, and what it fixes about it.

    Attributes
    ----------
    case : str
        Short name.
    level : str
        ``"district"``, ``"sub-district"``, ``"community"`` or ``"estate"``.
    place : str
        Code of the place.
    title_en, title_zh : str
        Its name in either language.
    description_en, description_zh : str
        What the study says of it.
    chapter : str
        First chapter that uses it.
    fixed : dict
        Variables whose equation gives way to what the study says.
    """

    case: str
    level: str
    place: str
    title_en: str
    title_zh: str
    description_en: str
    description_zh: str
    chapter: str
    fixed: dict[str, Any] = field(default_factory=dict)

    @property
    def community(self) -> str:
        """
        Code of the community whose variables the case fixes.

        Returns
        -------
        str
            The code; for a larger place the place's own, which fixes nothing.
        """
        return self.place[:-2] if self.level == "estate" else self.place


CASES = (
    Case(
        "resettlement_estate",
        "estate",
        "G-2-03-1",
        "The resettlement estate",
        "动迁安置房小区",
        "9,060 residents: about 1,200 rehoused farm households and about 4,300 "
        "non-local residents, who have little to do with each other",
        "共有居民9060人：约1200户动迁农户和约4300名外来人口，两者交往很少",
        "04",
        # 1,200 local households with 4,760 people, 1,720 non-local with 4,300.
        {
            "housing": "resettlement",
            "estates": 1,
            "households": 2920,
            "local_size": 4760 / 1200,
            "non_local_size": 2.5,
            "non_local_share": 4300 / 9060,
        },
    ),
    Case(
        "district_j",
        "district",
        "J",
        "District J",
        "J区",
        "District of the old street L; here an added layer, the town, manages "
        "communities whose committees mostly pass on information",
        "L老街所在的区；实行“镇管社区”，社区组织主要承担信息传递",
        "10",
    ),
    Case(
        "old_street_l",
        "community",
        "J-2-05",
        "Old street L",
        "L老街",
        "Residents founded a loving service society that sorts waste, mediates and "
        "keeps stairwells clear",
        "居民自发成立爱心服务社，开展垃圾分类、邻里调解和楼道清洁",
        "07",
        {"housing": "lane"},
    ),
    Case(
        "district_m",
        "district",
        "M",
        "District M",
        "M区",
        "Party-led property management with a through-train platform on which a firm "
        "must act within a set time",
        "“红色物业”与“物业服务直通车”平台，物业公司须限时处理",
        "11",
    ),
    Case(
        "subdistrict_z",
        "sub-district",
        "A-1",
        "Sub-district Z",
        "Z街道",
        "The 1+3+X mechanism: Party organisation, three carriages, all other forces",
        "“1+3+X”社区治理机制：党组织、三驾马车与其他社会力量",
        "09",
    ),
    Case(
        "subdistrict_h",
        "sub-district",
        "M-2",
        "Sub-district H",
        "H街道",
        "More than ten meetings about lift retrofits, led by the general Party branch",
        "街道党总支牵头，就加装电梯召开十多次会议",
        "09",
    ),
    Case(
        "estate_h",
        "estate",
        "B-3-04-1",
        "Old estate H",
        "H老旧小区",
        "Lift retrofit agreed after talks in a good-neighbour deliberation hall; the "
        "study does not say that it lies in sub-district H",
        "在睦邻议事厅协商后推进加装电梯；原文未说明它位于H街道",
        "08",
        {"housing": "old", "hall": 1},
    ),
    Case(
        "new_town",
        "sub-district",
        "K-3",
        "The new town",
        "新城",
        "Reworked its neighbourhood model: 12 residential supporting functions in "
        "neighbourhood centres",
        "重塑邻里模式，以邻里中心提供12项居住配套功能",
        "06",
        {"functions": 12},
    ),
    Case(
        "cobuilding_town",
        "sub-district",
        "G-1",
        "The town of the co-building agreements",
        "签订共建共治协议的镇",
        "Its Party committee led community branches to sign agreements with firms and "
        "institutions in the area",
        "镇党委引导社区党总支与驻区单位签订共建共治协议",
        "09",
    ),
)
