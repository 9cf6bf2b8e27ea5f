"""What a form says of how long what is typed there is kept."""

from django import template

from ess_ground.personal import rules

register = template.Library()


@register.simple_tag
def days_kept(name: str) -> int:
    """Return for how many days the rule with this name keeps what it is about."""
    return next(rule.kept_for or 0 for rule in rules() if rule.name == name)
