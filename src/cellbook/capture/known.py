"""What is known of libraries: which of their functions and methods only read, and which do not.

The rule is that a call may change what it is given, what it is called on, and the module that it
is of; these lists are the exceptions, and the exceptions to them.  Kinds of objects are told by
the text of their type, as :func:`~cellbook.capture.slicing.kinds_of` notes it.
"""

from __future__ import annotations

import re
import sys
from enum import Enum

from cellbook.capture.holding import CALCULATING
from cellbook.capture.walk import LOOKS
from cellbook.records.words import words

PYPLOT = "matplotlib.pyplot"

_READING = words(
    "altair base64 binascii bisect bokeh bz2 calendar collections copy csv datetime decimal enum"
    " difflib fractions functools glob gzip hashlib html inspect io itertools joblib json math"
    " matplotlib networkx numbers numpy operator pandas pathlib pickle plotly polars pprint"
    " pyarrow random re scipy seaborn skimage sklearn statistics statsmodels string struct sympy"
    " textwrap time tokenize typing types umap unicodedata uuid zlib zoneinfo PIL abc ast"
    " contextlib dataclasses imblearn secrets tempfile timeit warnings zipfile"
)
"""Libraries whose functions leave what they are given as it is, where their value is used."""
_MAKING_VALUES = words("numpy pandas polars pyarrow scipy sklearn")
_LEARNING = words(
    "accelerate catboost cv2 datasets diffusers einops flax gensim haiku hyperopt jax keras"
    " lightgbm"
    " lightning mlflow nltk optax optuna peft pytorch_lightning ray shap spacy"
    " sentence_transformers"
    " tensorboard tensorflow tiktoken tokenizers torch torchaudio torchmetrics torchtext"
    " torchvision tqdm transformers wandb xgboost IPython ipywidgets requests yaml toml tomllib"
)
"""Libraries that are known, but may change models and the like that they are given; not data."""

SETTING = re.compile(
    r"set_\w+|set[A-Z]\w*|setp|seterr\w*|setup\w*|setlocale|config\w*|(?:re)?configure\w*|use|rc"
    r"|rc[A-Z_]\w*|rcdefaults|rc_file\w*|register\w*|unregister\w*|enable\w*|disable\w*|install\w*"
    r"|patch\w*|reload|basicConfig|simplefilter|filterwarnings|resetwarnings|chdir|fchdir|putenv"
    r"|unsetenv|umask|reset_\w+|seed\w*|manual_seed\w*|init\w*|activate|load_dotenv|addaudithook"
    r"|option_context|import_module|addsitedir|environ|setrecursionlimit|settrace|start_server"
)
"""Functions of modules that change how later code works, by their names."""
_SETTING_MODULES = words(
    "asyncio atexit faulthandler gc importlib locale logging multiprocessing os readline signal "
    "site sys threading tracemalloc warnings"
)
"""Modules whose functions are called for what they do to the process, where their value is not
used."""
_STORES_OF_SETTINGS = words("config environ options rcParams")
_PROCESSES = re.compile(
    r"subprocess\.\w+|os\.(?:system|popen|spawn\w+|exec\w+|fork|startfile)|unittest\.mock\..+"
    r"|importlib\.reload|pty\..+"
)
_HARMLESS = re.compile(
    r"time\.(?:sleep|time|perf_counter)|gc\.\w+|torch\.cuda\.(?:empty_cache|synchronize)"
    r"|warnings\.warn|IPython\.display\..+|sys\.(?:getsizeof|exc_info)|sys\.std(?:out|err)\..+"
    r"|os\.(?:getcwd|getenv|cpu_count|getpid|path\..+)|sys\.getrefcount|pprint\..+|json\.dumps"
)
CHANGING = re.compile(
    r"(?:train|fit|update|optimi[sz]e|step|augment|run_epoch|evaluate_and)\w*|.*shuffle\w*|put"
    r"|put_along_axis|place|copyto|putmask|fill_diagonal|heap\w+|_heap\w+|insort\w*|set(?:item|attr)"
    r"|del(?:item|attr)|i(?:add|concat|sub|mul|or|and|xor|truediv)|at|\w+_|at_least|updated?"
    r"|as_strided|setflags|next|readinto|write\w*|apply_along|setattr|exhaust|consume|deque"
)
"""Functions that change what they are given though their value is used, by their names."""

DATA_CHANGES = words(
    "fill insert itemset partition pop put resize set_flags setdefault setfield setflags sort_ "
    "update byteswap set_axis_ add_categories_ eval_ drop_in_place extend replace_column "
    "insert_column append_column hstack_ swaplevel_"
)
_ARRAY_CHANGES = DATA_CHANGES | words("sort")
_PLOTS = words("plot hist boxplot")
BY_CUSTOM = (CALCULATING | LOOKS) - words("close flush hist join plot sample show")
"""Methods of objects of known libraries that only look, whatever the object."""
CONTAINERS = {
    "builtins.list": words("copy count index"),
    "builtins.tuple": words("count index"),
    "builtins.dict": words("copy fromkeys get items keys values"),
    "builtins.set": words(
        "copy difference intersection isdisjoint issubset issuperset symmetric_difference union"
    ),
    "builtins.frozenset": words(
        "copy difference intersection isdisjoint issubset issuperset symmetric_difference union"
    ),
    "builtins.bytearray": words("copy count decode endswith find hex index split startswith"),
    "collections.deque": words("copy count index"),
    "collections.Counter": words("copy elements get items keys most_common total values"),
    "collections.OrderedDict": words("copy fromkeys get items keys values"),
    "collections.defaultdict": words("copy items keys values"),
    "types.SimpleNamespace": words(""),
}
"""Types of containers to those of their methods that only read."""
_ESTIMATOR_READS = re.compile(
    r"predict\w*|transform|inverse_transform|score\w*|decision_function|get_\w+|apply|kneighbors\w*"
    r"|split|n_features_in_|staged_\w+|path|sample|to_\w+|summary|conf_int|pvalues|cost_complexity"
    r"\w*|__sklearn_tags__|save\w*|dump\w*"
)
_FIGURE_READS = re.compile(r"get_\w+|savefig|has_\w+|contains\w*|legend_elements")

WRITES_FILES = re.compile(
    r"to_(?:csv|excel|feather|hdf|html|json|latex|markdown|parquet|pickle|sql|stata|xml|disk)"
    r"|save\w*|dump|write\w*|sink_\w+|makedirs|mkdir|mkdtemp|mkstemp|copy2?|copyfile|copytree|move"
    r"|rename|replace|remove|removedirs|unlink|rmdir|rmtree|symlink\w*|hardlink_to|link|touch|chmod"
    r"|truncate|urlretrieve|extract\w*|unpack_archive|make_archive|download\w*|connect|ZipFile"
    r"|TarFile|read_data|imwrite|imsave|tofile|export\w*|FileHandler|H5File|File|memmap"
)
"""Functions and methods that may write files, by their names."""
READS_FILES = re.compile(
    r"read\w*|load\w*|open\w*|genfromtxt|fromfile|from_(?:csv|file|pretrained|parquet|json)|imread"
    r"|scan_\w+|listdir|scandir|walk|i?glob|rglob|iterdir|exists|isfile|isdir|is_file|is_dir|stat"
    r"|getsize|getmtime|lstat|chdir|reload|run_path|connect|ZipFile|TarFile|File|memmap|ImageFolder|DatasetFolder|track_data"
)
FINDS_FILES = re.compile(
    r"listdir|scandir|walk|i?glob|rglob|iterdir|reload|run_path|extract\w*|unpack_archive"
)
"""Functions that read or write files which nobody names."""
GENERATORS = re.compile(
    r"numpy\.random\.|random\.(?:Random|SystemRandom)|torch(?:\._C)?\.Generator|tensorflow.*Generator"
)
"""Types that give another number each time."""
TOUCHY = words("collections.defaultdict collections.ChainMap builtins.generator")
"""Types of objects that may change where they are only looked at."""


TRACKING = words("track_data track_query track_subset")
"""What puts on record what data is: no change of it, but later cells that use it are told apart by
it on record."""
RECORDING = TRACKING | words(
    "log_artifact log_artifacts log_audio log_dict log_figure log_histogram log_html log_image "
    "log_input log_metric log_metrics log_param log_params log_scores log_table log_text set_tag "
    "set_tags"
)
"""Functions, and methods of runs, that keep nothing of what they are given."""


class Kind(Enum):
    """What an object is like, as far as changes go."""

    UNKNOWN = "unknown"
    PLAIN = "plain"
    DATA = "data"
    ARRAY = "array"
    CONTAINER = "container"
    ESTIMATOR = "estimator"
    GENERATOR = "generator"
    FIGURE = "figure"
    ITERATOR = "iterator"
    CODE = "code"
    PATH = "path"
    TENSOR = "tensor"
    OTHER = "other"


_KINDS = (
    (re.compile(r"plain$|datetime\.|decimal\.Decimal$|fractions\.|uuid\.|re\."), Kind.PLAIN),
    (re.compile(r"iterator$|builtins\.(?:generator|coroutine)"), Kind.ITERATOR),
    (GENERATORS, Kind.GENERATOR),
    (re.compile(r"numpy\.(?:ndarray|matrix|ma\.\S+)$|numpy\.rec\S*$"), Kind.ARRAY),
    (re.compile(r"(?:pandas|polars|pyarrow|scipy\.sparse)\b"), Kind.DATA),
    (
        re.compile(r"(?:sklearn|xgboost|lightgbm|catboost|imblearn|statsmodels|umap)\."),
        Kind.ESTIMATOR,
    ),
    (re.compile(r"(?:matplotlib|seaborn|mpl_toolkits)\b"), Kind.FIGURE),
    (re.compile(r"builtins\.(?:function|type)$|abc\.ABCMeta$"), Kind.CODE),
    (re.compile(r"pathlib\b"), Kind.PATH),
    (re.compile(r"torch\.Tensor$|torch\.nn\.parameter|tensorflow\S*Tensor$"), Kind.TENSOR),
)


def kind_of(text: str) -> Kind:
    """Return what an object of a type is like."""
    if not text:
        return Kind.UNKNOWN
    if text in CONTAINERS:
        return Kind.CONTAINER
    for pattern, kind in _KINDS:
        if pattern.match(text):
            return kind
    return Kind.OTHER


STEADY = frozenset({Kind.PLAIN, Kind.DATA, Kind.ARRAY, Kind.PATH, Kind.TENSOR, Kind.CODE})
"""Kinds that functions of known libraries leave as they are."""
_APART = frozenset({Kind.ESTIMATOR, Kind.GENERATOR, Kind.FIGURE, Kind.CODE})


def may_hold(holder: Kind, source: Kind) -> bool:
    """Whether an object of one kind may hold one of another, or be a part of it."""
    if holder in (Kind.DATA, Kind.ARRAY) and source in _APART:
        return False
    return not (holder is Kind.GENERATOR and source is not Kind.UNKNOWN)


def top_of(module: str) -> str:
    """Return the first part of a module's name."""
    return re.split(r"[.:]", module, maxsplit=1)[0]


def is_reading(top: str) -> bool:
    """Whether functions of a library only read what they are given."""
    return top in _READING


def makes_values(module: str) -> bool:
    """Whether what a library's functions return are tables, arrays and models."""
    return top_of(module) in _MAKING_VALUES


def changes_a_value(called: str) -> bool:
    """Whether a method changes a table, an array or a model, whichever it is."""
    return called in _ARRAY_CHANGES or bool(re.match(r"fit|partial_fit|set_", called))


def is_known(top: str) -> bool:
    """Whether a library is one that is known at all."""
    return (
        top in _READING or top in _LEARNING or top in sys.stdlib_module_names or top == "cellbook"
    )


def is_process(name: str) -> bool:
    """Whether a function, by its full name, starts a process."""
    return bool(_PROCESSES.fullmatch(name))


def is_setting(name: str, *, dropped: bool) -> bool:
    """Whether a function of a module, by its full name, changes how later code works."""
    if _PROCESSES.fullmatch(name):
        return True
    if _HARMLESS.fullmatch(name):
        return False
    last = name.rpartition(".")[2]
    if SETTING.fullmatch(last) or (dropped and not _STORES_OF_SETTINGS.isdisjoint(name.split("."))):
        return True
    top = top_of(name)
    if not dropped or top in _READING:
        return False
    return not writes_files(last) and (top in _SETTING_MODULES or top in _LEARNING)


def writes_files(called: str) -> bool:
    """Whether a function or method may write files."""
    return bool(WRITES_FILES.fullmatch(called))


def only_reads(kind: Kind, text: str, path: str) -> bool:
    """Whether a method of an object of a known type leaves that object as it is."""
    called = path.rpartition(".")[2]
    if kind in (Kind.PLAIN, Kind.PATH):
        return True
    if kind is Kind.DATA:
        return called not in DATA_CHANGES
    if kind is Kind.ARRAY:
        return called not in _ARRAY_CHANGES
    if kind is Kind.CONTAINER:
        return "." not in path and called in CONTAINERS[text]
    if kind is Kind.ESTIMATOR:
        return bool(_ESTIMATOR_READS.fullmatch(called))
    if kind is Kind.TENSOR:
        return not called.endswith("_") and called not in ("backward", "register_hook")
    if kind is Kind.FIGURE:
        return bool(_FIGURE_READS.fullmatch(called))
    return False


def plots(kind: Kind, path: str) -> bool:
    """Whether a method of an object draws with pyplot."""
    return kind in (Kind.DATA, Kind.UNKNOWN) and not _PLOTS.isdisjoint(path.split("."))
