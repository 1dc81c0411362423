"""Packages of Python by importlib.metadata: every folder that holds metadata is searched like one of sys.path."""
import importlib.metadata, json, os, sys

root = sys.argv[1]
places = set()
for folder, folders, files in os.walk(root):
    for name in folders + files:
        if name.endswith((".dist-info", ".egg-info")):
            places.add(folder)
        if name.endswith(".egg"):
            places.add(os.path.join(folder, name))
found = []
for place in sorted(places):
    for one in importlib.metadata.distributions(path=[place]):
        shown = os.path.relpath(place, root)
        found.append(["" if shown == "." else shown, one.metadata["Name"], one.metadata["Version"]])
print(json.dumps(found))
