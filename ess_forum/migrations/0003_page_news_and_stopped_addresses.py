import django.utils.timezone
from django.db import migrations, models

import ess_forum.models.notifications


class Migration(migrations.Migration):
    dependencies = [("ess_forum", "0002_profiles")]

    operations = [
        migrations.AlterField(
            "notification",
            "kind",
            models.CharField(
                choices=ess_forum.models.notifications.kind_choices,
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            "notificationchoice",
            "kind",
            models.CharField(
                choices=ess_forum.models.notifications.kind_choices, max_length=20
            ),
        ),
        migrations.AddField("notification", "page_key", models.UUIDField(null=True)),
        migrations.CreateModel(
            "ReceivedMail",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.CharField(max_length=255, unique=True)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            {"verbose_name": "received mail", "verbose_name_plural": "received mails"},
        ),
        migrations.CreateModel(
            "StoppedAddress",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "address",
                    models.EmailField(
                        help_text="In small letters.",
                        max_length=254,
                        unique=True,
                        verbose_name="address",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("bounce", "mails came back"),
                            ("complaint", "a mail was reported as unwanted"),
                        ],
                        max_length=9,
                        verbose_name="reason",
                    ),
                ),
                (
                    "detail",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="what the mail server said"
                    ),
                ),
                (
                    "stopped_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="stopped at"
                    ),
                ),
            ],
            {
                "verbose_name": "stopped address",
                "verbose_name_plural": "stopped addresses",
                "ordering": ["-stopped_at", "-pk"],
            },
        ),
    ]
