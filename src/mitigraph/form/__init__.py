"""The form: the fields of a curator's entry, made from the mapping (columns), the shapes (what must hold) and the schemes.

What a field is for, in words, and an example stand in ``mappings/entry-columns.csv``; nothing about a field is written in Python.

>>> from mitigraph.knowledge import Knowledge
>>> form = entry_form(Knowledge())
>>> form["status"].choices[0].text, form["status"].default, form["title"].required, form["risks"].separators
('Preliminary', 'published', True, (';', '|'))
"""

from __future__ import annotations

from mitigraph.form.entry_form import entry_form
from mitigraph.form.fields import Check, Choice, Field, Form

__all__ = ["Check", "Choice", "Field", "Form", "entry_form"]
