"""What belongs to a process: files, threads, connections, loggers, contexts."""

# ruff: noqa: E501

from tests.checkpointing.hazards import Case

CASES = (
    Case(
        "files that are read",
        "from pathlib import Path\nPath('read.txt').write_text('one\\ntwo\\né three\\n'); t = open('read.txt', encoding='utf-8'); t.readline()\n"
        "b = open('read.txt', 'rb'); b.read(5); r = open('read.txt', 'rb', buffering=0); r.read(2); al = [t]; whole = open('read.txt'); p = t.name",
        "assert t.readline() == 'two\\n' and t.readline() == 'é three\\n' and b.read(3) == b'wo\\n' and r.read(2) == b'e\\n' and al[0] is t\n"
        "assert whole.tell() == 0 and t.encoding == 'utf-8' and t.name == p\nfor f in (t, b, r, whole): f.close()",
        "for f in (t, b, r, whole): f.read(); f.close()\ndel f",
        named="t b r al whole",
    ),
    Case(
        "file that is iterated",
        "from pathlib import Path\nPath('iter.txt').write_text('one\\ntwo\\nthree\\n'); t = open('iter.txt'); next(t); ok = 1",
        "assert ok == 1",
        "t.close()",
        named="t",
    ),
    Case(
        "files that are written, closed, deleted",
        "import os\nw = open('w.txt', 'w'); w.write('x'); a = open('w.txt', 'a+b'); c = open('w.txt'); c.close(); g = open('g.txt', 'w'); g.close()\n"
        "ex = open('e.txt', 'w+'); ex.write('abc'); ex.flush(); ex.seek(1)",
        "assert c.closed and c.name == 'w.txt'",
        "w.close(); a.close(); ex.close()",
        named="w a g ex",
    ),
    Case(
        "newline handling, errors of a text file",
        "from pathlib import Path\nPath('lines.txt').write_bytes(b'a\\r\\nb\\rc\\n'); t = open('lines.txt', newline=''); u = open('lines.txt', newline='\\r'); d = open('lines.txt', errors='replace')",
        "assert d.errors == 'replace' and d.read() == 'a\\nb\\nc\\n'\nfor f in (t, u, d): f.close()",
        "for f in (t, u, d): f.close()\ndel f",
        named="t u d",
    ),
    Case(
        "StringIO, BytesIO",
        "import io\ns = io.StringIO('abc\\ndef'); s.readline(); b = io.BytesIO(b'x' * 100); b.read(5); al = b; w = io.TextIOWrapper(io.BytesIO(b'q')); c = io.StringIO(); c.close()",
        "assert s.read() == 'def' and b.tell() == 5 and al is b and len(b.getvalue()) == 100",
        "s.read(); b.write(b'zz')",
        named="w c",
    ),
    Case(
        "temporary files and folders, archives",
        "import tempfile, zipfile, gzip, csv, os\nt = tempfile.NamedTemporaryFile(); d = tempfile.TemporaryDirectory(); z = zipfile.ZipFile('z.zip', 'w'); g = gzip.open('g.gz', 'wb')\n"
        "sp = tempfile.SpooledTemporaryFile(); f = open('c.csv', 'w'); wr = csv.writer(f); it = os.scandir('.'); ok = 1",
        "assert ok == 1",
        "t.close(); d.cleanup(); z.close(); g.close(); sp.close(); f.close(); it.close()",
        named="t d z g f wr it",
    ),
    Case(
        "what each process has one of",
        "import decimal, os, sys, logging\nctx = decimal.getcontext(); env = os.environ; argv = sys.argv; root = logging.getLogger(); path = sys.path",
        "import decimal, os, sys\nassert ctx is decimal.getcontext() and env is os.environ and argv is sys.argv and path is sys.path",
        "ctx.prec = 7",
        named="ctx env argv root",
    ),
    Case(
        "standard streams",
        "import sys\nout = sys.stdout; l = [sys.stderr]; real = sys.__stdout__; w = sys.stdout.write",
        "import sys\nassert out is sys.stdout and l[0] is sys.stderr and real is sys.__stdout__ and w.__self__ is sys.stdout",
        named="out real",
    ),
    Case(
        "generators and coroutines",
        "def g():\n yield 1\nasync def c(): pass\ngen = g(); co = c(); l = [gen]; ag = (x async for x in []) if 0 else None\nge = (x for x in [])\nok = g",
        "assert list(ok()) == [1]",
        "co.close(); ok = 0",
        named="gen co l ge",
    ),
    Case(
        "locks, events, queues, threads, pools",
        "import threading, queue, concurrent.futures, multiprocessing\nlock = threading.Lock(); rl = threading.RLock(); ev = threading.Event(); q = queue.Queue(); sq = queue.SimpleQueue(); ex = concurrent.futures.ThreadPoolExecutor(1)\n"
        "fut = concurrent.futures.Future(); th = threading.Thread(target=print); sem = threading.Semaphore(); loc = threading.local(); loc.x = 1; cond = threading.Condition(); bar = threading.Barrier(2); main = threading.main_thread(); ok = [1]",
        "import threading\nassert ok == [1] and main is threading.main_thread()",
        named="lock rl ev q sq ex fut th sem loc cond bar main",
    ),
    Case(
        "objects with a lock in them",
        "import threading\nclass A:\n def __init__(self): self.lock = threading.Lock(); self.data = [1]\na = A(); data = a.data; d = {'a': a}",
        "assert data == [1]",
        "data.append(2)",
        named="a d",
        apart="A data",
    ),
    Case(
        "connections and processes",
        "import socket, sqlite3, subprocess, sys\ns = socket.socket(); c = sqlite3.connect(':memory:'); cur = c.cursor(); p = subprocess.Popen([sys.executable, '-c', '']); row = c.execute('select 1').fetchone(); ok = row",
        "assert ok == (1,) and row is ok",
        "s.close(); cur.close(); c.close(); p.wait()",
        named="s c cur p",
    ),
    Case(
        "contexts and context variables",
        "import contextvars, decimal\nv = contextvars.ContextVar('v', default=1); tok = v.set(5); ctx = contextvars.copy_context(); own = decimal.Context(prec=7); dc = decimal.getcontext()",
        "import decimal\nassert own.prec == 7 and dc is decimal.getcontext()",
        "own.prec = 9",
        named="v tok ctx dc",
    ),
    Case(
        "loggers and handlers",
        "import logging, io\nlog = logging.getLogger('cellbook.hazard'); log.setLevel(10); h = logging.StreamHandler(io.StringIO()); root = logging.getLogger(); fm = logging.Formatter('%(message)s'); ad = logging.LoggerAdapter(log, {})",
        "import logging\nassert log is logging.getLogger('cellbook.hazard') and root is logging.getLogger() and fm._fmt == '%(message)s' and ad.logger is log",
        named="log h ad root",
    ),
    Case(
        "event loops, tasks, futures",
        "import asyncio\nloop = asyncio.new_event_loop(); fut = loop.create_future(); lk = asyncio.Lock(); q = asyncio.Queue(); aev = asyncio.Event(); ok = 1",
        "assert ok == 1",
        "loop.close()",
        named="loop fut",
    ),
    Case(
        "mapped memory, shared memory, select",
        "import mmap, selectors, select\nm = mmap.mmap(-1, 100); sel = selectors.DefaultSelector(); ep = select.epoll(); mv = memoryview(m); ok = 1",
        "assert ok == 1",
        "mv.release(); m.close(); sel.close(); ep.close()",
        named="m sel ep mv",
    ),
    Case(
        "frames and tracebacks",
        "import sys\nfr = sys._getframe()\ntry: 1 / 0\nexcept ZeroDivisionError as e: tb = e.__traceback__\nok = 1",
        "assert ok == 1",
        "fr = tb = None",
        named="fr tb",
    ),
    Case(
        "environment, arguments, path",
        "import os, sys\ne = os.environ; a = sys.argv; p = [sys.path]; m = sys.modules; mp = sys.meta_path; pe = os.environ.copy()",
        "import os, sys\nassert e is os.environ and a is sys.argv and p[0] is sys.path and m is sys.modules and mp is sys.meta_path and type(pe) is dict",
        "e = a = p = m = None",
        named="e a m mp",
    ),
    Case(
        "builtins",
        "import builtins\nb = __builtins__; d = vars(builtins); l = [d]; pr = print; nt = NotImplemented; ex = Exception; t = type(None); el = type(...)",
        "import builtins\nassert b is builtins and d is vars(builtins) and l[0] is d and pr is print and ex is Exception and t is type(None) and el is type(...)",
        named="d",
    ),
    Case(
        "types of the interpreter",
        "import types\na = types.FunctionType; b = types.GeneratorType; c = type({}.keys()); d = types.MappingProxyType; e = type(iter([])); f = types.CellType; g = types.GenericAlias",
        "import types\nassert a is types.FunctionType and b is types.GeneratorType and c is type({}.keys()) and d is types.MappingProxyType and e is type(iter([])) and f is types.CellType",
    ),
    Case(
        "timers, signals, time structures, os structures",
        "import time, os, signal, platform\nt = time.gmtime(0); st = os.stat('.'); s = signal.SIGINT; u = os.uname(); tz = os.terminal_size((1, 2))",
        "import signal, time\nassert t == time.gmtime(0) and st.st_mode and s is signal.SIGINT and u.sysname and tz.lines == 2 and type(t) is time.struct_time",
    ),
    Case(
        "random objects of the standard library",
        "import argparse, ast, collections, csv, difflib, email.message, html.parser, json, textwrap, urllib.parse, xml.etree.ElementTree as ET, string\n"
        "pa = argparse.ArgumentParser(); pa.add_argument('--x', type=int); tree = ast.parse('1 + 1'); msg = email.message.EmailMessage(); msg['a'] = 'b'; url = urllib.parse.urlparse('http://x/y')\n"
        "el = ET.fromstring('<a><b/></a>'); kid = el[0]; enc = json.JSONEncoder(indent=1); dc = json.JSONDecoder(); et = ET.ElementTree(el)",
        "assert pa.parse_args(['--x', '5']).x == 5 and eval(compile(tree.__class__([], []) and __import__('ast').Expression(tree.body[0].value), '', 'eval')) == 2 and msg['a'] == 'b' and url.netloc == 'x'\n"
        "assert el[0].tag == 'b' and kid.tag == 'b' and enc.indent == 1 and et.getroot() is el and el[0] is kid",
        named="dc",
    ),
    Case(
        "tqdm, ipywidgets",
        "import io, tqdm\nbar = tqdm.tqdm(total=5, file=io.StringIO()); bar.update(2); ok = 1",
        "assert ok == 1 and bar.n == 2",
        "bar.close()",
    ),
)
