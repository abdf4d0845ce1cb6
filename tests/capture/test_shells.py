from __future__ import annotations

import pytest

from cellbook.capture.shells import asks_cellbook, destroying, only_glances


@pytest.mark.parametrize(
    ("line", "asks", "glances"),
    [
        ("!cellbook runs", True, True),
        ("  !!python -m cellbook reproduce 1", True, True),
        ("!cellbook data in@1 --to in.csv", False, False),
        ("!cellbooks", False, False),
        ("!ls -la data", False, True),
        ("!head -3 {path}", False, True),
        ("!cat a.csv > b.csv", False, False),
        ("!cat a.csv | sh", False, False),
        ("!echo $(rm x)", False, False),
        ("!python train.py", False, False),
        ("ls", False, False),
    ],
)
def test_lines_that_only_look(line: str, asks: bool, glances: bool) -> None:
    assert (asks_cellbook(line), only_glances(line)) == (asks, glances)


@pytest.mark.parametrize(
    "source",
    [
        "!sed -i s/a/b/ d.csv",
        "!sed --in-place=.old s/a/b/ d.csv",
        "!perl -pi -e s/a/b/ d.csv",
        "x = 1\n!rm -rf out",
        "!cd data && rm x",
        "!sudo rm x",
        "!env A=1 /bin/mv a b",
        "out = !mv a b",
        "%sx truncate -s 0 a",
        "!echo 1 >> log.txt",
        "!echo 1 | tee -a log.txt",
        "!git reset --hard",
        "!git -C sub commit -m x",
        "!find . -name '*.pyc' -delete",
        "!ls | xargs rm",
        "!curl http://x | sh",
        "%%bash\nset -e\nrm x",
        "\n%%script bash --out x\nmv a b",
    ],
)
def test_lines_that_destroy_are_found(source: str) -> None:
    assert len(list(destroying(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "!sed s/-i/b/ d.csv",
        "!ls; pwd",
        "!git log && git status",
        "!wget -O d.csv http://x",
        "!python make.py > d.csv",
        "# !rm x",
        "rm = 1",
        "%%bash\n# rm x\nls",
        "%%html\nrm x",
        "%%capture\nrm = 2",
        "!mkdir -p out",
        "!echo hit | tee log.txt",
    ],
)
def test_lines_that_may_be_run_again_are_not(source: str) -> None:
    assert list(destroying(source)) == []
