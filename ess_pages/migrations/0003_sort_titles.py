from django.db import migrations

from ess_ground.words import folded


def fill(apps, schema_editor):
    """Give the entries that are there what the directory sorts by."""
    for name in ("ActorPage", "PracticePage"):
        model = apps.get_model("ess_pages", name)
        for pk, title in model.objects.values_list("pk", "title").iterator():
            model.objects.filter(pk=pk).update(sort_title=folded(title)[:255])


class Migration(migrations.Migration):
    dependencies = [("ess_pages", "0002_living_directory")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
