import techniques from './attack-techniques.json' with { type: 'json' };

/** A technique of MITRE ATT&CK as people read it. */
export interface Technique {
  readonly name: string;
  /** The first of its tactics. */
  readonly tactic: string;
}

const known: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(techniques));

/** Name and tactic of a technique id such as `T1059.004`; missing: an agent of another version names one that is not listed. */
export function techniqueOf(id: string): Technique | undefined {
  const [name, tactic] = known.get(id) ?? [];
  return name === undefined || tactic === undefined ? undefined : { name, tactic };
}
