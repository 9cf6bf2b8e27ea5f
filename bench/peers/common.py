"""What every measured forum does alike: it counts its queries and says where its pages are.

Run inside the forum's own Django, which may be another than the portal's: nothing of ours here.
"""

import json
import time

from django.db import connection
from django.test import Client

SENTENCES = [
    "Nous tissons la laine depuis trois ans et nous voudrions vendre sous un même nom.",
    "L’assemblée a d’abord fixé la part de chacun, puis la règle de partage.",
    "نفكر في شراء البذور معًا حتى نخفّض التكلفة.",
    "عقدنا الجمعية العامة في جانفي، وانتخبنا مكتبًا من خمسة أعضاء.",
    "Merci pour cette réponse, elle nous évite une erreur.",
]


def text_of(number: int) -> str:
    """Return two paragraphs, about as long as those of `manage.py forum_fill`."""
    return "\n\n".join(
        " ".join(SENTENCES[(number + n) % 5] for n in range(m, m + 2)) for m in (0, 2)
    )


def report(addresses: dict[str, str], user, **headers: str) -> None:
    """Print, as JSON, the addresses, the queries of each for a visitor and a member, a session."""
    visitor, member = Client(headers=headers), Client(headers=headers)
    member.force_login(user)
    queries = {
        name: [count_queries(client, address) for client in (visitor, member)]
        for name, address in addresses.items()
    }
    times = {name: median_time(visitor, address) for name, address in addresses.items()}
    session = member.cookies["sessionid"].value
    print(
        json.dumps({"addresses": addresses, "queries": queries, "times": times, "session": session})
    )


def count_queries(client: Client, address: str) -> int:
    """Return how many queries a page needs when it is asked for the second time."""
    client.get(address)
    seen: list[str] = []

    def noted(execute, sql, *arguments):
        seen.append(sql)
        return execute(sql, *arguments)

    with connection.execute_wrapper(noted):
        response = client.get(address)
    assert response.status_code == 200, f"{address}: {response.status_code}"
    return len(seen)


def median_time(client: Client, address: str) -> float:
    """Return the milliseconds of a page, the median of nine, in one process without a server."""
    times = []
    for _ in range(9):
        start = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)[4]
