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
from cellbook.commenting.carrying import carried, carries, carry
from cellbook.commenting.checking import read_comment, read_thread
from cellbook.commenting.mentions import MENTION, TEXT_LIMIT, find_mentions, parser
from cellbook.commenting.notices import (
    NoticeSettings,
    Notifier,
    keep_notice_settings,
    notice_settings,
)
from cellbook.commenting.parcels import Merged, Parcel, merge, pack, parcel, unpack
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
    "Merged",
    "NoticeSettings",
    "Notifier",
    "Parcel",
    "Placement",
    "ReviewState",
    "Threads",
    "Verdict",
    "all_threads",
    "carried",
    "carries",
    "carry",
    "check_author",
    "check_text",
    "discussions",
    "find_mentions",
    "given_to",
    "initials",
    "is_same_notebook",
    "jupyter_author",
    "keep_author",
    "keep_notice_settings",
    "local_author",
    "merge",
    "newest_revision",
    "newest_text",
    "notice_settings",
    "pack",
    "parcel",
    "parser",
    "place",
    "read_comment",
    "read_thread",
    "review_state",
    "seen_by",
    "those",
    "thread_of",
    "threads_about",
    "unpack",
]
