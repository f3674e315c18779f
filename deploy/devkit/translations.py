"""Translation files. Run by the virtual environment's Python, which has polib."""

from __future__ import annotations

from pathlib import Path

from .console import say
from .settings import LANGUAGES, REPO


def merge_i18n(folder, check):
    """Bring exported terms into the .pot and .po files, or say what is not there yet."""
    import polib

    def terms(catalogue):
        return {
            (
                entry.msgctxt,
                entry.msgid,
                tuple(sorted(reference[0] for reference in entry.occurrences)),
            )
            for entry in catalogue
            if not entry.obsolete
        }

    problems = 0
    for exported in sorted(Path(folder).glob("*.pot")):
        template = polib.pofile(str(exported))
        target = REPO / exported.stem / "i18n" / exported.name
        stale = not target.exists() or terms(polib.pofile(str(target))) != terms(template)
        if stale and check:
            problems += 1
            say(f"{target.relative_to(REPO)} is not up to date: run ./dev i18n")
        elif stale:
            target.parent.mkdir(exist_ok=True)
            # The dates would change the file at every export.
            for date in ("POT-Creation-Date", "PO-Revision-Date"):
                template.metadata.pop(date, None)
            template.save(str(target))
        for language in LANGUAGES:
            problems += merge_language(
                polib, template, target.with_name(f"{language}.po"), language, check
            )
    return 1 if problems and check else 0


def merge_language(polib, template, path, language, check):
    """Number of terms of one language that are not translated."""
    if path.exists():
        catalogue = polib.pofile(str(path))
    else:
        catalogue = polib.POFile()
        catalogue.metadata = dict(template.metadata, Language=language)
    if not check:
        catalogue.merge(template)
        for entry in catalogue.obsolete_entries():
            catalogue.remove(entry)
        catalogue.save(str(path))
        known = {entry.msgid: entry for entry in catalogue}
    else:
        known = {entry.msgid: entry for entry in catalogue if not entry.obsolete}
    missing = [
        entry.msgid
        for entry in template
        if entry.msgid not in known or not known[entry.msgid].translated()
    ]
    total = len(template)
    say(f"{path.relative_to(REPO)}: {total - len(missing)} of {total} translated")
    for term in missing[: 1000 if not check else 20]:
        say(f"    missing: {term[:100]!r}")
    return len(missing)
