"""A forum of any size in French and Arabic, to develop and to measure with. Not for real forums.

Rows are written in bulk, past the actions: each text is rendered once, and threads are written
with the counters that they will have. The same seed makes the same forum.
"""

import random
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from wagtail.search.backends import get_search_backend

from . import markup
from .actions import counters
from .models import Category, Member, Post, Reaction, Thread

SEED = 20161217
BATCH = 2000
YEARS = timedelta(days=2 * 365)
# What is newer than this is unread for the members who are made.
UNREAD = timedelta(days=30)

FIRST_NAMES = [
    ("Amina", "أمينة"), ("Yacine", "ياسين"), ("Nadia", "نادية"), ("Karim", "كريم"),
    ("Lila", "ليلى"), ("Sofiane", "سفيان"), ("Meriem", "مريم"), ("Rachid", "رشيد"),
]  # fmt: skip
LAST_NAMES = [
    ("Benali", "بن علي"), ("Haddad", "حداد"), ("Mansouri", "منصوري"), ("Saïdi", "سعيدي"),
    ("Belkacem", "بلقاسم"), ("Ouali", "والي"), ("Cherif", "شريف"), ("Ziani", "زياني"),
]  # fmt: skip
# The name of a category in both languages, and those within it.
CATEGORIES = {
    ("Coopératives", "التعاونيات"): [
        ("Agriculture", "الفلاحة"),
        ("Artisanat", "الصناعة التقليدية"),
    ],
    ("Financement solidaire", "التمويل التضامني"): [],
    ("Associations", "الجمعيات"): [("Bénévolat", "التطوع")],
    ("Questions juridiques", "المسائل القانونية"): [],
    ("Annonces", "إعلانات"): [],
}
TITLES = {
    "fr": (
        ["Comment", "Qui peut nous dire comment", "Retour d’expérience :", "Conseils pour"],
        [
            "créer une coopérative", "tenir une assemblée générale", "vendre en circuit court",
            "obtenir un microcrédit", "former de jeunes artisans", "partager un local",
        ],
        ["à Oran", "dans le Souf", "en Kabylie", "sur le littoral", "en zone rurale", "à Tlemcen"],
    ),
    "ar": (
        ["كيف نتمكن من", "من يدلّنا على طريقة", "تجربتنا في", "نصائح بخصوص"],
        [
            "إنشاء تعاونية", "تنظيم جمعية عامة", "البيع المباشر للمنتجات",
            "الحصول على قرض مصغّر", "تكوين الحرفيين الشباب", "تقاسم محل واحد",
        ],
        ["في وهران", "في وادي سوف", "في بلاد القبائل", "على الساحل", "في الأرياف", "في تلمسان"],
    ),
}  # fmt: skip
PARAGRAPHS = {
    "fr": [
        (
            "Bonjour à toutes et à tous. Nous sommes sept femmes et nous tissons la laine depuis "
            "trois ans, chacune chez elle. Nous voudrions acheter et vendre ensemble."
        ),
        (
            "Chez nous, l’assemblée a d’abord fixé la part de chacun, puis la règle de partage des "
            "excédents. **Écrivez-la avant la première vente**, pas après."
        ),
        (
            "Trois choses nous ont aidés :\n\n- un local prêté par la commune ;\n- un comptable "
            "bénévole ;\n- des réunions courtes, toujours le même jour."
        ),
        (
            "> La mutuelle a refusé notre premier dossier.\n\nLe nôtre aussi. Nous l’avons refait "
            "avec un budget mois par mois, et il est passé."
        ),
        "Merci pour cette réponse, elle nous évite une erreur. Qui a essayé la vente en ligne ?",
        (
            "Pour les statuts, voyez d’abord la chambre d’agriculture de votre wilaya : elle garde "
            "des modèles et les relit volontiers. Comptez deux semaines."
        ),
        (
            "Le plus difficile n’est pas l’argent, c’est le temps. Deux d’entre nous ont fini par "
            "tout porter ; aujourd’hui les tâches tournent chaque mois."
        ),
    ],
    "ar": [
        (
            "السلام عليكم. نحن مجموعة من الفلاحين الصغار في المنطقة، ونفكر في شراء البذور معًا حتى "
            "نخفّض التكلفة. هل سبق لأحد منكم أن خاض هذه التجربة؟"
        ),
        (
            "عقدنا الجمعية العامة في جانفي، وانتخبنا مكتبًا من خمسة أعضاء. **أهم ما تعلمناه: "
            "دوّنوا كل قرار في محضر** واقرؤوه على الجميع قبل الختام."
        ),
        (
            "ما ساعدنا فعلًا:\n\n- مرافقة جمعية من الولاية المجاورة؛\n- حساب بنكي باسم "
            "التعاونية؛\n- اجتماع قصير في بداية كل شهر."
        ),
        (
            "> لا نعرف كيف نحدد ثمن المنتوج.\n\nاحسبوا ساعات العمل أولًا، ثم المواد، ثم النقل. "
            "كثيرون ينسون ساعات العمل."
        ),
        "شكرًا جزيلًا على التوضيح. سنعرض الفكرة على بقية الأعضاء ثم نعود إليكم بالنتيجة.",
        (
            "المعرض السنوي فرصة حقيقية: بعنا في ثلاثة أيام ما نبيعه عادة في شهرين، وتعرفنا على "
            "تعاونيات من ولايات أخرى."
        ),
        (
            "القانون واضح في هذه النقطة، لكن التطبيق يختلف من ولاية إلى أخرى. اسألوا مديرية النشاط "
            "الاجتماعي قبل إيداع الملف."
        ),
    ],
    "both": [
        "Notre association s’appelle « الأمل » et réunit quarante familles de trois communes.",
        "نبحث عن شريك من خارج الولاية لمشروع **circuit court**، والتفاصيل عند المكتب.",
        "Les formulaires existent dans les deux langues.\n\nاستمارة التسجيل متوفرة باللغتين.",
    ],
}
EMOJI = ["👍", "❤️", "🎉", "🙏"]


class Text(NamedTuple):
    """A post's words, rendered."""

    source: str
    html: str
    language: str
    fingerprint: str


class Plan(NamedTuple):
    """A post, before its thread is there."""

    author: Member
    text: Text
    at: datetime


class Filling:
    """Makes threads and posts by members who are made for them."""

    def __init__(self, members: int, seed: int = SEED):
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        self.now = timezone.now()
        self.categories = make_categories()
        self.members = self._make_members(members)

    def make_threads(self, threads: int, posts: int) -> None:
        """Make so many threads with so many posts in all, at least one each; most are short."""
        sizes = [1] * threads
        weights = [self.chance.paretovariate(1.2) for _ in sizes]
        for number in self.chance.choices(range(threads), weights, k=max(posts - threads, 0)):
            sizes[number] += 1
        remaining = iter(sizes)
        while batch := list(islice(remaining, BATCH // 10)):
            self._write([self._plan(size) for size in batch])

    def make_long_thread(self, posts: int) -> None:
        """Make one thread with so many posts."""
        self._write([self._plan(posts)])

    def recount(self) -> None:
        """Write the counters of categories and members, which are added up at the end."""
        keys = [member.pk for member in self.members]
        with transaction.atomic():
            counters.recount(categories=[category.pk for category in self.categories])
            counters.recount(members=keys)

    def _make_members(self, number: int) -> list[Member]:
        user_model = get_user_model()
        start = (user_model.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
        password = make_password(None)
        mail = user_model.get_email_field_name()
        users = []
        for index in range(start, start + number):
            address = f"member-{index}@example.org"
            fields = {user_model.USERNAME_FIELD: address, mail: address, "password": password}
            users.append(user_model(**fields))
        users = user_model.objects.bulk_create(users, batch_size=BATCH)
        return Member.objects.bulk_create(
            [self._member(user, start + index) for index, user in enumerate(users)],
            batch_size=BATCH,
        )

    def _member(self, user, number: int) -> Member:
        script = self.chance.randrange(2)
        names = [self.chance.choice(names)[script] for names in (FIRST_NAMES, LAST_NAMES)]
        name = " ".join(names)
        return Member(
            user=user,
            name=name,
            handle=f"{slugify(name, allow_unicode=True)}-{number}",
            trust=self.chance.choice(Member.Trust.values[1:3]),
            joined_at=self.now - YEARS,
            caught_up_at=self.now - UNREAD,
        )

    def _plan(self, size: int) -> list[Plan]:
        """Return the posts of a thread, in order: it starts at any time, and ends by now."""
        start = self.now - YEARS * self.chance.random()
        step = (self.now - start) / size * self.chance.random()
        language = self.chance.choice(["fr", "ar"])
        return [
            Plan(
                self.chance.choice(self.members),
                self._text(language if self.chance.random() < 0.8 else "both"),
                start + step * number,
            )
            for number in range(size)
        ]

    def _text(self, language: str) -> Text:
        first = PARAGRAPHS[language]
        second = first
        if language == "both":
            second = PARAGRAPHS["both"] + PARAGRAPHS["fr"] + PARAGRAPHS["ar"]
        return text_of(self.chance.choice(first), self.chance.choice(second))

    @transaction.atomic
    def _write(self, plans: list[list[Plan]]) -> None:
        threads = Thread.objects.bulk_create(self._thread(plan) for plan in plans)
        rows = (
            Post(
                thread=thread,
                position=position,
                author=plan.author,
                **plan.text._asdict(),
                created_at=plan.at,
                published_at=plan.at,
                reactions={self.chance.choice(EMOJI): 1} if self.chance.random() < 0.1 else {},
            )
            for thread, posts in zip(threads, plans, strict=True)
            for position, plan in enumerate(posts, start=1)
        )
        while batch := Post.objects.bulk_create(islice(rows, BATCH)):
            Reaction.objects.bulk_create(
                Reaction(post=post, member=self._other_than(post.author_id), emoji=emoji)
                for post in batch
                for emoji in post.reactions
            )

    def _thread(self, posts: list[Plan]) -> Thread:
        first, last = posts[0], posts[-1]
        language = "ar" if first.text.language == "ar" else "fr"
        return Thread(
            category=self.chance.choice(self.categories),
            title=" ".join(self.chance.choice(part) for part in TITLES[language]),
            language=language,
            author=first.author,
            created_at=first.at,
            last_post_at=last.at,
            last_poster=last.author,
            last_position=len(posts),
            last_visible_position=len(posts),
            reply_count=len(posts) - 1,
            version=len(posts),
        )

    def _other_than(self, key: int) -> Member:
        first, second = self.chance.sample(self.members, 2)
        return second if first.pk == key else first


@lru_cache(maxsize=1000)
def text_of(*paragraphs: str) -> Text:
    """Return the text of these paragraphs, rendered."""
    source = "\n\n".join(paragraphs)
    document = markup.Document(source)
    return Text(
        document.source,
        document.html(),
        markup.language_of(source, "fr"),
        markup.fingerprint(document.source),
    )


def make_categories() -> list[Category]:
    """Return the categories that threads are put in, made where they are missing."""
    made = []
    for position, (names, within) in enumerate(CATEGORIES.items()):
        parent = _category(names, None, position)
        made += [parent, *(_category(names, parent, n) for n, names in enumerate(within))]
    return made


def _category(names: tuple[str, str], parent: Category | None, position: int) -> Category:
    name_fr, name_ar = names
    return Category.objects.get_or_create(
        name_fr=name_fr, parent=parent, defaults={"name_ar": name_ar, "position": position}
    )[0]


def fill(threads: int, posts: int, *, members: int, long: int = 0, seed: int = SEED) -> None:
    """Make members (two at least), threads with posts, and one thread with `long` posts."""
    filling = Filling(members, seed)
    filling.make_threads(threads, posts)
    if long:
        filling.make_long_thread(long)
    filling.recount()


def index_posts() -> int:
    """Put all posts into the search index, and return how many there are."""
    index = get_search_backend().get_index_for_model(Post)
    posts = Post.get_indexed_objects().select_related("thread")
    last, number = 0, 0
    while batch := list(posts.filter(pk__gt=last).order_by("pk")[:BATCH]):
        index.add_items(Post, batch)
        last, number = batch[-1].pk, number + len(batch)
    return number
