"""A field in words: whether it must be filled in, in which form, what happens where it is left empty.

>>> from mitigraph.form.fields import Field
>>> shape(Field("authors", "Authors", separators=(";", "|"))), need(Field("id", "Id", required=True))
('Text; several values are separated by ";" or "|".', 'Required')
"""

from __future__ import annotations

from mitigraph.form.fields import Field

__all__ = ["explained", "need", "shape"]

KINDS = {
    "text": "Text",
    "choice": "A value of the list",
    "integer": "A whole number",
    "date": "A date or a time",
    "link": "A web address",
    "key": "A key",
    "entry": "The id of another entry",
}


def need(field: Field) -> str:
    """Required, recommended (without it there is a warning), or optional."""
    return "Required" if field.required else "Recommended" if field.wanted else "Optional"


def shape(field: Field) -> str:
    """The form of the value or values, in a sentence."""
    told = KINDS[field.kind]
    least, most = field.bounds
    if least is not None and most is not None:
        told += f" from {least} to {most}"
    if field.is_open:
        told += " or other text" if field.kind == "choice" else " or a key"
    if field.several:
        told += "; several values are separated by " + " or ".join(f'"{sign}"' for sign in field.separators)
    return f"{told}."


def explained(field: Field) -> list[str]:
    """Everything about a field, line by line."""
    lines = [f"{need(field)}. {field.help}".strip(), shape(field)]
    if field.wanted:
        lines.append(f"Left empty, there is a warning: {field.wanted}")
    if field.default:
        lines.append(f"Left empty, it is {field.default}.")
    if field.example:
        lines.append(f"Example: {field.example}")
    return lines
