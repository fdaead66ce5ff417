"""What things are called."""

import ast
import re

from .trees import CodeRule

DRAWERS = re.compile(r"(?<!in_)service|manager|util|helper", re.IGNORECASE)


def drawers(found):
    """Names that fit everything say nothing."""
    for node in found:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and DRAWERS.search(node.name):
            yield node


RULES = [
    CodeRule(
        name="drawers",
        judge=drawers,
        hint="(?i)\\b(class|def) \\w*(service|manager|util|helper)",
        allowed={
            "accounts/models/user.py": "Django's name for what makes users",
            "forum/models/talking.py": "Django's name for what stands before a table",
        },
        caught=[
            "class MailService: pass",
            "def get_helper(): pass",
            "def serviceable(): pass",
            "async def util_of(): pass",
            "class OrderManager: pass",
        ],
        let_be=[
            "class Mailer: pass",
            "def order_of(): pass",
            "def put_in_service(): pass",
        ],
    ),
]
