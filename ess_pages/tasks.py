"""Work that nobody waits for."""

from base64 import b64decode

from django.core.mail import EmailMultiAlternatives
from django_tasks import task


@task()
def deliver(
    subject: str, text: str, html: str, to: str, attachments: list[list[str]], reply_to: str
) -> None:
    """Deliver a mail that `mails.send` has written. Raises what the mail server raises."""
    mail = EmailMultiAlternatives(subject, text, to=[to], reply_to=[reply_to] if reply_to else None)
    mail.attach_alternative(html, "text/html")
    for name, content, content_type in attachments:
        mail.attach(name, b64decode(content), content_type)
    mail.send()
