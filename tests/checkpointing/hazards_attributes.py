"""What objects hold beyond what their class says of them when it is pickled."""

# ruff: noqa: E501

from tests.checkpointing.hazards import Case

CASES = (
    Case(
        "attributes of random generators",
        "import random\nclass R(random.Random):\n def __init__(self, x=1): super().__init__(x); self.tag = [x]\n"
        "r = R(5); r.random(); r.tag.append(r); x = random.Random(); x.setstate(r.getstate()); following = x.random(); del x; y = random.SystemRandom(); p = random.Random(4); p.note = [1]",
        "assert r.tag[0] == 5 and r.tag[1] is r and r.random() == following and type(y) is random.SystemRandom and p.note == [1]",
        "r.random()",
    ),
    Case(
        "attributes of static and class methods",
        "class A:\n @staticmethod\n def s(): pass\n @classmethod\n def c(cls): pass\n"
        "sm = A.__dict__['s']; cm = A.__dict__['c']; sm.tag = [A]; cm.tag = sm.tag; lone = staticmethod(len); lone.x = 1; lone.__doc__ = 'mine'",
        "assert A.__dict__['s'] is sm and sm.tag[0] is A and cm.tag is sm.tag and A.__dict__['c'] is cm and lone.x == 1 and lone.__doc__ == 'mine' and sm.__name__ == 's'",
    ),
    Case(
        "attributes of cached properties and weak containers",
        "import functools, weakref\nclass A:\n @functools.cached_property\n def p(self): 'doc'; return [1]\ncp = vars(A)['p']; cp.tag = [A]; a = A(); v = a.p; w = weakref.WeakSet(); w.note = 1",
        "assert vars(A)['p'] is cp and cp.tag[0] is A and cp.__doc__ == 'doc' and a.p is v and A().p == [1]",
        named="w",
    ),
    Case(
        "type parameters",
        "from typing import *\nP = ParamSpec('P', bound=int, covariant=True); T = TypeVar('T', bound='X'); C = TypeVar('C', int, str); V = TypeVar('V', contravariant=True); Ts = TypeVarTuple('Ts')\n"
        "class X(Generic[T]): pass\nN = NewType('N', X); N.tag = 1; T.note = [T]; B = TypeVar('B', bound=X)",
        "assert P.__bound__ is int and P.__covariant__ and not P.__contravariant__ and T.__bound__.__forward_arg__ == 'X' and C.__constraints__ == (int, str) and V.__contravariant__\n"
        "assert X.__parameters__ == (T,) and N.__supertype__ is X and N.tag == 1 and T.note[0] is T and B.__bound__ is X and Ts.__name__ == 'Ts' and T.__module__ == '__main__'",
    ),
    Case(
        "private slots of a class that was renamed",
        "class Old:\n __slots__ = ('__x', 'y')\n def __init__(self): self.__x = 5; self.y = 6\n def get(self): return self.__x\n"
        "class Heir(Old): pass\nOld.__name__ = 'New'; New = Old; o = Old(); h = Heir(); h.z = 7; h.y = o",
        "assert o.get() == 5 and o.y == 6 and h.get() == 5 and h.z == 7 and h.y is o and Old.__slots__ == ('__x', 'y') and Old.__name__ == 'New'",
        "o.y = 0",
    ),
    Case(
        "attributes of heirs of values",
        "import datetime, decimal, fractions, pathlib, itertools, uuid, ipaddress\n"
        "class D(datetime.date): pass\nclass T(datetime.datetime): pass\nclass DE(decimal.Decimal): pass\nclass F(fractions.Fraction): pass\nclass P(type(pathlib.Path())): pass\n"
        "class C(itertools.count): pass\nclass U(uuid.UUID): pass\nclass TD(datetime.timedelta): __slots__ = ('x',)\nclass I(ipaddress.IPv4Address): pass\nclass CH(itertools.chain): pass\n"
        "l = [D(2020, 1, 1), T(2020, 1, 1), DE('1.5'), F(1, 2), P('/x'), C(5), TD(1), I('1.2.3.4'), CH([1], [2]), U(int=5)]\nfor i in l[:-1]: i.x = l\nl[-1].__dict__['x'] = l",
        "for i in l: assert i.x is l, type(i)\nassert l[2] == 1.5 and next(l[5]) == 5 and list(l[8]) == [1, 2] and l[9].int == 5 and str(l[4]) == '/x'",
    ),
)
