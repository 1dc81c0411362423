import artifacts from './known-artifacts.json' with { type: 'json' };

/** Groups under which advisories have named an artifact; made by `tools/known-artifacts.ts` from the Maven feed. */
const groupsByArtifact: ReadonlyMap<string, readonly string[]> = collectGroups(artifacts);

/** Folders of the classes of publishers that advisories have named: `org/springframework`. */
const publisherFolders: ReadonlySet<string> = new Set(
  [...groupsByArtifact.values()].flat().flatMap((group) => (group.includes('.') ? [group.replaceAll('.', '/')] : [])),
);

/**
 * The group that advisories use for an artifact, when the classes of the jar bear it out: folder and group share two
 * names or more. The only group is also taken where folders cannot speak: it has no dot (`log4j`, `commons-io`), or the
 * jar holds no classes.
 */
export function knownGroup(artifact: string, folders: ReadonlySet<string>): string | undefined {
  const groups = groupsByArtifact.get(artifact) ?? [];
  const rated = groups.map((group) => ({ group, shared: sharedNames(group, folders) }));
  const best = rated.filter(({ shared }) => shared >= 2).sort((left, right) => right.shared - left.shared)[0];
  if (best !== undefined) return best.group;
  const only = groups.length === 1 ? groups[0] : undefined;
  return only !== undefined && (folders.size === 0 || !only.includes('.')) ? only : undefined;
}

/** Whether a jar holds classes of a publisher that advisories have named. */
export function holdsKnownPublisher(folders: ReadonlySet<string>): boolean {
  return [...folders].some((folder) => {
    for (let end = folder.length; end > 0; end = folder.lastIndexOf('/', end - 1)) {
      if (publisherFolders.has(folder.slice(0, end))) return true;
    }
    return false;
  });
}

function collectGroups(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const [group = '', artifact = ''] = name.split(':');
    const known = groups.get(artifact);
    if (known === undefined) groups.set(artifact, [group]);
    else known.push(group);
  }
  return groups;
}

/** The most leading names that a group (`org.apache.logging.log4j`) has in common with any class folder. */
function sharedNames(group: string, folders: ReadonlySet<string>): number {
  const names = group.split('.');
  let most = 0;
  for (const folder of folders) {
    const parts = folder.split('/');
    const differs = names.findIndex((name, index) => parts[index] !== name);
    most = Math.max(most, differs < 0 ? names.length : differs);
  }
  return most;
}
