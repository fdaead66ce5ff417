"""
The walk through every page that somebody sees, with a picture of each and a list of what is wrong; ``./run screenshots``.

Begin at ``__main__.py``: it opens a demo site of its own (``place.py``), asks the table of access for the pages
(``shots.py``), walks them in a browser (``walking.py``) and looks at each (``looking.py``).
"""
