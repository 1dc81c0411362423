/** Members that are laid over a document: objects member by member, everything else as a whole. */
export type Part = Readonly<Record<string, unknown>>;

/** What turns a start that no check objects to into one that breaks one check. */
export interface Break {
  /** Over `HostConfig` of a create request, and over the `hostconfig.json` that an engine keeps. */
  readonly host?: Part;
  /** Over the rest of a create request, and over `Config` of `config.v2.json`. */
  readonly config?: Part;
  /** Over the OCI spec that a runtime gets. */
  readonly spec?: Part;
  /** Checks that such a container breaks as well, whatever else it asks for. */
  readonly with?: readonly string[];
}

export type Breaks = Readonly<Record<string, Break>>;

/** Objects member by member, so that a break names only what it changes. */
export function laidOver(under: Part, over: Part): Part {
  const laid = Object.entries(over).map(([name, value]): [string, unknown] => {
    const below = under[name];
    return [name, isPart(value) && isPart(below) ? laidOver(below, value) : value];
  });
  return { ...under, ...Object.fromEntries(laid) };
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
