/** A reference taken apart: `PATH` or `PATH:NAME`, where NAME chooses one of several images. */
export interface SplitReference {
  /** Missing when nothing of it exists. */
  readonly path?: string;
  readonly name?: string;
}

/** Finds the part of a reference that exists; paths and names may both hold colons. */
export async function splitChoice(
  reference: string,
  exists: (path: string) => Promise<boolean>,
): Promise<SplitReference> {
  if (await exists(reference)) return { path: reference };
  for (let colon = reference.indexOf(':'); colon !== -1; colon = reference.indexOf(':', colon + 1)) {
    const path = reference.slice(0, colon);
    const name = reference.slice(colon + 1);
    if (path !== '' && name !== '' && (await exists(path))) return { path, name };
  }
  return {};
}
