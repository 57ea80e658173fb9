"""Kinds of filters and pages, what a pivot sums, the life of an action on the PDCA board, and the map's tiles."""

from enum import StrEnum

from app.core.i18n import Bilingual


class Kind(StrEnum):
    """How a filter is filled in: some codes, fiscal years from and to, yen from and to, or a text."""

    choice = "choice"
    years = "years"
    yen = "yen"
    text = "text"


class Shape(StrEnum):
    """How a column's values are written."""

    text = "text"
    label = "label"
    day = "day"
    year = "year"
    yen = "yen"
    number = "number"


class Kept(StrEnum):
    """Which page a saved view opens."""

    explorer = "explorer"
    pivot = "pivot"
    map = "map"

    @property
    def label(self) -> Bilingual:
        return {
            "explorer": Bilingual("List", "一覧"),
            "pivot": Bilingual("Cross table", "クロス集計"),
            "map": Bilingual("Map", "地図"),
        }[self.value]


class Measure(StrEnum):
    projects = "projects"
    yen = "yen"

    @property
    def label(self) -> Bilingual:
        return {"projects": Bilingual("number of projects", "件数"), "yen": Bilingual("amount in yen", "金額(円)")}[
            self.value
        ]


class Share(StrEnum):
    """What a percentage in a pivot is of."""

    none = "none"
    row = "row"
    column = "column"
    whole = "whole"

    @property
    def label(self) -> Bilingual:
        return {
            "none": Bilingual("no shares", "割合なし"),
            "row": Bilingual("share of the row", "行に占める割合"),
            "column": Bilingual("share of the column", "列に占める割合"),
            "whole": Bilingual("share of everything", "全体に占める割合"),
        }[self.value]


class Shade(StrEnum):
    """What the map shows: how many, how much, or the rate of those that reached the chosen level."""

    projects = "projects"
    yen = "yen"
    rate = "rate"

    @property
    def label(self) -> Bilingual:
        return {
            "projects": Bilingual("number of projects", "件数"),
            "yen": Bilingual("amount in yen", "金額(円)"),
            "rate": Bilingual("share that reached the level", "事業化到達率"),
        }[self.value]


class Place(StrEnum):
    prefecture = "prefecture"
    bureau = "bureau"

    @property
    def label(self) -> Bilingual:
        return {
            "prefecture": Bilingual("prefecture of the leading organisation", "代表機関の都道府県"),
            "bureau": Bilingual("bureau in charge", "所管の経済産業局"),
        }[self.value]


class FileKind(StrEnum):
    csv = "csv"
    xlsx = "xlsx"

    @property
    def label(self) -> Bilingual:
        return {"csv": Bilingual("CSV", "CSV"), "xlsx": Bilingual("Excel (XLSX)", "Excel(XLSX)")}[self.value]


class Actual(StrEnum):
    """Where a target's actual value comes from."""

    typed = "typed"
    commercialization = "commercialization"
    participation = "participation"

    @property
    def label(self) -> Bilingual:
        return {
            "typed": Bilingual("records that people type in, each with its source", "出典を付した手入力の記録"),
            "commercialization": Bilingual("commercialization rate (per cent)", "事業化率(%)"),
            "participation": Bilingual("participation rate (per cent)", "クラスター参加率(%)"),
        }[self.value]


class ActionStatus(StrEnum):
    planned = "planned"
    doing = "doing"
    done = "done"
    dropped = "dropped"
    carried = "carried"

    @property
    def label(self) -> Bilingual:
        return {
            "planned": Bilingual("Planned", "計画"),
            "doing": Bilingual("Under way", "実施中"),
            "done": Bilingual("Done", "完了"),
            "dropped": Bilingual("Dropped", "取りやめ"),
            "carried": Bilingual("Carried over", "次年度へ繰越し"),
        }[self.value]


class Standing(StrEnum):
    """How an indicator stands on a day against the straight way from its baseline to its target."""

    reached = "reached"
    on_pace = "on_pace"
    behind = "behind"
    unknown = "unknown"

    @property
    def label(self) -> Bilingual:
        return {
            "reached": Bilingual("Target reached", "目標達成"),
            "on_pace": Bilingual("On pace", "計画どおり"),
            "behind": Bilingual("Behind", "計画より遅れ"),
            "unknown": Bilingual("Not known", "実績なし"),
        }[self.value]


#: The 47 prefectures as tiles (column, row): a plan of our own that keeps neighbours together; no survey lies behind it.
TILES: dict[str, tuple[int, int]] = {
    "01": (12, 0),
    "02": (12, 2), "05": (11, 3), "03": (12, 3), "06": (11, 4), "04": (12, 4), "15": (10, 5), "07": (12, 5),
    "17": (8, 5), "16": (9, 5), "10": (11, 5), "18": (7, 6), "21": (8, 6), "20": (9, 6), "19": (10, 6), "09": (11, 6),
    "08": (12, 6), "26": (6, 7), "25": (7, 7), "23": (8, 7), "22": (9, 7), "11": (11, 7), "13": (11, 8), "12": (12, 7),
    "14": (10, 8), "28": (5, 7), "27": (5, 8), "29": (6, 8), "24": (7, 8), "30": (6, 9),
    "32": (3, 6), "31": (4, 6), "34": (3, 7), "33": (4, 7), "35": (2, 7),
    "37": (4, 9), "36": (4, 10), "38": (3, 9), "39": (3, 10),
    "40": (1, 8), "41": (0, 8), "42": (0, 9), "44": (1, 9), "43": (0, 10), "45": (1, 10), "46": (0, 11), "47": (0, 13),
}  # fmt: skip
#: The same for the bureaus.
BUREAU_TILES: dict[str, tuple[int, int]] = {
    "hokkaido": (5, 0), "tohoku": (5, 1), "kanto": (4, 2), "chubu": (3, 2), "kinki": (2, 2), "chugoku": (1, 2),
    "shikoku": (2, 3), "kyushu": (0, 3), "okinawa": (0, 4),
}  # fmt: skip
