"""Puts each plugin's catalogues, compiled, inside the plugin when a wheel is built."""

import tempfile
from pathlib import Path

import polib
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):
    """Catalogues lie together in `locale/` while we work, and in each app once installed."""

    def initialize(self, version, build_data):
        """Add every .po file and its compiled form, made afresh, to the wheel.

        An editable installation reads `locale/` itself, by LOCALE_PATHS.
        """
        if version == "editable":
            return
        self.compiled = tempfile.TemporaryDirectory()
        locale = Path(self.root, "locale")
        for app in self.build_config.packages:
            for catalogue in locale.glob(f"{app}/*/LC_MESSAGES/*.po"):
                mo = Path(self.compiled.name, catalogue.relative_to(locale)).with_suffix(".mo")
                mo.parent.mkdir(parents=True, exist_ok=True)
                polib.pofile(str(catalogue)).save_as_mofile(str(mo))
                folder = Path(app, "locale", catalogue.parent.relative_to(locale / app))
                for file in (catalogue, mo):
                    build_data["force_include"][str(file)] = str(folder / file.name)

    def finalize(self, version, build_data, artifact_path):
        """Remove the compiled catalogues, which the wheel now holds."""
        if version != "editable":
            self.compiled.cleanup()
