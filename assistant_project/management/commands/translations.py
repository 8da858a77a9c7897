"""Collects all sentences of pages, admin and mails into the files that are translated, and compiles them."""

from pathlib import Path
from typing import Any

import django
import unfold
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.management.commands import makemessages

OURS = {"assistant_project", "chat", "knowledge", "templates"}
UNFOLD = Path(unfold.__file__).parent
OF_OTHER_PROGRAMS = UNFOLD / "contrib"
"""Parts of unfold for packages that are not used here."""
DJANGO = Path(django.__file__).parent
OF_DJANGO = {
    DJANGO
    / "utils/timesince.py",  # "2 days" in "2 days ago": German declines it, and Django's German does not
    DJANGO / "contrib/auth/admin.py",
    DJANGO / "contrib/auth/forms.py",
    DJANGO / "contrib/admin/static/admin/js/SelectFilter2.js",
}
"""Files whose texts Django's own translation leaves out, in part or all."""
DOMAINS = ("django", "djangojs")


class Messages(makemessages.Command):
    """Of our own packages, of unfold, which has no translations of its own, and of some files of Django."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def find_files(self, root: str) -> list[makemessages.TranslatableFile]:
        found = super().find_files(root)
        for of_others in (UNFOLD, *{path.parent for path in OF_DJANGO}):
            found += super().find_files(str(of_others))
        self.locale_paths = [str(settings.LOCALE_PATHS[0])]
        wanted = (file for file in found if _is_wanted(Path(file.dirpath, file.file)))
        return sorted(
            self.translatable_file_class(file.dirpath, file.file, self.locale_paths[0]) for file in wanted
        )


def _is_wanted(path: Path) -> bool:
    if path.is_relative_to(UNFOLD):
        return not path.is_relative_to(OF_OTHER_PROGRAMS)
    return path in OF_DJANGO or path.parts[0] in OURS


class Command(BaseCommand):
    requires_system_checks = ()  # a site that is being changed has texts, too
    help = "Collect what is to be translated, and compile what is. Needs gettext; run it in the project's folder."

    def handle(self, *_args: Any, **options: Any) -> None:
        languages = [code for code, _name in settings.LANGUAGES if code != "en"]
        quiet = {"verbosity": options["verbosity"] - 1}
        for domain in DOMAINS:
            call_command(
                Messages(), domain=domain, locale=languages, no_obsolete=True, no_location=True, **quiet
            )
        call_command("compilemessages", locale=languages, ignore_patterns=[".*", "var"], **quiet)
