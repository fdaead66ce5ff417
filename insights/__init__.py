"""
What the community needs and how it does: demand and supply, studio figures, owner dashboards, "today".

Owns derived figures, every one of which can be rebuilt from facts and rows below, and the phrases that many searched for.
Publishes Searched.
Listens to its own facts, to who withdraws the right to count what they do, and otherwise only reads.
"""
