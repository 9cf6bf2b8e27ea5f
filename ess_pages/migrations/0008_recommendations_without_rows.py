import django.db.models.deletion
import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    """Take away what `0007_clauses_with_versions` has carried over."""

    dependencies = [
        ('ess_pages', '0007_clauses_with_versions'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='clause',
            options={'ordering': ['pk'], 'verbose_name': 'clause', 'verbose_name_plural': 'clauses'},
        ),
        migrations.AlterUniqueTogether(
            name='clause',
            unique_together=set(),
        ),
        migrations.RemoveField(
            model_name='recommendationpage',
            name='status',
        ),
        migrations.AlterField(
            model_name='clause',
            name='translation_key',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.RemoveField(
            model_name='clause',
            name='heading',
        ),
        migrations.RemoveField(
            model_name='clause',
            name='locale',
        ),
        migrations.RemoveField(
            model_name='clause',
            name='sort_order',
        ),
        migrations.RemoveField(
            model_name='clause',
            name='text',
        ),
        migrations.RemoveField(model_name='clause', name='page'),
        migrations.AlterField(
            model_name='clause',
            name='recommendation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clauses', to='ess_pages.recommendation', verbose_name='recommendation'),
        ),
        migrations.AlterField(
            model_name='recommendationpage',
            name='recommendation',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='language_pages', to='ess_pages.recommendation', verbose_name='recommendation'),
        ),
    ]
