"""What editors see of a recommendation's text while they edit its page. The models use this."""

from typing import Any

from wagtail.admin.panels import Panel


class TextPanel(Panel):
    """How far the text has come; it is written at the desk, not here."""

    class BoundPanel(Panel.BoundPanel):
        """Shown once there is a recommendation."""

        template_name = "ess_pages/admin/text_panel.html"

        def is_shown(self) -> bool:
            """Return whether the page has been saved."""
            return bool(self.instance.recommendation_id)

        def get_context_data(self, parent_context=None) -> dict[str, Any]:
            """Add the text, and the number of amendments that wait."""
            recommendation = self.instance.recommendation
            text = self.instance.text
            return super().get_context_data(parent_context) | {
                "recommendation": recommendation,
                "clauses": len(text),
                "behind": sum(bool(version.behind) for version in text),
                "waiting": recommendation.amendments.filter(state="proposed").count(),
            }
