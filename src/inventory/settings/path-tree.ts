/**
 * What lies at paths, found by walking a path once however many there are: a search costs the length of the path and what
 * it finds. Paths are absolute and plain; what lies at one path keeps its order.
 */
export class PathTree<T> {
  readonly #root: Node<T> = { values: [], children: new Map() };

  add(path: string, value: T): void {
    let node = this.#root;
    for (const name of namesOf(path)) {
      const child: Node<T> = node.children.get(name) ?? { values: [], children: new Map() };
      node.children.set(name, child);
      node = child;
    }
    node.values.push(value);
  }

  /** What lies at the folders that hold a path, itself among them; the topmost first. */
  *above(path: string): Generator<T> {
    let node: Node<T> | undefined = this.#root;
    yield* node.values;
    for (const name of namesOf(path)) {
      node = node.children.get(name);
      if (node === undefined) return;
      yield* node.values;
    }
  }

  /** What lies in a folder, however deep, without what lies at the folder itself. */
  *below(path: string): Generator<T> {
    let node: Node<T> | undefined = this.#root;
    for (const name of namesOf(path)) {
      node = node.children.get(name);
      if (node === undefined) return;
    }
    const waiting = [...node.children.values()].toReversed();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      yield* next.values;
      for (const child of [...next.children.values()].toReversed()) waiting.push(child);
    }
  }
}

interface Node<T> {
  readonly values: T[];
  readonly children: Map<string, Node<T>>;
}

function namesOf(path: string): readonly string[] {
  return path === '/' ? [] : path.slice(1).split('/');
}
