"""Digests of content and schema: what tells one content of a data set from another.

What may be the same data elsewhere (another machine, pandas, chunking, order of bytes) has the
same digest; what cannot be hashed fails, and says where.  No digest is of an object's address, its
``repr`` or its pickle.
"""

from cellbook.datasets.content import Content
from cellbook.datasets.digests.looking import digest_object
from cellbook.datasets.digests.places import digest_place

__all__ = ["Content", "digest_object", "digest_place"]
