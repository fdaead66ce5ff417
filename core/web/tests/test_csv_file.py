"""Tables as files."""

from core.web.csv_file import csv_response


def test_a_text_is_no_formula_and_a_number_stays_one():
    rows = [["=1+1", -3], ["@home", None], ['麵包, "new"', 2.5]]
    found = csv_response(name="bread", columns=["what", "much"], rows=rows)
    assert found["Content-Disposition"] == 'attachment; filename="bread.csv"'
    lines = found.content.decode("utf-8").split("\r\n")
    assert lines == ["\ufeffwhat,much", "'=1+1,-3", "'@home,", '"麵包, ""new""",2.5', ""]
