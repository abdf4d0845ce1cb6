from __future__ import annotations

import hashlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.capture.secrets import MASK, is_secret_name, mask, mask_argv, mask_mapping
from cellbook.records.words import words

# Put together here, so that no scanner of repositories takes them for real ones.
A1 = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"
TOKENS = {
    "AWS": "AK" + "IA" + "QWERTYUIOPASDFGH",
    "GitHub": "gh" + "p_" + A1,
    "GitHub, fine": "github" + "_pat_" + A1 + "_" + A1,
    "GitLab": "gl" + "pat-" + A1[:20],
    "Slack": "xo" + "xb-" + "123456789012-" + A1[:24],
    "OpenAI": "s" + "k-" + A1,
    "OpenAI, project": "s" + "k-proj-" + A1 + "-_" + A1,
    "Anthropic": "s" + "k-ant-api03-" + A1,
    "Hugging Face": "h" + "f_" + A1[:34],
    "Google": "AI" + "za" + (A1 + A1)[:35],
    "Google OAuth": "ya" + "29." + A1,
    "JWT": "ey" + "JhbGciOiJIUzI1NiJ9." + "ey" + "JzdWIiOiIxMjM0In0." + A1,
    "Stripe": "s" + "k_live_" + A1[:24],
    "npm": "np" + "m_" + A1,
    "PyPI": "py" + "pi-AgEIcHlwaS5vcmc" + A1,
    "Databricks": "da" + "pi" + "0123456789abcdef" * 2,
    "SendGrid": "S" + "G." + A1[:22] + "." + A1,
    "Groq": "gs" + "k_" + A1,
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize(
    "around", ["{}", "key: {} end", "f('{}')", '"a\\n{}\\n"', "x={}", "https://h/p?q={}&r=1"]
)
def test_mask_shapes(token: str, around: str) -> None:
    assert mask(around.format(token)) == around.format(MASK)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # code
        ('password = "hunter"', f'password = "{MASK}"'),
        ("db_password='hunter'", f"db_password='{MASK}'"),
        ('password: str = "hunter"', f'password: str = "{MASK}"'),
        ('connect(user, password="hunter", port=1)', f'connect(user, password="{MASK}", port=1)'),
        ('os.environ["API_KEY"] = "abc"', f'os.environ["API_KEY"] = "{MASK}"'),
        ("{'secret': 'abc', 'x': 1}", f"{{'secret': '{MASK}', 'x': 1}}"),
        ('apiKey = r"abc"', f'apiKey = r"{MASK}"'),
        ("SECRET_KEY = '''abc'''", f"SECRET_KEY = '''{MASK}'''"),
        (r'password = "a\"b" + x', f'password = "{MASK}" + x'),
        ('if password == "hunter":', f'if password == "{MASK}":'),
        ('token = "abc123def"', f'token = "{MASK}"'),
        ('GITHUB_TOKEN = "abcdefghij"', f'GITHUB_TOKEN = "{MASK}"'),
        ('access_token="abcdefghij"', f'access_token="{MASK}"'),
        # a notebook's JSON
        (r'"password = \"hunter\"\n",', rf'"password = \"{MASK}\"\n",'),
        (r'"x = 1\npassword = \"hunter\""', rf'"x = 1\npassword = \"{MASK}\""'),
        # environment files, shells, YAML, logs
        ("DB_PASSWORD=hunter", f"DB_PASSWORD={MASK}"),
        ("export AWS_SECRET_ACCESS_KEY=wJalr/XUt+nF", f"export AWS_SECRET_ACCESS_KEY={MASK}"),
        ("API_TOKEN=abc123def456", f"API_TOKEN={MASK}"),
        ("password: hunter\nuser: ada", f"password: {MASK}\nuser: ada"),
        ("  - password: hunter2", f"  - password: {MASK}"),
        ("api-key: abc-123-def", f"api-key: {MASK}"),
        ("X-Api-Key: abc-123-def", f"X-Api-Key: {MASK}"),
        ("host=a user=b password=hunter dbname=c", f"host=a user=b password={MASK} dbname=c"),
        ("GET /x?token=abc123def456&y=1", f"GET /x?token={MASK}&y=1"),
        ("token: abc123def456", f"token: {MASK}"),
        ("fs.s3a.secret.key=abc/def", f"fs.s3a.secret.key={MASK}"),
        ("curl --password hunter2 -v", f"curl --password {MASK} -v"),
        ("mysql --password=hunter -u x", f"mysql --password={MASK} -u x"),
        ("password=ünïcödé", f"password={MASK}"),
        ("İ password='hunter'", f"İ password='{MASK}'"),
        # headers and addresses
        ("Authorization: Bearer abcdef", f"Authorization: Bearer {MASK}"),
        ("Authorization: Basic YWJj", f"Authorization: Basic {MASK}"),
        ("{'Authorization': 'Bearer abcdef'}", f"{{'Authorization': 'Bearer {MASK}'}}"),
        ('-H "Authorization: token abcdef"', f'-H "Authorization: token {MASK}"'),
        ("sent Bearer abcdefghijklmnop12", f"sent Bearer {MASK}"),
        ("postgresql://ada:hun/ter@h", "postgresql://ada:hun/ter@h"),
        ("postgresql://ada:hunter@h/db", f"postgresql://ada:{MASK}@h/db"),
        ("redis://:hunter@h", f"redis://:{MASK}@h"),
        ("https://abcdefghij0123456789@h/x.git", f"https://{MASK}@h/x.git"),
        (
            "https://hooks.slack.com/services/T0/B0/abcdef",
            f"https://hooks.slack.com/services/{MASK}",
        ),
    ],
)
def test_mask_values(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "tokenizer = AutoTokenizer.from_pretrained('bert-base-uncased')",
        "model.generate(max_tokens=100, max_new_tokens = 20)",
        "token_count = 12345678",
        'pad_token="[PAD]", eos_token="<|endoftext|>"',
        '{"token": "international", "score": 0.93}',
        "next_token = 'something1'",
        "for token in tokens: print(token)",
        "tokens = ['a1b2c3d4e5']",
        "key=value",
        "sort(key=lambda x: x.key1)",
        "primary_key = 'id'",
        "password = getpass.getpass('Password: ')",
        "password = os.environ['PASSWORD']",
        "api_key=api_key",
        "connect(host, password=password)",
        "f(\n    password=password,\n    token=token1\n)",
        "api_key = settings.api_key2",
        "def login(user, password, token=None): ...",
        "password: str",
        "token: Optional[str] = None",
        "secret: SecretStr",
        "assert password == other",
        'password = ""',
        'password = "<your password>"',
        'password = "***"',
        'url = f"https://{user}:{password}@{host}"',
        "password: ${DB_PASSWORD}",
        "PASSWORD=$(cat file)",
        'PASSWORD = "PASSWORD"',
        "password_field = 'pw'",
        "token_url = 'https://example.org/token'",
        "secret_name: my-name",
        "api_key_env = 'OPENAI_API_KEY'",
        "use_auth_token='auto1234'",
        "PWD=/home/ada",
        "forward_pass = 3",
        "import secrets; secrets.token_hex(16)",
        "the --password option is for hosts",
        "the bearer of this certificate",
        'headers["Authorization"] = basic(user, x)',
        "https://example.org:8080/a@b",
        "git@github.com:ada/book.git",
        "task-based-risk-sk-learn",
        "arn:aws:secretsmanager:eu:1:secret:name",
        "commit 9627ce1f8d168785a96d78f8c0b33b9892621d43",
        f"sha256:{hashlib.sha256(b'x').hexdigest()}",
        hashlib.sha256(b"x").hexdigest(),
        "a 1b4e28ba-2fa1-11d2-883f-0016d3cca427 uuid",
        "before the -----BEGIN PRIVATE KEY----- and\nafter the -----END PRIVATE KEY----- lines",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
    ],
)
def test_mask_leaves_alone(text: str) -> None:
    assert mask(text) == text


def test_mask_key_blocks() -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n" * 3
    block = f"-----BEGIN RSA PRIVATE KEY-----\n{body}-----END RSA PRIVATE KEY-----"
    dots = f"{MASK}\n" * 3
    assert mask(f"a\n{block}\nb") == (
        f"a\n-----BEGIN RSA PRIVATE KEY-----\n{dots}-----END RSA PRIVATE KEY-----\nb"
    )
    assert mask(block.replace("\n", "\\n")) == (
        f"-----BEGIN RSA PRIVATE KEY-----{MASK}-----END RSA PRIVATE KEY-----"
    )
    cut_off = mask(f"-----BEGIN PRIVATE KEY-----\n{body}more: words!")
    assert cut_off.startswith(f"-----BEGIN PRIVATE KEY-----\n{dots}")
    assert cut_off.endswith("!")


def test_mask_argv() -> None:
    assert mask_argv(
        ["run", "--password", "x", "--api-key=y", "TOKEN=z", "--lr=0.1", "--token", "--dry", "a=b"]
    ) == [
        "run", "--password", MASK, f"--api-key={MASK}", f"TOKEN={MASK}", "--lr=0.1", "--token",
        "--dry", "a=b",
    ]  # fmt: skip
    assert mask_argv(["-H", "Authorization: Bearer abcdef"]) == [
        "-H",
        f"Authorization: Bearer {MASK}",
    ]
    assert mask_argv(["pip", "--index-url=https://ada:pw@host/simple", "a"]) == [
        "pip",
        f"--index-url=https://ada:{MASK}@host/simple",
        "a",
    ]


@pytest.mark.parametrize(
    ("given", "masked"),
    [
        (["run", "--pass=qqq"], ["run", f"--pass={MASK}"]),
        (["run", "--pwd", "zzz9", "x"], ["run", "--pwd", MASK, "x"]),
        (["run", "--auth", "Bearer:xyz7"], ["run", "--auth", MASK]),
        (["db.py", "-u", "ada", "-p", "s3cr3t"], ["db.py", "-u", "ada", "-p", MASK]),
        (["/bin/sshpass", "-p", "s3cr3t", "ssh", "a"], ["/bin/sshpass", "-p", MASK, "ssh", "a"]),
    ],
)  # fmt: skip
def test_mask_argv_of_short_options(given: list[str], masked: list[str]) -> None:
    assert mask_argv(given) == masked


@pytest.mark.parametrize(
    "line",
    [
        "run --pad 3 --paths a --passes=2 --author ada --pwd-check on",
        "ssh -u ada -p 22 host",
        "python train.py -p 8",
        "mkdir -p a/b",
        "pass=1 auth=none pwd=/home/ada",
    ],
)
def test_mask_argv_leaves_what_only_looks_like_one(line: str) -> None:
    assert mask_argv(line.split()) == line.split()


def test_mask_mapping() -> None:
    given = {
        "PATH": "/bin",
        "OPENAI_API_KEY": "abc",
        "db": {"user": "ada", "password": 1234},
        "credentials": {"user": "ada", "key": "x"},
        "tokens": ["a"],
        "secrets": ["a", ""],
        "HF_TOKEN": "",
        "use_token": True,
        "TOKENIZERS_PARALLELISM": "false",
        "note": f"see {TOKENS['GitHub']}",
        3: "x",
    }
    assert mask_mapping(given) == {
        "PATH": "/bin",
        "OPENAI_API_KEY": MASK,
        "db": {"user": "ada", "password": MASK},
        "credentials": {"user": "ada", "key": "x"},
        "tokens": ["a"],
        "secrets": [MASK, ""],
        "HF_TOKEN": "",
        "use_token": True,
        "TOKENIZERS_PARALLELISM": "false",
        "note": f"see {MASK}",
        3: "x",
    }


@pytest.mark.parametrize(
    "name",
    sorted(
        words(
            "PASSWORD db_password userPasswd PGPASSWORD_2 secret SecretKey AWS_SECRET_ACCESS_KEY "
            "apiKey AWS_ACCESS_KEY_ID api-key x-api-key privateKey storage_account_key credentials "
            "DB_PWD smtp_pass token auth_token HF_TOKEN bearerToken client_secret signing-key"
        )
    ),
)
def test_is_secret_name_says_yes(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    sorted(
        words(
            "tokenizer tokens max_tokens token_count n_tokens eos_token key keys monkey "
            "primary_key pwd PWD pass bypass passes author password_field secret_id token_type_ids "
            "public_key_token use_auth_token api_key_name lr"
        )
    ),
)
def test_is_secret_name_says_no(name: str) -> None:
    assert not is_secret_name(name)


PIECES = [
    "password", "token", "=", ": ", " = ", '"', "'", '\\"', "\\n", "\n", "abc123def456", "hunter",
    "://", "@", "/", "Authorization: ", "Bearer ", "{", "}", "(", ")", ",", "--", "sk-", "eyJ", ".",
    "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", MASK, "İ", " ", "str", "\r", "\\",
    *TOKENS.values(),
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_mask_keeps_lines_and_is_idempotent(text: str) -> None:
    once = mask(text)
    assert once.count("\n") == text.count("\n")
    assert mask(once) == once


@given(st.text())
def test_mask_takes_any_text(text: str) -> None:
    assert mask(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "piece",
    [
        *PIECES, "password=", "password='", "token=\\\"", "key", "://a:", "sk-a1", "SG.aaaaaaaaaa.",
        "password={", "password=%(", "token: str = \"", "a.", "secret = '''", "x{", "<",
    ],
)  # fmt: skip
def test_mask_is_linear(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece)) + "!"
        start = time.process_time()
        mask(text)
        return time.process_time() - start

    # Thirty times the text may take thirty times as long, and some; squares would take 900.
    small = min(seconds(20_000) for _ in range(3))
    assert seconds(600_000) < 120 * small + 0.2


def test_mask_is_quick_on_plain_text() -> None:
    line = "epoch 3: loss 0.1234, accuracy 0.9512, tokens per second 1234\n"
    text = line * (10_000_000 // len(line))
    start = time.process_time()
    assert mask(text) == text
    assert time.process_time() - start < 5
