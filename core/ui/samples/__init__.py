PAGES = {}
def components(): return {}
def page(*, name): return {}
