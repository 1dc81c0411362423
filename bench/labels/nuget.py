"""NuGet packages of .NET programs: those of which a file is there, beside NAME.deps.json or in a single-file program.

The manifest of a single file is read as dotnet/designs describes it (accepted/2020/single-file).
"""
import hashlib, json, os, struct, sys

MARK = hashlib.sha256(b".net core bundle\n").digest()


def text_at(data, at):
    length, shift = 0, 0
    while True:
        byte, at = data[at], at + 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return data[at : at + length].decode(), at + length


def bundle(data):
    """The list of packages as JSON, and the names of the files inside."""
    mark = data.find(MARK)
    at = struct.unpack_from("<q", data, mark - 8)[0] if mark >= 8 else 0
    if at <= 0:
        return None
    major, _, count = struct.unpack_from("<IIi", data, at)
    _, at = text_at(data, at + 12)
    start, size = struct.unpack_from("<qq", data, at)
    at += 40 if major >= 2 else 0
    names = set()
    for _ in range(count):
        at += 25 if major >= 6 else 17
        name, at = text_at(data, at)
        names.add(name)
    return json.loads(data[start : start + size].decode("utf-8-sig")), names


def packages(listed, names):
    """A package counts when the program holds a file of it."""
    target = listed["targets"][listed["runtimeTarget"]["name"]]
    for key, one in target.items():
        kind = listed["libraries"].get(key, {}).get("type")
        name, version = key.rsplit("/", 1)
        files = [file for part in ("runtime", "native", "resources", "runtimeTargets") for file in one.get(part, {})]
        held = any(os.path.basename(file) in names or file in names for file in files)
        if kind == "runtimepack":
            yield name.removeprefix("runtimepack."), version
        elif kind == "package" and held:
            yield name, version


def read(path):
    if path.endswith(".deps.json"):
        names = {name for _, _, files in os.walk(os.path.dirname(path)) for name in files}
        with open(path, encoding="utf-8-sig") as opened:
            return json.load(opened), names
    with open(path, "rb") as opened:
        data = opened.read()
        return bundle(data) if data[:4] == b"\x7fELF" else None


root = sys.argv[1]
found = []
for folder, _, files in os.walk(root):
    for path in (os.path.join(folder, file) for file in files):
        if os.path.isfile(path) and not os.path.islink(path) and (program := read(path)):
            found += [[os.path.relpath(path, root), name, version] for name, version in packages(*program)]
print(json.dumps(found))
