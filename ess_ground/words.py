"""The words by which French and Arabic texts are found, whatever way they are written.

No text search configuration of PostgreSQL or SQLite serves both languages, so texts are indexed,
and queries are asked, by stems: « économies » and « economie », « الاقتصاد » and « إقتصاد »,
« تعاونية » and « التعاونيات », are the same word. Stems of French are Snowball's
(https://snowballstem.org/), which for Arabic takes a word with its article for another than the
same without: those of Arabic are Larkey, Ballesteros and Connell's light stems
(https://doi.org/10.1145/564376.564425).
"""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

# Of a longer query, the beginning.
QUERY_LENGTH = 200
WORD = re.compile(r"[^\W_]+")
ARABIC = re.compile(r"[\u0621-\u064a]")
# The article, alone or after a particle, and endings; at least two letters are left of a word.
ARTICLE = re.compile(r"(?:[وبكف]?ال|و?لل)(?=..)")
ENDINGS = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
# What Unicode does not take apart: ligatures, tatweel, and letters that writers interchange.
INTERCHANGED = str.maketrans(
    {"œ": "oe", "æ": "ae", "ـ": "", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك"}
)


def asked(query: str) -> str:
    """Return what a reader asks for, cleaned of what no database takes and of excess."""
    return " ".join(query.replace("\0", "").split())[:QUERY_LENGTH]


def without_marks(text: str) -> str:
    """Return a text without what nobody sees: marks of direction, signs that have no width."""
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def stems(text: str) -> str:
    """Return the stems of the words of `text`, in order, separated by spaces."""
    return " ".join(
        _stem(word)
        for word in WORD.findall(folded(text))
        if len(word) > 1 or word.isdigit()  # an elided article says nothing
    )


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    if ARABIC.match(word):
        return _light_stem(word)
    # A stemmer holds the word that it is at: threads cannot share one.
    return snowballstemmer.stemmer("french").stemWord(word)


def _light_stem(word: str) -> str:
    article = ARTICLE.match(word)
    stem = word[article.end() :] if article else word
    for ending in ENDINGS:
        if len(stem) >= len(ending) + 2:
            stem = stem.removesuffix(ending)
    return stem


def folded(text: str) -> str:
    """Return `text` without case, accents, vowel signs and variants of letters and digits."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    letters = re.sub(r"\d", lambda digit: str(unicodedata.digit(digit[0])), letters)
    return letters.translate(INTERCHANGED)


def with_and_without_article(word: str) -> set[str]:
    """Return the forms that a folded word may be written in: in Arabic, with the article too."""
    if not ARABIC.match(word):
        return {word}
    bare = word.removeprefix("ال") if len(word) > 3 else word
    return {bare, f"ال{bare}"}


def folded_words(text: str) -> str:
    """Return the words of `text`, folded, each after a space: one is found by its beginning."""
    return "".join(f" {word}" for word in WORD.findall(folded(text)))
