"""
The settings of every process, worked out from the environment once.

Begin at ``ground.py``; the other parts each take what they need from it and from each other by name.
"""

# ruff: noqa: F403 - Django reads all of them from one module

from .accounts import *
from .browsers import *
from .files import *
from .ground import *
from .jobs import *
from .languages import *
from .outside import *
from .rooms import *
from .stores import *
