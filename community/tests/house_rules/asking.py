"""How the database is asked."""

import ast

from .trees import VIEWS, CodeRule, called, fixed


def unasked_objects(found):
    """A view begins with what this viewer may see."""
    inner = {id(part) for node in found if isinstance(node, ast.Attribute | ast.Call) for part in _links(node)}
    for node in found:
        if isinstance(node, ast.Attribute | ast.Call) and id(node) not in inner:
            chain = [node, *_links(node)]
            names = {part.attr for part in chain if isinstance(part, ast.Attribute)}
            if "objects" in names and not names & {"visible_to", "open_to"}:
                yield node


def _links(node):
    """What a chain of calls and attributes is hung up on: ``a.b().c`` holds ``a.b()``, ``a.b`` and ``a``."""
    below = getattr(node, "func", None) or getattr(node, "value", None)
    return [below, *_links(below)] if isinstance(below, ast.Attribute | ast.Call) else []


def raw_sql(found):
    """``extra()``, ``RawSQL`` and ``raw()`` with a text that is put together."""
    for node in found:
        name = called(node)
        is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if name == "RawSQL" or (is_method and (name == "extra" or (name == "raw" and not _told(node)))):
            yield node


def _told(node):
    """Whether the text of a statement stands in the code, whole."""
    return bool(node.args) and fixed(node.args[0])


def chosen_by_the_browser(found):
    """Names of columns that come from a request: they may reach through any relation."""
    for node in found:
        if called(node) in {"order_by", "values", "values_list", "alias", "annotate", "only", "defer"}:
            given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg is None)]
            names = {getattr(part, "id", getattr(part, "attr", "")) for one in given for part in ast.walk(one)}
            if names & {"request", "GET", "POST", "cleaned_data"}:
                yield node


def ordered_models(found):
    """``Meta.ordering`` sorts where nobody reads it, in every join and every count."""
    for node in found:
        if isinstance(node, ast.ClassDef) and node.name == "Meta":
            yield from (
                one
                for one in node.body
                if isinstance(one, ast.Assign) and getattr(one.targets[0], "id", "") == "ordering"
            )


ASKS = {"filter", "exclude", "exists", "count", "aggregate", "first", "last", "get_or_create", "select_related", "all"}


def asking_properties(found):
    """What looks like an attribute must not go to the database."""
    for node in found:
        if isinstance(node, ast.FunctionDef) and _is_property(node):
            inside = list(ast.walk(node))
            manager = any(isinstance(part, ast.Attribute) and part.attr == "objects" for part in inside)
            if manager or any(called(part) in ASKS and isinstance(part.func, ast.Attribute) for part in inside):
                yield node


def _is_property(node):
    return any(
        ast.unparse(decorator).split(".")[-1] in {"property", "cached_property"} for decorator in node.decorator_list
    )


RULES = [
    CodeRule(
        name="unasked objects",
        judge=unasked_objects,
        hint="objects",
        within=VIEWS,
        allowed={
            "accounts/views/settings.py": "the viewer's own row, factors, addresses and sessions",
            "community/views.py": "legal texts are for everybody",
            "core/media/views.py": "the account that a signed link names",
            "courses/views/catalogue.py": "a former address, of a course that this viewer may open",
            "courses/views/figures.py": "figures of courses that this viewer may open",
            "courses/views/lessons.py": "lessons of courses that this viewer may open: a locked one shows the way in",
            "courses/views/studio.py": "lessons of a course that is the teacher's own",
            "notifications/views.py": "the viewer's own",
            "payments/views/membership.py": "what is on offer is offered to everybody",
        },
        caught=[
            "posts = Post.objects.filter(thread=1)",
            "get_object_or_404(Post.objects.select_related('author'), pk=1)",
            "Post.objects.get(pk=Post.objects.visible_to(viewer).first())",
            "for post in models.Post.objects: pass",
        ],
        let_be=[
            "Post.objects.visible_to(viewer).first()",
            "Post.objects.filter(pk=1).visible_to(viewer)",
        ],
    ),
    CodeRule(
        name="raw SQL",
        judge=raw_sql,
        hint="RawSQL|\\b(extra|raw)\\b",
        allowed={
            "gamification/operations/tallying.py": "one array as one parameter; no text from outside",
            "gamification/queries.py": "wraps SQL that Django itself has written; values go as parameters",
            "core/realtime/queries.py": "one statement, written out in the module; values go as parameters",
        },
        caught=[
            "Post.objects.extra(where=['1=1'])",
            "Post.objects.annotate(x=RawSQL('1', []))",
            "Post.objects.raw(f'SELECT {name}')",
            "Post.objects.raw(statement)",
        ],
        let_be=[
            "Post.objects.raw('SELECT 1')",
            "extra(1)",
        ],
    ),
    CodeRule(
        name="columns chosen by the browser",
        judge=chosen_by_the_browser,
        hint="\\b(GET|POST|cleaned_data)\\b",
        caught=[
            "posts.order_by(request.GET['by'])",
            "posts.values(*request.GET.getlist('field'))",
            "posts.annotate(**form.cleaned_data)",
        ],
        let_be=[
            "posts.order_by('-pk')",
            "posts.annotate(mine=Value(request.user.pk))",
        ],
    ),
    CodeRule(
        name="ordered models",
        judge=ordered_models,
        hint="\\bordering =",
        caught=[
            "class Post:\n    class Meta:\n        ordering = ['pk']",
        ],
        let_be=[
            "class PostAdmin:\n    ordering = ['pk']",
        ],
    ),
    CodeRule(
        name="asking properties",
        judge=asking_properties,
        hint="property",
        allowed={
            "community/access/stage.py": "who stands on the stage of the access table, asked once; no page reads it",
            "community/screens/first_day.py": "the same stage on a school's first day",
        },
        caught=[
            "class Post:\n    @property\n    def votes(self):\n        return self.vote_set.count()",
            "class Post:\n    @cached_property\n    def last(self):\n        return Reply.objects.latest()",
            "class Post:\n    @functools.cached_property\n    def any(self):\n        return self.replies.filter(pk=1)",
        ],
        let_be=[
            "class Post:\n    def votes(self):\n        return self.vote_set.count()",
            "class Post:\n    @property\n    def key(self):\n        return f'post:{self.pk}'",
        ],
    ),
]
