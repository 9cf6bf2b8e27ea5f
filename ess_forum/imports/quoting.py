"""Quotes as this forum's own are written, whatever they come from."""


def quoted(words: str, author: str, post_id: int | None) -> str:
    """Return words as a quote, which leads back to its post where that is here."""
    lines = [f"> {line}".rstrip() for line in words.strip().splitlines()]
    if author and post_id:
        lines = [f"> [@{author}](forum:p/{post_id}/)", ">", *lines]
    elif author:
        lines = [f"> **{author}**", ">", *lines]
    return "\n".join(lines)
