interface NamedRuntime {
  readonly name: string;
  /** As the engine has it: a path, or a name that it looks up. */
  readonly path: string;
  /** Of the program; missing: it was not looked at. */
  readonly sha256?: string | undefined;
}

/** Whether the list of approved runtimes has one: its program, its name with that, or the program’s hash. */
export function isApprovedRuntime({ name, path, sha256 }: NamedRuntime, approved: readonly string[]): boolean {
  return approved.some(
    (entry) => entry === path || entry === `${name}=${path}` || (sha256 !== undefined && entry === `sha256:${sha256}`),
  );
}
