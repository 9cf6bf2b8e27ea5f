"""Documents as PDF, set by typst from the templates of `ess_pages/typst/`.

    from ess_pages import pdf

    pdf.render("report.typ", {"lang": "ar", "title": "محضر الملتقى", …}, {"logo.jpg": b"…"})
    pdf.respond(request, "report.typ", data, images, "محضر.pdf")  # with cache, ETag and file name

A template begins with `#import "base.typ": *` and `#show: paper` (for a sheet that lies on its side
`#show: paper.with(flipped: true)`), has what it was given as `data`, and finds in `base.typ` the
parts that documents share: `masthead`, `facts`, `section`, `rows` (a table), `picture`, `prose`…

What people write never becomes typst code: it reaches the template as JSON, and rich text as the
nodes of `pdf.prose`. Every document is PDF/UA-1, tagged for screen readers: it has a title and a
language, each image an alternative text, and no level of headings is skipped.
"""

from .addresses import Links
from .engine import fingerprint, render
from .prose import paragraphs, prose
from .response import respond

__all__ = ["Links", "fingerprint", "paragraphs", "prose", "render", "respond"]
