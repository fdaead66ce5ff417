"""
What the community needs and how it does: demand and supply, studio figures, owner dashboards, "today".

Owns derived figures; every one can be rebuilt from facts and rows below.
Publishes nothing.
Listens to facts of every room below; only reads otherwise.
"""
