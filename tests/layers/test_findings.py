from __future__ import annotations

from layers.findings import Finding, Findings, UnreadableError, shown


def test_a_finding_has_the_shape_of_the_answer():
    finding = Finding(2, "beds", "x", "I04", "改。")
    assert finding.to_json() == {
        "row": 2,
        "field": "beds",
        "value": "x",
        "code": "I04",
        "level": "error",
        "message": "改。",
    }


def test_findings_come_in_order_of_rows_and_only_errors_count():
    findings = Findings()
    findings.add("I02", "提示", row=3, level="warning")
    assert not findings.has_errors
    findings.add("I04", "错", row=2)
    findings.take(Finding(None, None, None, "I01", "文件"))
    assert [f.row for f in findings.listed()] == [None, 2, 3]
    assert findings.has_errors


def test_the_like_of_it_is_counted_past_a_limit():
    findings = Findings(per_code=2)
    for row in range(5):
        findings.add("I04", "错", row=row)
    *kept, last = findings.listed()
    assert [f.row for f in kept] == [0, 1]
    assert (last.code, last.level, last.message) == ("I04", "error", "另有 3 处同类问题未列出。")


def test_long_values_are_shortened_to_one_line():
    assert shown("a\n" * 100) == "a " * 29 + "a…"
    assert shown(None) is None


def test_an_unreadable_file_carries_its_finding():
    error = UnreadableError(7, "读不了。", finding_code="I04")
    assert (error.finding.row, error.finding.code, error.where) == (7, "I04", "7")
