"""Comments: threads on the very thing that is discussed, kept in the book."""

from cellbook.commenting.anchoring import (
    AnchorState,
    CellNow,
    Cells,
    Placement,
    is_same_notebook,
    place,
)
from cellbook.commenting.briefs import BRIEF_FIELDS
from cellbook.commenting.mentions import MENTION, TEXT_LIMIT, find_mentions, parser
from cellbook.commenting.people import (
    check_author,
    initials,
    jupyter_author,
    keep_author,
    local_author,
)
from cellbook.commenting.reading import (
    Discussion,
    all_threads,
    discussions,
    given_to,
    newest_revision,
    newest_text,
    seen_by,
    those,
    thread_of,
    threads_about,
)
from cellbook.commenting.reviews import ReviewState, Verdict, review_state
from cellbook.commenting.room import AuthorUnknown, Threads, check_text

__all__ = [
    "BRIEF_FIELDS",
    "MENTION",
    "TEXT_LIMIT",
    "AnchorState",
    "AuthorUnknown",
    "CellNow",
    "Cells",
    "Discussion",
    "Placement",
    "ReviewState",
    "Threads",
    "Verdict",
    "all_threads",
    "check_author",
    "check_text",
    "discussions",
    "find_mentions",
    "given_to",
    "initials",
    "is_same_notebook",
    "jupyter_author",
    "keep_author",
    "local_author",
    "newest_revision",
    "newest_text",
    "parser",
    "place",
    "review_state",
    "seen_by",
    "those",
    "thread_of",
    "threads_about",
]
