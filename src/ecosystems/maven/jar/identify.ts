import type { ArchiveEvidence } from '../../contract.ts';
import type { Identification, KnownNames } from '../../ecosystem.ts';
import { readingsOf } from './file-name.ts';
import { type Support, supportFor } from './support.ts';
import { versionOf } from './versions.ts';

/**
 * Which Maven artifact a jar is whose coordinates nothing states: what has its very bytes, else what advisories call by
 * its name, as far as its origin bears that out. A name alone is never enough: many have a `core` or a `client`.
 */
export function identify(evidence: ArchiveEvidence, known: KnownNames): Identification | undefined {
  const same = evidence.sha1 === undefined ? undefined : known.fingerprint(evidence.sha1);
  if (same !== undefined) {
    return { names: [same.name], version: same.version, confidence: 'certain', by: 'SHA-1 of the file' };
  }
  const best = bestOf(evidence, known);
  if (best === undefined) return undefined;
  const version = versionOf(evidence, best.artifact);
  const by = `${best.by} and ${best.support.by}${version === undefined ? '' : `, version by ${version.by}`}`;
  return {
    names: best.names,
    version: version?.text ?? '',
    confidence: best.support.level > 1 ? 'likely' : 'possible',
    by,
  };
}

interface Candidate {
  readonly artifact: string;
  readonly by: 'file name' | 'manifest name';
  readonly names: readonly string[];
  readonly support: Support;
}

/**
 * The first of its names that is borne out: those of the file come first, the longest of them before all. Names out of a
 * manifest are often but parts of one, so nothing less than the group's own folders or name bears them out; then such a
 * name stands above one of the file that is borne out less: Tomcat's `catalina.jar` is `tomcat-catalina`, and `catalina`
 * was another artifact of the same project.
 */
function bestOf(evidence: ArchiveEvidence, known: KnownNames): Candidate | undefined {
  let first: Candidate | undefined;
  for (const { artifact, by } of namesOf(evidence)) {
    if (first !== undefined && by === 'file name') continue;
    const candidate = candidateOf(artifact, evidence, known);
    if (candidate === undefined) continue;
    if (candidate.support.level > 2) return { artifact, by, ...candidate };
    if (by === 'file name') first = { artifact, by, ...candidate };
  }
  return first;
}

/** All its names, each once, likeliest first. */
function namesOf({ file, names }: ArchiveEvidence): readonly Pick<Candidate, 'artifact' | 'by'>[] {
  const ofFile = readingsOf(file).map(({ artifact }) => artifact);
  return [
    ...ofFile.map((artifact) => ({ artifact, by: 'file name' as const })),
    ...names.filter((name) => !ofFile.includes(name)).map((artifact) => ({ artifact, by: 'manifest name' as const })),
  ];
}

/** Groups that are supported as well as the best one; with it an old group that was the project's name alone. */
function candidateOf(
  artifact: string,
  evidence: ArchiveEvidence,
  known: KnownNames,
): Pick<Candidate, 'names' | 'support'> | undefined {
  const rated = known.names(artifact).map((name) => {
    const group = name.slice(0, Math.max(name.lastIndexOf(':'), 0));
    return { name, group, support: group === '' ? undefined : supportFor(group, artifact, evidence) };
  });
  const supported = rated.flatMap(({ support, ...one }) => (support === undefined ? [] : [{ ...one, support }]));
  const [first] = supported.toSorted((left, right) => right.support.level - left.support.level);
  if (first === undefined) return undefined;
  const equal = supported.filter(({ support }) => support.level === first.support.level);
  const old = rated.filter(({ name, group }) => group === artifact && !equal.some((one) => one.name === name));
  return { names: [...equal, ...old].map(({ name }) => name).slice(0, mostNames), support: first.support };
}

/** More names than a project ever had. */
const mostNames = 8;
