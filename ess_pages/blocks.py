"""The blocks that rich bodies are made of. Each has a preview for the block picker."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page

from .links import in_language

PREVIEW = "ess_pages/block_preview.html"
TEXT_FEATURES = ["h2", "h3", "h4", "bold", "italic", "ol", "ul", "link", "document-link", "hr"]


class TextBlock(blocks.RichTextBlock):
    """Formatted text."""

    def __init__(self, **kwargs):
        super().__init__(**{"features": TEXT_FEATURES, **kwargs})

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("Paragraphs, headings, lists and links")
        template = "ess_pages/blocks/text.html"
        preview_template = PREVIEW
        preview_value = (
            "<h2>L’économie sociale et solidaire · الاقتصاد الاجتماعي والتضامني</h2>"
            "<p>Entreprendre autrement, au service de tous.</p><p>مبادرات في خدمة الجميع.</p>"
        )


class FigureBlock(blocks.StructBlock):
    """An image with its caption and its credit."""

    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(label=_("Caption"), required=False)
    credit = blocks.CharBlock(label=_("Credit"), required=False)

    class Meta:
        icon = "image"
        label = _("Image with caption")
        description = _("An image, its caption and its credit")
        template = "ess_pages/blocks/figure.html"
        preview_template = PREVIEW

    def get_preview_value(self):
        """Return a figure made with the newest image of the library, if there is one."""
        return self.to_python(
            {
                "image": {
                    "image": _newest_pk(get_image_model()),
                    "alt_text": "",
                    "decorative": True,
                },
                "caption": "Vivre ensemble par le faire ensemble · العيش معا بالعمل معا",
                "credit": "",
            }
        )


class QuoteBlock(blocks.StructBlock):
    """What someone said."""

    text = blocks.TextBlock(label=_("Text"))
    author = blocks.CharBlock(label=_("Author"), required=False)
    role = blocks.CharBlock(label=_("Role"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        description = _("What someone said, and who")
        template = "ess_pages/blocks/quote.html"
        preview_template = PREVIEW
        preview_value = {
            "text": "Le vivre ensemble par le faire ensemble",
            "author": "",
            "role": "",
        }


class KeyFigureBlock(blocks.StructBlock):
    """A number and what it counts."""

    value = blocks.CharBlock(label=_("Number"), max_length=20)
    label = blocks.CharBlock(label=_("What it counts"), max_length=120)

    class Meta:
        icon = "order"
        label = _("Key figure")


class KeyFiguresBlock(blocks.StructBlock):
    """A few numbers that tell the story."""

    heading = blocks.CharBlock(label=_("Heading"), required=False)
    figures = blocks.ListBlock(KeyFigureBlock(), label=_("Numbers"), min_num=1, max_num=6)

    class Meta:
        icon = "order"
        label = _("Key figures")
        description = _("Up to six numbers, large")
        template = "ess_pages/blocks/key_figures.html"
        preview_template = PREVIEW
        preview_value = {
            "heading": "",
            "figures": [
                {"value": "23", "label": "participants · مشاركا"},
                {"value": "3", "label": "ateliers · ورشات"},
                {"value": "4", "label": "résolutions · قرارات"},
            ],
        }


class DocumentsBlock(blocks.StructBlock):
    """Files to download."""

    heading = blocks.CharBlock(label=_("Heading"), required=False)
    documents = blocks.ListBlock(DocumentChooserBlock(), label=_("Documents"), min_num=1)

    class Meta:
        icon = "doc-full"
        label = _("Documents")
        description = _("Files to download, with their type and size")
        template = "ess_pages/blocks/documents.html"
        preview_template = PREVIEW

    def get_preview_value(self):
        """Return the newest document of the library, if there is one."""
        newest = _newest_pk(get_document_model())
        return self.to_python({"heading": "", "documents": [newest] if newest else []})


class VideoLinkBlock(blocks.StructBlock):
    """A link to a video. Nothing is loaded from the host of the video."""

    title = blocks.CharBlock(label=_("Title"))
    url = blocks.URLBlock(label=_("Web address"))
    duration = blocks.CharBlock(
        label=_("Duration"), required=False, help_text=_("For instance 4:30")
    )

    class Meta:
        icon = "media"
        label = _("Video link")
        description = _("A link to a video on another site; nothing is loaded from there")
        template = "ess_pages/blocks/video_link.html"
        preview_template = PREVIEW
        preview_value = {
            "title": "Vidéo · فيديو",
            "url": "https://example.org/video",
            "duration": "4:30",
        }


class CallToActionValue(blocks.StructValue):
    """The invitation, with where its button leads."""

    @property
    def target(self) -> Page | None:
        """The page it leads to, in the active language where it can be, if visitors see it."""
        pages = in_language(Page.objects.live().public().filter(depth__gt=1), [self["page"]])
        return pages[0] if pages else None


class CallToActionBlock(blocks.StructBlock):
    """An invitation to do something, with one button."""

    heading = blocks.CharBlock(label=_("Heading"))
    text = blocks.TextBlock(label=_("Text"), required=False)
    button = blocks.CharBlock(label=_("Button"), max_length=60)
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    url = blocks.URLBlock(label=_("Or web address"), required=False)

    class Meta:
        icon = "pick"
        label = _("Call to action")
        description = _("An invitation with one button")
        template = "ess_pages/blocks/call_to_action.html"
        value_class = CallToActionValue
        preview_template = PREVIEW
        preview_value = {
            "heading": "Rejoignez-nous · انضموا إلينا",
            "text": "",
            "button": "S’inscrire · التسجيل",
            "page": None,
            "url": "https://example.org/",
        }

    def clean(self, value):
        """Refuse a button that leads nowhere, or to two places."""
        value = super().clean(value)
        if bool(value["page"]) == bool(value["url"]):
            error = ValidationError(_("Choose either a page or an address."))
            raise blocks.StructBlockValidationError(block_errors={"page": error})
        return value


class RelatedPagesBlock(blocks.StructBlock):
    """Pages to read next."""

    heading = blocks.CharBlock(label=_("Heading"), required=False)
    pages = blocks.ListBlock(blocks.PageChooserBlock(), label=_("Pages"), min_num=1)

    class Meta:
        icon = "link"
        label = _("Related pages")
        description = _("Pages to read next, each in the reader’s language where it exists")
        template = "ess_pages/blocks/related_pages.html"
        preview_template = PREVIEW

    def get_preview_value(self):
        """Return the two pages published last."""
        pages = Page.objects.live().filter(depth__gt=2).order_by("-last_published_at")[:2]
        return self.to_python({"heading": "", "pages": [page.pk for page in pages]})


class BodyBlock(blocks.StreamBlock):
    """A rich body."""

    text = TextBlock()
    figure = FigureBlock()
    quote = QuoteBlock()
    key_figures = KeyFiguresBlock()
    documents = DocumentsBlock()
    video_link = VideoLinkBlock()
    call_to_action = CallToActionBlock()
    related_pages = RelatedPagesBlock()


def _newest_pk(model) -> int | None:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first()
