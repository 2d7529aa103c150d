"""The nine towns of the county."""

TOWNS = {
    "古韩镇",
    "王桥镇",
    "侯堡镇",
    "夏店镇",
    "虒亭镇",
    "西营镇",
    "王村镇",
    "下良镇",
    "善福镇",
}
