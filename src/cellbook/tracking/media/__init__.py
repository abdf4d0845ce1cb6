"""What users log, turned into bytes: figures, images, tables, text, sound, histograms.

Pure functions: each takes an object and the path it is to have among a run's artifacts, and gives
an :class:`Encoded` back.  None of them touches the store or changes the object that it is given,
and the same object gives the same bytes wherever its library allows.

Matplotlib, plotly, Pillow, pandas, pyarrow, polars and torch are recognised by what their objects
can do, so none of them is imported before an object needs it.
"""

from cellbook.tracking.media.audio import encode_audio
from cellbook.tracking.media.encoded import Encoded, artifact_path, file_name, media_type_of
from cellbook.tracking.media.figures import encode_figure
from cellbook.tracking.media.histograms import encode_histogram
from cellbook.tracking.media.images import encode_image
from cellbook.tracking.media.scores import decode_scores, encode_scores
from cellbook.tracking.media.tables import encode_table
from cellbook.tracking.media.texts import encode_dict, encode_html, encode_text

__all__ = [
    "Encoded",
    "artifact_path",
    "decode_scores",
    "encode_audio",
    "encode_dict",
    "encode_figure",
    "encode_histogram",
    "encode_html",
    "encode_image",
    "encode_scores",
    "encode_table",
    "encode_text",
    "file_name",
    "media_type_of",
]
