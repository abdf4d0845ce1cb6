"""Comments: threads on the very thing that is discussed, kept in the book."""

from cellbook.commenting.anchoring import (
    AnchorState,
    CellNow,
    Cells,
    Placement,
    is_same_notebook,
    place,
)
from cellbook.commenting.briefs import BRIEF_FIELDS, check_brief
from cellbook.commenting.carrying import carried, carries, carry
from cellbook.commenting.checking import read_comment, read_thread
from cellbook.commenting.embedding import embeds_on_save, keep_embedding
from cellbook.commenting.mentions import MENTION, TEXT_LIMIT, find_mentions, parser
from cellbook.commenting.notices import (
    Notifier,
    keep_notice_settings,
    notice_settings,
)
from cellbook.commenting.parcels import Merged, Parcel, merge, pack, parcel, plan_merge, unpack
from cellbook.commenting.people import (
    check_author,
    initials,
    jupyter_author,
    keep_author,
    local_author,
    naming_variable,
)
from cellbook.commenting.readers import seen_by
from cellbook.commenting.reading import (
    Discussion,
    all_threads,
    comments_in,
    count_comments,
    discussions,
    given_to,
    newest_revision,
    newest_text,
    those,
    thread_of,
    threads_about,
)
from cellbook.commenting.reviews import ReviewState, Verdict, review_state
from cellbook.commenting.room import Threads
from cellbook.commenting.said import Said
from cellbook.commenting.wording import check_text
from cellbook.commenting.writing import AuthorUnknown

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
    "Notifier",
    "Parcel",
    "Placement",
    "ReviewState",
    "Said",
    "Threads",
    "Verdict",
    "all_threads",
    "carried",
    "carries",
    "carry",
    "check_author",
    "check_brief",
    "check_text",
    "comments_in",
    "count_comments",
    "discussions",
    "embeds_on_save",
    "find_mentions",
    "given_to",
    "initials",
    "is_same_notebook",
    "jupyter_author",
    "keep_author",
    "keep_embedding",
    "keep_notice_settings",
    "local_author",
    "merge",
    "naming_variable",
    "newest_revision",
    "newest_text",
    "notice_settings",
    "pack",
    "parcel",
    "parser",
    "place",
    "plan_merge",
    "read_comment",
    "read_thread",
    "review_state",
    "seen_by",
    "those",
    "thread_of",
    "threads_about",
    "unpack",
]
