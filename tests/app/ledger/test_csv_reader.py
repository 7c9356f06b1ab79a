"""CSV: encodings by evidence, delimiters, records with line breaks, and everything broken with its place."""

import pytest

from app.ledger.encoding import MIXED
from app.ledger.sheet import COLUMNS_MAX
from tests.app.ledger.workbooks import places, read, tasks, tasks_with
from tests.fuzz.limits import bound_time

TEXT = "编号,任务名称,责任单位,截止日期\r\n1,联网审批系统建设㛃𬭚,财政局,2026-03-05\r\n2,数据共享,公安局,\r\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("utf-8"), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.replace("㛃𬭚", "").encode("gbk"), "gb18030"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.replace(",", "\t").encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.replace(",", ";").encode("utf-16-be"), "utf-16"),
    ],
)
def test_p69_every_encoding_gives_the_same_rows(data: bytes, encoding: str) -> None:
    """P69: UTF-8 with and without mark, GBK, GB18030 with rare characters, Excel's Unicode text."""
    ledger = read(data, tasks())
    assert not ledger.findings.lines()
    assert ledger.encoding == encoding
    assert [row.title.removesuffix("㛃𬭚") for row in ledger.rows] == ["联网审批系统建设", "数据共享"]
    assert encoding == "gb18030" or ledger.rows[0].title.endswith("㛃𬭚")
    assert [row.lead for row in ledger.rows] == ["财政局", "公安局"]


def test_p69_gb18030_keeps_rare_characters() -> None:
    """P69: the four-byte characters of GB18030 arrive whole."""
    assert read(TEXT.encode("gb18030"), tasks()).rows[0].title.endswith("㛃𬭚")


@pytest.mark.parametrize("cut", [-1, -9])
def test_p69_a_truncated_gbk_file_is_refused_with_the_place(cut: int) -> None:
    """P69: half a character at the end is a fault naming line and byte; nothing is read."""
    data = "编号,任务名称\n1,财政资金管理\n2,数据共享交换平".encode("gbk")
    ledger = read(data[:cut], tasks())
    assert ledger.refused
    assert not ledger.rows
    assert "文件第 3 行" in ledger.findings.lines("zh")[0]
    assert "line 3" in ledger.findings.lines("en")[0]


def test_p69_broken_utf8_is_not_taken_for_gbk() -> None:
    """P69: a damaged UTF-8 file is refused, never shown as Chinese characters that nobody wrote."""
    data = TEXT.encode()
    broken = data[:60] + b"\xff" + data[61:]
    ledger = read(broken, tasks())
    assert ledger.findings.codes == {"broken_encoding": 1}


@pytest.mark.parametrize(("lost", "code"), [("锟斤拷锟斤拷", "lost_characters"), ("\ufffd局", "replacement_character")])
def test_p69_what_was_lost_before_is_a_fault(lost: str, code: str) -> None:
    """P69: the traces of an earlier wrong conversion never enter the database unseen."""
    text = f"编号,任务名称,责任单位\n1,审批,{lost}\n"
    ledger = read(text, tasks())
    assert places(ledger, code) == [(2, "责任单位", lost)]
    assert ledger.refused
    lowered = read(text, tasks(f'[checks]\nlower = ["{code}"]'))
    assert not lowered.refused
    assert lowered.rows[0].raw == {"lead": lost}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Café crème für Größe, naïve", "latin-1"),
        ("“quoted” – it’s", "cp1252"),
        ("Straße\u00a0Nord", "latin-1"),
    ],
)
def test_western_files_are_detected(text: str, encoding: str) -> None:
    """Accents that stand alone among ASCII speak for Latin-1, typographic quotes for cp1252."""
    ledger = read(f'ID,T\n1,"{text}"\n'.encode("cp1252"), tasks_with("ID", "T"))
    assert ledger.encoding == encoding
    assert ledger.rows[0].title == text.replace("\u00a0", " ")


def test_an_encoding_that_proves_nothing_is_refused() -> None:
    """Bytes that are neither Chinese nor Western text are not guessed; naming the encoding helps."""
    data = "编号,任务名称\n1,".encode("ascii", "ignore") + "Приветмир".encode("cp1251") + b"\x81\x8d\n"
    assert read(data, tasks()).findings.codes.keys() <= {"unknown_encoding", "broken_encoding"}


def test_a_rare_chinese_name_is_not_taken_for_accents() -> None:
    """P69: one rare character of GBK alone could be é and F: it is refused, not shown as rubbish."""
    assert read("ID,T\n1,镕\n".encode("gbk"), tasks_with("ID", "T")).findings.codes == {"unknown_encoding": 1}
    assert read("ID,T\n1,朱镕基财政局\n".encode("gbk"), tasks_with("ID", "T")).rows[0].title == "朱镕基财政局"


def test_named_encoding_wins_and_is_strict() -> None:
    """A mapping that names the encoding is obeyed; bytes that do not fit are a fault with the place."""
    ledger = read("ID,T\n1,Café au lait\n".encode("cp1252"), tasks_with("ID", "T", 'encoding = "gb18030"'))
    assert ledger.refused
    ledger = read("ID,T\n1,Приветмир\n".encode("cp1251"), tasks_with("ID", "T", 'encoding = "cp1251"'))
    assert ledger.rows[0].title == "Приветмир"


def test_stray_bytes_are_read_only_when_the_mapping_says_so() -> None:
    """UTF-8 with single bytes of cp1252 is refused, or read with a flag that counts them."""
    data = "ID,T\n1,Größe’s".encode() + b"\xa0x\n"
    assert read(data, tasks_with("ID", "T")).refused
    ledger = read(data, tasks_with("ID", "T", f'encoding = "{MIXED}"'))
    assert ledger.findings.codes == {"mixed_encoding": 1}
    assert ledger.rows[0].title == "Größe’s x"


def test_records_with_line_breaks_are_one_row() -> None:
    """Row numbers are the spreadsheet's: a record over several lines is one row, blank ones count."""
    text = '编号,任务名称,责任单位\n1,"一\n二",甲\n\n2,三,"\ufffd"\n'
    ledger = read(text, tasks())
    assert [(row.row, row.title) for row in ledger.rows] == [(2, "一 二"), (4, "三")]
    assert places(ledger, "replacement_character") == [(4, "责任单位", "\ufffd")]


def test_broken_quotes_are_refused_with_the_row() -> None:
    """A quote that is never closed would swallow the rest of the file."""
    ledger = read('编号,任务名称\n1,甲\n2,"乙\n3,丙\n', tasks())
    assert [(found.code, found.row) for found in ledger.findings] == [("broken_csv", 3)]


def test_shapes_that_do_not_fit_the_header() -> None:
    """Cells beyond the header mean a shifted record: a fault; a record that ends early is shown."""
    ledger = read("编号,任务名称,责任单位\n1,甲,乙,丙\n2,丁\n3,戊,己,\n", tasks())
    assert places(ledger, "extra_cells") == [(2, "", "丙")]
    assert [place[0] for place in places(ledger, "short_row")] == [3]


@pytest.mark.parametrize("data", [b"", b"  \n \n", b"\x00\x01\x02\x03", b"ID,T\n1,\x00\n"])
def test_empty_and_binary_files_are_refused(data: bytes) -> None:
    """Nothing and noise are refused in a sentence."""
    assert read(data, tasks()).refused


def test_p72_more_rows_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """P72: one row above the limit refuses the file; the limit stands in the sentence."""
    monkeypatch.setattr("app.ledger.read.ROWS_MAX", 7)
    body = "".join(f"{number},任务\n" for number in range(8))
    ledger = read(f"编号,任务名称\n{body}", tasks_with("编号", "任务名称"))
    assert ledger.findings.codes == {"too_many_rows": 1}
    assert "最多 7 行" in ledger.findings.lines()[0]


def test_more_columns_than_the_limit_are_refused() -> None:
    """A record of thousands of cells is no ledger."""
    assert read("x," * (COLUMNS_MAX + 1), tasks()).findings.codes == {"too_many_columns": 1}


def test_a_cell_of_blanks_is_no_date_at_once() -> None:
    """A hundred thousand blanks in a cell for a date were looked through from each of them: minutes a cell."""
    odd = "1" + " " * 100_000 + "x"
    with bound_time(5):
        ledger = read(f"编号,任务名称,责任单位,截止日期\n1,甲,交通局,{odd}\n2,乙,交通局,{odd}y\n", tasks())
    assert ledger.findings.codes == {"bad_date": 2}
