"""Holds an OpenAPI document against the specification, and every example in it against its schema.

On stdin: the document. Printed: {"problems": [...], "examples": n}.
"""

import json
import sys

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

document = json.load(sys.stdin.buffer)
problems = [
    f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
    for error in OpenAPIV31SpecValidator(document).iter_errors()
]
examples = 0


def hold(place, schema, example):
    """References lead from the root, so the schema takes the components along."""
    global examples
    examples += 1
    whole = {"components": document["components"], **schema}
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for error in validator.iter_errors(example):
        problems.append(f"{place}: {'/'.join(map(str, error.absolute_path))}: {error.message}")


for path, methods in document["paths"].items():
    for method, operation in methods.items():
        place = f"{method.upper()} {path}"
        for parameter in operation["parameters"]:
            if parameter.get("example") is not None:
                hold(f"{place} {parameter['name']}", parameter["schema"], parameter["example"])
        contents = [("body", operation.get("requestBody", {}))]
        contents += operation["responses"].items()
        for what, told in contents:
            for kind, content in told.get("content", {}).items():
                hold(f"{place} {what} {kind}", content["schema"], content["example"])

json.dump({"problems": problems, "examples": examples}, sys.stdout)
