"""
The demo world: one school with its people, made from a seed and a date by the written content beside it.

``building.build`` is the way in. All rows of the world are written in one transaction, so that a world that was interrupted
leaves nothing behind; the listeners then read its facts as they read everybody's.
"""
