"""The runner of the documentation's blocks, on pages of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import BlockError, read_blocks, run_page

PAGE = """
# A page

```python
x = 41
```

Text with `code` in it, and output:

```text
not code
```

1. In a list:

   ~~~python
   if x:
       x += 1
   ~~~

<!-- not tested: asks for a password -->

```console
$ cellbook login
Password:
$ cellbook runs
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.md"


def test_read_blocks_finds_code_only(page: Path) -> None:
    page.write_text(PAGE)
    blocks = read_blocks(page)
    assert [(block.line, block.language, block.code) for block in blocks] == [
        (5, "python", "x = 41"),
        (17, "python", "if x:\n    x += 1"),
        (24, "console", "$ cellbook login\nPassword:\n$ cellbook runs"),
    ]
    assert [block.not_tested for block in blocks] == ["", "", "asks for a password"]
    assert blocks[2].command == "cellbook login\ncellbook runs"


def test_run_page_shares_names_and_folder(page: Path, tmp_path: Path) -> None:
    page.write_text(
        "```python\nfrom pathlib import Path\nx = 1\n```\n"
        "```python\n%precision 3\nPath('made').write_text(str(x + 1))\n```\n"
        "```python\n%%writefile other\n3\n```\n"
        "```python\nassert Path('other').read_text() == '3\\n' and x == 1\n```\n"
    )
    assert run_page(page, tmp_path) == []
    assert (tmp_path / "made").read_text() == "2"


def test_run_page_returns_what_is_not_tested(page: Path, tmp_path: Path) -> None:
    page.write_text("<!-- not tested: never ends -->\n```bash\nsleep inf\n```\n")
    assert [block.not_tested for block in run_page(page, tmp_path)] == ["never ends"]


def test_run_page_names_the_failing_block(page: Path, tmp_path: Path) -> None:
    page.write_text("```python\nx = 1\n```\n\n```python\ny = x / 0\n```\n")
    with pytest.raises(BlockError, match=r"(?s)page\.md:6: .*ZeroDivisionError"):
        run_page(page, tmp_path)


def test_run_page_names_the_failing_command(page: Path, tmp_path: Path) -> None:
    page.write_text("```bash\n# why not\ncellbook no-such-command\n```\n")
    with pytest.raises(BlockError, match=r"page\.md:2: status [1-9]"):
        run_page(page, tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```bash\nrm -r x\n```\n", "begin with `cellbook`"),
        ("```python\nx = 1\n", "not closed"),
        ("<!-- not tested: x -->\nText.\n", "above no block"),
        ("<!-- not tested: x -->\n```json\n{}\n```\n", "never run"),
    ],
)
def test_run_page_refuses_what_would_pass_unseen(
    page: Path, tmp_path: Path, text: str, message: str
) -> None:
    page.write_text(text)
    with pytest.raises(BlockError, match=message):
        run_page(page, tmp_path)
