r"""Expression maps of RML as expressions of the plan: constants, references, templates, function executions (RML-Core, section
Expression map; RML-FNML; of mappings of before ``fnml:functionValue``).

>>> parse_template(r"a\{b\}/{c}")
Template(parts=('a{b}/', Reference(name='c')))
"""

from __future__ import annotations

from mitigraph.mapping.expression import Call, Expression, ExpressionError, Reference, Several, Template, Text
from mitigraph.mapping.grel import FUNCTIONS as KNOWN_ELSEWHERE
from mitigraph.mapping.grel import OUTPUTS, outputs
from mitigraph.mapping.names import arrange, parameters, resolve
from mitigraph.mapping.plan import Field
from mitigraph.mapping.rml.description import Description, Value, local
from mitigraph.mapping.rml.words import fnml, fno, ours, rml
from mitigraph.transforms import FUNCTIONS

__all__ = ["FORMS", "Expressions", "all_of", "parse_template"]

FORMS = (
    rml.constant,
    rml.reference,
    rml.template,
    rml.functionExecution,
    fnml.functionValue,
    ours.several,
)
"""What an expression map may have to make values, one of them at a time."""
BESIDE = (rml.return_, rml.returnMap)
"""What may stand beside a function execution. Our functions give one thing each, so that nothing is left to choose."""
INPUT = (rml.parameter, rml.parameterMap, rml.inputValue, rml.inputValueMap)
EXECUTION = (rml.function, rml.functionMap, rml.input)
DEPTH = 32


def parse_template(text: str) -> Expression:
    r"""A string template: references in braces, a backslash before braces and backslashes that are meant as such.

    ExpressionError: a brace is missing or too many, or a backslash stands before anything else.

    >>> parse_template("{a}"), parse_template("a")
    (Template(parts=(Reference(name='a'),)), Text(text='a'))
    """
    parts: list[str | Reference] = []
    piece, opened, position = "", -1, 0
    while position < len(text):
        sign = text[position]
        if sign == "\\":
            if text[position + 1 : position + 2] not in ("\\", "{", "}"):
                raise ExpressionError(f"a backslash stands only before a brace or a backslash (character {position + 1})")
            position += 1
            piece += text[position]
        elif sign == "{":
            if opened >= 0:
                raise ExpressionError(f"a brace within a brace (character {position + 1})")
            parts += [piece] if piece else []
            piece, opened = "", position
        elif sign == "}":
            if opened < 0 or not piece.strip():
                why = "a brace is closed that is not open" if opened < 0 else "braces with nothing in them"
                raise ExpressionError(f"{why} (character {position + 1})")
            parts.append(Reference(piece))
            piece, opened = "", -1
        else:
            piece += sign
        position += 1
    if opened >= 0:
        raise ExpressionError(f"a brace is not closed (character {opened + 1})")
    parts += [piece] if piece else []
    # A lone reference stays a template: within one, what goes into an IRI is encoded.
    return Template(tuple(parts)) if any(isinstance(part, Reference) for part in parts) else Text(piece)


class Expressions:
    """Reads expression maps; problems go to the description."""

    def __init__(self, description: Description) -> None:
        self.description, self.depth = description, 0

    def value(self, owner: Value, *beside: str) -> Expression | None:
        """An expression map's expression; None if it has none. ``beside`` are other words that it may have."""
        returned = BESIDE if self.description.has(owner, rml.functionExecution) else ()
        self.description.only(owner, "a map of values", *FORMS, *returned, *beside)
        found = self.description.values(owner, *FORMS)
        if len(found) > 1:
            names = ", ".join(sorted({one.key.rpartition(".")[2] for one in found}))
            self.description.problem("bad-expression", f"one of {names} at most makes the values", found[1])
        return self.made(found[0], owner) if found else None

    def needed(self, owner: Value, *beside: str) -> Expression:
        """An expression map's expression; that it has none is a problem."""
        if owner.is_literal:
            self.description.problem("bad-expression", "a map is wanted here, not a text", owner, owner.text)
            return Text("")
        made = self.value(owner, *beside)
        if made is None:
            message = "a constant, reference, template or function is missing"
            self.description.problem("bad-expression", message, owner)
        return made or Text("")

    def made(self, form: Value, owner: Value) -> Expression:
        """What one word of an expression map says."""
        self.depth += 1
        try:
            if self.depth > DEPTH:
                self.description.problem("bad-expression", f"functions nested more than {DEPTH} deep", form)
                return Text("")
            return self.formed(form, owner)
        finally:
            self.depth -= 1

    def formed(self, form: Value, owner: Value) -> Expression:
        has = self.description.has
        if has(owner, rml.functionExecution):
            made = self.execution(form)
            if isinstance(made, Call) and has(owner, *BESIDE):
                self.check_output(owner, made.function)
            return made
        if has(owner, fnml.functionValue):
            return self.function_value(form)
        if has(owner, ours.several):
            return Several(tuple(self.needed(one) for one in self.description.members(form)))
        if has(owner, rml.constant):
            if not form.is_iri and not form.is_literal:
                self.description.problem("bad-expression", "a constant is an IRI or a literal, no blank node", form)
            return Text(form.text)
        if not form.is_literal:
            self.description.problem("bad-expression", "a text is wanted here", form, form.text if form.is_iri else None)
            return Text("")
        return self.template(form) if has(owner, rml.template) else self.reference(form)

    def reference(self, form: Value) -> Expression:
        if not form.text:
            self.description.problem("bad-expression", "the reference names nothing", form)
        return Reference(form.text)

    def template(self, form: Value) -> Expression:
        try:
            return parse_template(form.text)
        except ExpressionError as error:
            hint = r"references in braces, a backslash before braces that are none: {name} \{ \} \\"
            self.description.problem("bad-expression", str(error), form, form.text, expected=hint)
            return Text("")

    # -- functions -------------------------------------------------------------------------------------------

    def execution(self, owner: Value) -> Expression:
        """``rml:functionExecution``: a function and its inputs."""
        self.description.only(owner, "a function execution", *EXECUTION)
        function = self.named(owner, rml.function, rml.functionMap)
        given = []
        for one in self.description.values(owner, rml.input):
            self.description.only(one, "an input", *INPUT)
            name = self.named(one, rml.parameter, rml.parameterMap)
            value = self.description.one(one, rml.inputValue, rml.inputValueMap)
            if value is None:
                self.description.problem("bad-expression", "the input has no value", one)
                continue
            is_map = self.description.has(one, rml.inputValueMap)
            given.append((name.text if name else "", self.needed(value, rml.termType) if is_map else Text(value.text)))
        return self.call(function, given, owner)

    def check_output(self, owner: Value, function: str) -> None:
        """``rml:return``: it must be an output that the function has."""
        output = self.named(owner, *BESIDE)
        known = outputs(function)
        if output is None or output.text in known:
            return
        space = output.text.removesuffix(local(output.text))
        names = {local(iri) for iri in known if iri.startswith(space)}
        if output.text in OUTPUTS:
            message, severity = f"{function} gives another output; what it gives is taken", "warning"
        else:
            message, severity = f"{function} has no such output", "violation"
        wrong = local(output.text)
        self.description.problem("unknown-output", message, output, output.text, names, severity, wrong=wrong)

    def named(self, owner: Value, short: str, long: str) -> Value | None:
        """A function or parameter, named outright or by a map with a constant."""
        found = self.description.one(owner, short, long)
        if found is not None and self.description.has(owner, long):
            found = self.description.one(found, rml.constant) or found
        if found is None or not found.is_iri:
            self.description.problem("bad-expression", f"the IRI of a {local(short)} is missing", found or owner)
            return None
        return found

    def function_value(self, owner: Value) -> Expression:
        """``fnml:functionValue``, which says in predicate-object maps what is executed and with which values."""
        words = (rml.logicalSource, rml.subjectMap, rml.subject, rml.predicateObjectMap)
        self.description.only(owner, "a function value", *words)
        function: Value | None = None
        given = list[tuple[str, Expression]]()
        for rule in self.description.values(owner, rml.predicateObjectMap):
            predicate = self.named(rule, rml.predicate, rml.predicateMap)
            for value in self.description.values(rule, rml.object, rml.objectMap):
                is_map = value.term in {one.term for one in self.description.values(rule, rml.objectMap)}
                if predicate is not None and predicate.word == fno.executes:
                    function = self.description.one(value, rml.constant) if is_map else value
                elif predicate is not None:
                    made = self.needed(value, rml.termType, rml.datatype, rml.language) if is_map else Text(value.text)
                    given.append((predicate.text, made))
        if function is None or not function.is_iri:
            self.description.problem("bad-expression", "fno:executes names no function", owner)
            function = None
        return self.call(function, given, owner)

    def call(self, function: Value | None, given: list[tuple[str, Expression]], owner: Value) -> Expression:
        """A function of ours, or one of GREL or IDLab's library that one of ours stands for, with its arguments in place."""
        if function is None:
            return Text("")
        found, problem = resolve(function.text, {}), self.description.problem
        if found.suggestions is not None:
            message = f"not offered: {found.reason}" if found.reason else "no such function"
            known = () if found.reason else {*FUNCTIONS, *map(local, KNOWN_ELSEWHERE)}
            problem("unknown-function", message, function, function.text, known, wrong=local(function.text))
            return Call(found.name, tuple(value for _, value in given))
        arranged = arrange(found.name, given, {})
        for name in arranged.unknown:
            names = [one.lstrip("*") for one in parameters(found.name)]
            problem("unknown-argument", f"{found.name} has no such argument", owner, name, names, wrong=local(name))
        return Call(found.name, arranged.arguments, arranged.named)

    # -- fields and conditions -------------------------------------------------------------------------------

    def fields(self, owner: Value) -> tuple[Field, ...]:
        """Derived fields, a word of ours."""
        head = self.description.one(owner, ours.fields)
        found = []
        for one in self.description.members(head) if head else []:
            name = self.description.text(one, ours.name)
            if not name:
                self.description.problem("bad-mapping", "the field has no name", one)
                continue
            found.append(Field(name, self.needed(one, ours.name), self.description.where(one)))
        return tuple(found)

    def condition(self, owner: Value) -> Expression | None:
        """What must hold for something to be made (RML-FNML, section Conditions; and ours, of rules and triples maps)."""
        found = [self.needed(one) for one in self.description.values(owner, rml.condition, ours.condition)]
        return all_of(*found)


def all_of(*conditions: Expression | None) -> Expression | None:
    """Several conditions as one; None where there is none.

    >>> all_of(None, Reference("a"), None)
    Reference(name='a')
    """
    found = tuple(one for one in conditions if one is not None)
    return found[0] if len(found) == 1 else Call("and", found) if found else None
