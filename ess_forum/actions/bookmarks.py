"""Members keep posts at hand."""

from ..models import Bookmark, Post
from ..policy import require
from ..viewer import Viewer
from .transactions import action


@action
def keep(viewer: Viewer, post: Post, note: str = "") -> Bookmark:
    """Keep a post at hand with a note, or change the note. Raises PermissionDenied."""
    require(viewer, "bookmark", post)
    bookmark, _created = Bookmark.objects.update_or_create(
        member=viewer.me, post=post, defaults={"note": note.strip()[:200]}
    )
    return bookmark


@action
def drop(viewer: Viewer, post: Post) -> None:
    """Keep a post no longer. It needs no permission: the bookmark is one's own."""
    Bookmark.objects.filter(member=viewer.me, post=post).delete()
