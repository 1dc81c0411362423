import importlib


def page(query):
    if "late" in query:
        importlib.import_module("late")
    return "served"
