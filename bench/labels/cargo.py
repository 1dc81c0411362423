"""Crates of programs in Rust: what cargo auditable wrote into each, and what cargo tree listed when it was built.

Both are labels: a crate of either is to be found. cargo auditable also lists what a crate needs on other systems only, as
rustix does errno, and cargo tree does not.
"""
import glob, json, os, subprocess, sys, tempfile, zlib

root = sys.argv[1]
labels = set()
for tree in glob.glob(os.path.join(root, "usr/bin/*.tree")):
    program = tree.removesuffix(".tree")
    place = os.path.relpath(program, root)
    with open(tree) as lines:
        for name, version, *_ in map(str.split, filter(str.strip, lines)):
            labels.add((place, name, version.removeprefix("v")))
    os.remove(tree)
    with tempfile.TemporaryDirectory() as work:
        section = os.path.join(work, "section")
        subprocess.run(["objcopy", "--dump-section", ".dep-v0=" + section, program, os.path.join(work, "copy")], check=True)
        with open(section, "rb") as packed:
            listed = json.loads(zlib.decompress(packed.read()))
    for one in listed["packages"]:
        if one.get("kind", "runtime") == "runtime":
            labels.add((place, one["name"], one["version"]))
print(json.dumps(sorted(labels)))
