from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ipython.kernels import Kernel, cells, kernel, open_book
from tests.ipython.windows import Window


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    with kernel(tmp_path, {"JPY_SESSION_NAME": str(tmp_path / "work.ipynb")}) as started:
        started.run("%load_ext cellbook", "load")
        shown = Window(started)
        shown.attach()
        yield shown


def newest(window: Window) -> str:
    """Return the id of the newest checkpoint once the state that `x` is in was saved."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        book = open_book(window.kernel.folder)
        saved = [checkpoint for _, checkpoint in book.checkpoints.all() if checkpoint.variables]
        book.close()
        if saved:
            return saved[-1].checkpoint_id
        time.sleep(0.1)
    raise TimeoutError("nothing was saved")


def test_state_follows_the_cells(window: Window) -> None:
    window.run("a", "x = 1")
    window.run("b", "y = x")
    window.run("a", "x = 2")
    # Those of the state are its cells' labels now, as in every other place.  A state between the
    # edit and its execution may come before.
    stale = {"b": ["uses `x`, whose cell [4] was edited and ran again since"]}
    while (state := window.hear("state"))["stale"] != stale:
        pass
    assert (state["recording"], state["run"]) == ("on", None)
    window.run("c", "%track_run fit")
    while (run := window.hear("state")["run"]) is None:
        pass
    assert (run["run_number"], run["run_name"]) == (1, "fit")


def test_an_edit_makes_stale_before_anything_is_saved_or_run(window: Window) -> None:
    window.run("a", "x = 1")
    window.run("b", "y = x")
    window.show(a="x = 3")
    while set(stale := window.hear("state")["stale"]) != {"a", "b"}:
        pass
    assert stale["a"] == ["edited since it ran"]


def test_the_place_of_cells_is_known_before_the_first_save(window: Window) -> None:
    window.show(first="z = x", second="x = 1")
    window.run("second", "x = 1")
    window.run("first", "z = x")
    last = cells(window.kernel.folder)[-1]
    assert last.stale == (
        "ran out of order: uses `x` from cell [2], which stands below it in the notebook",
    )


def test_renamed_notebook_is_recorded_by_its_new_name(window: Window) -> None:
    (window.kernel.folder / "deeper").mkdir()
    window.run("a", "x = 1")
    window.path = "deeper/other.ipynb"
    window.run("b", "x = 2")
    assert [cell.notebook for cell in cells(window.kernel.folder)][-2:] == [
        "work.ipynb",
        "deeper/other.ipynb",
    ]


def test_each_checkpoint_asks_for_the_document_of_its_window(window: Window) -> None:
    window.run("a", "x = 1")
    asked = window.hear("document")
    assert asked["window"] == "w1"
    other = Window(window.kernel, "w2")
    other.comm = window.comm
    other.run("b", "%checkpoint here")
    book = open_book(window.kernel.folder)
    _, made = book.checkpoints.find("here")
    book.close()
    # Both windows hear everything; the message says whom it is for.
    assert other.hear("document", checkpoint=made.checkpoint_id)["window"] == "w2"


def test_edited_document_is_a_checkpoint_of_its_own(window: Window) -> None:
    """Variables alone do not tell: a cell that changes none may stand in another document."""
    window.run("a", "x = 1")
    first = window.hear("document")["checkpoint"]
    window.show(later="# a thought")
    window.run("look", "None")
    second = window.hear("document")["checkpoint"]
    assert second != first


def test_restore_goes_to_the_window_that_asks(window: Window) -> None:
    window.run("a", "x = 1")
    window.run("b", "%checkpoint good")
    window.do("checkpoint", label="with document")
    book = open_book(window.kernel.folder)
    number, good = book.checkpoints.find("good")
    # What the server does when the window hands its document over.
    book.checkpoints.attach_document(good.checkpoint_id, b'{"cells": []}')
    book.close()
    window.run("c", "x = 2")
    reply = window.run("d", "%restore good")
    assert "The notebook is as it was then" in reply.text
    told = window.hear("restore")
    assert told == {
        "type": "restore",
        "window": "w1",
        "checkpoint": good.checkpoint_id,
        "number": number,
        "cell": "d",
    }
    assert window.kernel.run("print(x)").stdout == "1\n"
    assert not list(window.kernel.folder.glob("*checkpoint*.ipynb"))


def test_who_is_no_window_gets_a_file(window: Window) -> None:
    window.run("a", "x = 1")
    window.kernel.run("%checkpoint good", "b")
    reply = window.kernel.run("%restore good --doc")
    assert "work-checkpoint-" in reply.text


def wait_for_file(folder: Path) -> None:
    deadline = time.monotonic() + 30
    while not list(folder.glob("*-checkpoint-*.ipynb")):
        assert time.monotonic() < deadline, "no file was written"
        time.sleep(0.1)


def test_an_offer_that_nobody_takes_ends_in_a_file(window: Window) -> None:
    (window.kernel.folder / "work.ipynb").write_text('{"cells": []}')
    window.run("a", "x = 1")
    window.kernel.run("%checkpoint good", "b")
    (window.kernel.folder / "work.ipynb").write_text('{"cells": [], "metadata": {}}')
    reply = window.kernel.run("%restore good --doc", "of no window")
    assert "Waiting for the window" in reply.text
    assert not list(window.kernel.folder.glob("*-checkpoint-*.ipynb"))
    wait_for_file(window.kernel.folder)


def test_an_offer_waits_for_the_window_that_runs_the_cell(window: Window) -> None:
    (window.kernel.folder / "work.ipynb").write_text('{"cells": []}')
    window.run("a", "x = 1")
    window.run("b", "%checkpoint good")
    (window.kernel.folder / "work.ipynb").write_text('{"cells": [], "metadata": {}}')
    # As of a page that was loaded anew, and ran a cell before it found the line.
    window.kernel.run("x = 2\n%restore good", "c")
    offer = window.hear("offer", cell="c")
    assert offer["before"]  # No window was known that could keep the document of now.
    other = Window(window.kernel, "w2")
    other.attach()
    assert other.hear("offer", id=offer["id"]) == offer
    other.tell({"type": "taken", "id": offer["id"]})
    assert window.kernel.run("print(x)").stdout == "1\n"
    assert not list(window.kernel.folder.glob("*-checkpoint-*.ipynb"))


def test_a_kernel_that_ends_waits_for_no_window(window: Window) -> None:
    (window.kernel.folder / "work.ipynb").write_text('{"cells": []}')
    window.run("a", "x = 1")
    window.run("b", "%checkpoint good")
    (window.kernel.folder / "work.ipynb").write_text('{"cells": [], "metadata": {}}')
    window.kernel.run("%restore good", "of no window")
    window.kernel.close(gently=True)
    assert list(window.kernel.folder.glob("*-checkpoint-*.ipynb"))


def test_errands(window: Window) -> None:
    window.run("a", "x, text = 1, 'old'")
    made = window.do("checkpoint", label="good")["result"]
    assert made["variables"] == 2
    window.run("b", "x = 2; del text; new = 3")
    plan = window.do("plan", checkpoint="good")["result"]
    assert (sorted(plan["restored"]), plan["removed"]) == (["text", "x"], ["new"])
    assert window.kernel.run("print(x)").stdout == "2\n"
    found = window.do("diff", checkpoint="good")["result"]
    assert {one["name"]: one["change"] for one in found["variables"]} == {
        "new": "added",
        "text": "removed",
        "x": "changed",
    }
    done = window.do("restore", checkpoint="good")["result"]
    assert window.kernel.run("print(x, text)").stdout == "1 old\n"
    assert window.do("restore", checkpoint=str(done["before"]))["result"]["restored"]
    assert window.kernel.run("print(x, new)").stdout == "2 3\n"


def test_runs_are_steered_from_a_window(window: Window) -> None:
    assert window.do("start_run", name="fit")["result"]["name"] == "fit"
    window.run("a", "%log acc=0.5")
    assert window.do("rename_run", name="better")["result"]["name"] == "better"
    assert window.do("end_run")["result"]["state"] == "finished"
    book = open_book(window.kernel.folder)
    (run,) = book.search_runs().to_dict("records")
    book.close()
    assert (run["run_name"], run["metrics.acc"], run["state"]) == ("better", 0.5, "finished")
    assert window.do("end_run") | {"id": 0} == {
        "type": "done",
        "id": 0,
        "window": "w1",
        "error": "No run is open. Start one first.",
        "kind": "NotFound",
    }


def test_pause_and_resume(window: Window) -> None:
    window.do("pause")
    window.run("a", "x = 1")
    while window.hear("state")["recording"] != "paused":
        pass
    window.do("resume")
    window.run("b", "y = 1")
    assert [cell.source for cell in cells(window.kernel.folder)] == ["%load_ext cellbook", "y = 1"]


def test_mistakes_are_answered(window: Window) -> None:
    assert "knows no 'fly'" in window.do("fly")["error"]
    answer = window.do("restore", checkpoint="never")
    assert answer["kind"] == "NotFound"
    window.tell({"type": "notebook"})
    window.tell({"type": "scheduled"})
    window.tell({"type": "nonsense"})
    assert window.run("a", "print(1)").stdout == "1\n"


def test_a_window_that_does_not_know_the_comm_ends_it_quietly(window: Window) -> None:
    client = window.kernel.client
    for _ in range(5):
        client.shell_channel.send(
            client.session.msg("comm_close", {"comm_id": window.comm, "data": {}})
        )
        reply = window.kernel.run("print('on')")
        assert (reply.stdout, reply.stderr) == ("on\n", "")
        time.sleep(0.1)


def test_unloading_closes_the_line(window: Window) -> None:
    window.run("a", "%unload_ext cellbook")
    assert not window.kernel.run("from comm import get_comm_manager as m").error
    reply = window.kernel.run("print([c.target_name for c in m().comms.values()])")
    assert reply.stdout == "[]\n"


def test_scripts_and_clients_without_windows_have_no_line(tmp_path: Path) -> None:
    started = Kernel(tmp_path)
    try:
        started.run("%load_ext cellbook")
        started.run("x = 1")
        assert started.run("print(x)").stdout == "1\n"
    finally:
        started.close()


def test_outputs_that_changed_nothing_else_are_kept_with_the_last_checkpoint(
    window: Window,
) -> None:
    window.show(a="x = 1", look="print('three hours')")
    window.run("a", "x = 1")
    first = newest(window)
    window.hear("document", checkpoint=first)
    window.run("look", "print('three hours')")
    window.hear("document", checkpoint=first)
    assert newest(window) == first


def test_what_was_restored_or_has_a_label_keeps_its_document(window: Window) -> None:
    window.show(a="x = 1", b="x = 2", look="print('later')")
    window.run("a", "x = 1")
    precious = window.do("checkpoint", label="precious")["result"]["checkpoint_id"]
    assert window.hear("document", checkpoint=precious)["asked"]
    window.run("look", "print('later')")
    window.run("b", "x = 2")
    window.do("restore", checkpoint="precious", document=False)
    window.run("look", "print('later')")
    assert window.kernel.run("print(x)").stdout == "1\n"
    window.do("diff", checkpoint="precious")
    asked = [
        message["data"]["checkpoint"]
        for message in window.kernel.comm_messages
        if message["data"]["type"] == "document"
    ]
    assert precious not in asked


def test_the_state_before_a_restore_is_asked_for_if_it_was_not(window: Window) -> None:
    window.show(a="x = 1", b="x = 2")
    window.run("a", "x = 1")
    window.do("checkpoint", label="one")
    window.run("b", "x = 2")
    window.do("plan", checkpoint="one")
    window.show(b="x = 2  # not run since")
    before = window.do("restore", checkpoint="one")["result"]["before"]
    book = open_book(window.kernel.folder)
    saved = book.checkpoints.find(str(before))[1]
    book.close()
    assert window.hear("document", checkpoint=saved.checkpoint_id, asked=True)


def test_a_window_that_has_gone_is_not_asked(window: Window) -> None:
    window.run("a", "x = 1")
    window.run("b", "%checkpoint good")
    window.show(c="%restore good")
    window.tell({"type": "scheduled", "cell": "c"})
    window.tell({"type": "gone"})
    reply = window.kernel.run("%restore good --doc", "c")
    assert "The notebook is as it was then" not in reply.text


def test_run_whose_own_cells_ran_out_of_order_says_which(window: Window) -> None:
    shown = {"start": "%track_run odd", "a": "y = x", "b": "x = 1", "end": "%end_run"}
    window.show(**shown)
    for cell in ("start", "b", "a", "end"):
        window.run(cell, shown[cell])
    window.kernel.close(gently=True)
    book = open_book(window.kernel.folder)
    assert book.find_run(1).flags == {
        "out of order": "ran out of order: [4] uses `x` from cell [3], which stands below it in "
        "the notebook"
    }
    book.close()
