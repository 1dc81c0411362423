/** Trivy's words for distributions whose os-release says another one (aquasecurity/trivy, `pkg/fanal/types/const.go`). */
const families: Readonly<Record<string, string>> = {
  rhel: 'redhat',
  almalinux: 'alma',
  ol: 'oracle',
  amzn: 'amazon',
  mariner: 'cbl-mariner',
  sles: 'suse linux enterprise server',
  'opensuse-leap': 'opensuse.leap',
  'opensuse-tumbleweed': 'opensuse.tumbleweed',
};

const ids: ReadonlyMap<string, string> = new Map(Object.entries(families).map(([id, family]) => [family, id]));

/** What Trivy calls a distribution. */
export function familyOf(id: string): string {
  return Object.hasOwn(families, id) ? (families[id] ?? id) : id;
}

/** What os-release calls a distribution that a tool names in its own way. */
export function idOfFamily(name: string): string {
  const lower = name.trim().toLowerCase();
  return ids.get(lower) ?? lower;
}
