"""What becomes HTML, and what leaves a form."""

import ast

from .trees import CodeRule, called, fixed, imported


def trusted_markup(found):
    """Text that is declared to be safe: only what our pipeline or our own code has made."""
    for node in found:
        if called(node) in {"mark_safe", "SafeString", "SafeText"} and not all(fixed(one) for one in node.args):
            yield node


def built_markup(found):
    """``format_html`` escapes what is filled in, not what it is filled into."""
    texts = {
        target.id
        for node in found
        if isinstance(node, ast.Assign) and fixed(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in found:
        built = (
            called(node) == "format_html" and not fixed(node.args[0]) and getattr(node.args[0], "id", "") not in texts
        )
        joined = called(node) == "format_html_join" and not all(fixed(one) for one in node.args[:2])
        if built or joined:
            yield node


def every_field(found):
    for node in found:
        names = {getattr(target, "id", "") for target in node.targets} if isinstance(node, ast.Assign) else set()
        if "fields" in names and isinstance(node.value, ast.Constant) and node.value.value == "__all__":
            yield node


def without_token(found):
    for node in found:
        if any(name.split(".")[-1] == "csrf_exempt" for name in imported(node)) or (
            isinstance(node, ast.Attribute) and node.attr == "csrf_exempt"
        ):
            yield node


RULES = [
    CodeRule(
        name="markup declared safe",
        judge=trusted_markup,
        hint="mark_safe|Safe(String|Text)",
        allowed={
            "community/models.py": "the footer of the school, which core.text.render alone writes",
            "community/views.py": "a legal text, rendered by core.text",
            "core/text/templatetags/text.py": "what the pipeline has just rendered",
            "core/text/quoting.py": "a language code put around a part of text that is escaped before",
            "core/ui/components/content.py": "what a block of a template drew, less some spaces, and a frame around a drawing",
            "core/ui/components/feeds.py": "facts that are escaped one by one",
            "core/ui/components/figures.py": "an attribute chosen between two constants",
            "core/ui/components/layout.py": "the import map and data blocks, with < written as an escape",
            "core/ui/stencils.py": "what a template has drawn, with what is put into it escaped as a template would",
            "core/ui/drawing.py": "numbers drawn from a seed between our own words; its tests draw a hostile title in every motif",
            "core/ui/icons.py": "a path from a table in the same file",
            "core/web/mail.py": "a letter that our own template has drawn, with what people wrote escaped",
            "core/ui/samples/people.py": "markup of the samples, written in that package",
            "courses/shapes.py": "Lesson.html, which core.text.render alone writes",
            "forum/shapes.py": "Post.html, which core.text.render alone writes",
        },
        caught=[
            "mark_safe(post.body)",
            "SafeString(f'<b>{name}</b>')",
            "html.mark_safe('<b>' + name)",
        ],
        let_be=[
            "mark_safe('<b>fixed</b>')",
            "SafeString('')",
        ],
    ),
    CodeRule(
        name="markup put together",
        judge=built_markup,
        hint="format_html",
        allowed={
            "core/ui/samples/news.py": "two sentences that stand in the same file, one for each language",
            "notifications/shapes.py": "sentences that stand in a table of the same file, one for each kind",
        },
        caught=[
            "format_html(f'<b>{name}</b>')",
            "format_html('<b>' + name + '</b>')",
            "format_html('<b>%s</b>' % name)",
            "shape = '<b>' + name\nformat_html(shape, 1)",
            "format_html(_(f'<b>{name}</b>'))",
            "format_html_join(between, '<li>{}</li>', rows)",
        ],
        let_be=[
            "format_html('<b>{}</b>', name)",
            "format_html(_('<b>{}</b>'), name)",
            "s = '<b>{}</b>'\nformat_html(s, name)",
        ],
    ),
    CodeRule(
        name="every field",
        judge=every_field,
        hint="__all__",
        caught=[
            "class Meta:\n    fields = '__all__'",
        ],
        let_be=[
            "fields = ['title']",
            "__all__ = ['a']",
        ],
    ),
    CodeRule(
        name="posts without a token",
        judge=without_token,
        hint="csrf_exempt",
        allowed={
            "payments/views/webhook.py": "providers sign the whole body instead",
        },
        caught=[
            "from django.views.decorators.csrf import csrf_exempt",
            "csrf.csrf_exempt(view)",
        ],
        let_be=[
            "from django.views.decorators.csrf import csrf_protect",
        ],
    ),
]
