/** What a `package.json` says of its package; all of it optional, since nobody checks it after installation. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly licenses: readonly string[];
}

/** Reads a `package.json`; nothing when it is no JSON object. */
export function parseManifest(text: string): Manifest | undefined {
  const json = parseJson(text.startsWith('\ufeff') ? text.slice(1) : text);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const { name, version, license, licenses } = json as Readonly<Record<string, unknown>>;
  return {
    ...(typeof name === 'string' && name !== '' && { name }),
    ...(typeof version === 'string' && version !== '' && { version: version.trim() }),
    licenses: [license, ...(Array.isArray(licenses) ? (licenses as readonly unknown[]) : [licenses])].flatMap(
      licenseOf,
    ),
  };
}

/** Text as of today, or the object of older packages: `{"type": "MIT", "url": …}`. */
function licenseOf(license: unknown): readonly string[] {
  if (typeof license === 'string' && license !== '') return [license];
  if (typeof license !== 'object' || license === null || !('type' in license)) return [];
  return typeof license.type === 'string' ? [license.type] : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
