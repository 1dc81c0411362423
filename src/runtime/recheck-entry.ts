import { anyApplet, oddApplet } from './applet.ts';
import type { FactClass, Entry, EntryState, ProcessFact } from './contract.ts';
import {
  baseName,
  isEngineFile,
  isInterpreter,
  isLoader,
  isMiner,
  isMultiCall,
  kindOf,
  neverLearned,
  plainName,
} from './programs.ts';

/** What the console knows of an image and of the rules where it was reported. */
export interface RecheckTerms {
  /** Programs of the image, with a leading slash; missing: no counting scan lists them all. */
  readonly programs?: ReadonlySet<string>;
  /** Names that the rules add to the never-learn list. */
  readonly neverLearn: readonly string[];
  /** As the containers run it. */
  readonly entrypoint: readonly string[];
}

interface Checked {
  readonly class: FactClass;
  readonly why?: string;
  /** The image or its operator declares it. */
  readonly declared?: boolean;
  /** Nobody but the host can know it. */
  readonly isClaim?: boolean;
}

const undecided: Readonly<Record<FactClass, EntryState>> = {
  benign: 'confirmed',
  notable: 'unconfirmed',
  forbidden: 'review',
};

/**
 * An entry as the console lets it count, whatever the agent says of it: its class is at least what follows from the fact,
 * from the programs of the image and from the never-learn list, its state follows from the class, and what waits for a
 * person goes on waiting. What only the agent can know is marked with its `host`.
 */
export function recheckEntry(entry: Entry, host: string, terms: RecheckTerms): Entry {
  const checked = checkFact(entry, terms);
  const weight = gravest(entry.class, checked.class);
  const {
    claimedBy: _,
    seenIn: __,
    anyApplet: ______,
    why: said,
    confidence: ___,
    decidedBy: ____,
    decidedAt: _____,
    decision: _______,
    ...seen
  } = entry;
  const why = weight === checked.class ? (checked.why ?? said) : said;
  return {
    ...seen,
    class: weight,
    state: entry.state === 'review' ? 'review' : undecided[weight],
    source: checked.declared === true && entry.source === 'static' ? 'static' : 'learned',
    ...(why === undefined ? {} : { why: why.slice(0, 500) }),
    ...(weight !== 'forbidden' && (checked.isClaim === true || terms.programs === undefined)
      ? { claimedBy: host }
      : {}),
  };
}

/** A claim once a scan lists the programs of the image: it counts as checked, or waits for a person. */
export function settleClaim(entry: Entry, terms: RecheckTerms): Entry {
  const { claimedBy: host, ...checked } = entry;
  if (host === undefined || entry.source === 'inherited' || terms.programs === undefined) return entry;
  const again = recheckEntry(entry, host, terms);
  if (again.claimedBy !== undefined) return entry;
  if (again.class !== 'forbidden') return checked;
  return { ...checked, class: 'forbidden', state: 'review', ...(again.why === undefined ? {} : { why: again.why }) };
}

const weights: readonly FactClass[] = ['benign', 'notable', 'forbidden'];

function gravest(left: FactClass, right: FactClass): FactClass {
  return weights.indexOf(left) > weights.indexOf(right) ? left : right;
}

function checkFact({ fact }: Entry, terms: RecheckTerms): Checked {
  if (fact.dimension === 'process') return checkProcess(fact, terms);
  switch (fact.kind) {
    case 'generated-code':
      return { class: 'notable', why: `${fact.path} runs code that it wrote itself.` };
    case 'code-file':
      return { class: 'forbidden', why: `${fact.file} is code that is not the image's.` };
    default:
      return fact satisfies never;
  }
}

function checkProcess(fact: ProcessFact, terms: RecheckTerms): Checked {
  const { path, caller, origin, session } = fact;
  if (origin !== undefined || fact.sha256 !== undefined)
    return { class: 'forbidden', why: `${path} is not a program of the image.` };
  if (caller === undefined && isEngineFile(path)) return { class: 'benign', declared: true };
  if (terms.programs?.has(path) === false)
    return { class: 'forbidden', why: `${path} was reported as a program of the image, and its scan has none there.` };
  if (isLoader(path)) return { class: 'forbidden', why: `${path} loads a program past the check of its own start.` };
  if (session === 'exec') return { class: 'forbidden', why: `${path} was run in a docker exec session.` };
  const hidden = hiddenApplet(fact);
  if (hidden !== undefined) return { class: 'forbidden', why: hidden };
  if (session === 'health-check' && !namesOf(fact).some(isMiner))
    return { class: 'benign', declared: true, isClaim: true };
  if (caller === undefined && isFirstProgram(path, terms)) return { class: 'benign', declared: true };
  return checkChild(fact, terms);
}

/** Why nobody knows which program of many ran. Modules and classes of interpreters are no programs of their own. */
function hiddenApplet({ path, applet, shape }: ProcessFact): string | undefined {
  if (isInterpreter(path)) return undefined;
  if (applet === anyApplet) return `${path} was started as more different applets than are kept apart.`;
  if (applet === oddApplet) return `${path} was started under a name that no applet has.`;
  if (!isMultiCall(path) || applet !== undefined || shape !== undefined) return undefined;
  return `${path} holds many programs, and which one ran was not reported.`;
}

/** The container's own first program is what the image is for, so no list of names holds for it. */
function isFirstProgram(path: string, { entrypoint: [first = ''] }: RecheckTerms): boolean {
  return plainName(baseName(first)) === plainName(baseName(path));
}

function checkChild(fact: ProcessFact, { neverLearn }: RecheckTerms): Checked {
  const { caller } = fact;
  const names = namesOf(fact);
  for (const name of names) {
    const why = neverLearned(name, wordsOf(fact), neverLearn);
    if (why !== undefined) return { class: 'forbidden', why: `${name} ${why}.` };
  }
  const name = names.find((one) => kindOf(one) !== 'other') ?? baseName(fact.path);
  const kind = kindOf(name);
  if (kind === 'other') return { class: 'benign' };
  if (kind === 'downloader') return { class: 'notable', why: `${name} fetches from the network.` };
  // Interpreters of scripts that are the first program: the image starts them.
  if (caller === undefined) return { class: 'benign', declared: true };
  if (kindOf(caller) === 'shell' || baseName(caller) === 'busybox') return { class: 'benign' };
  return { class: 'notable', why: `${baseName(caller)} starts ${name}.` };
}

/** The program's own name, or that of the one that it holds many of, and the script's that never is learned. */
function namesOf({ path, applet, shape }: ProcessFact): readonly string[] {
  const own = baseName(path);
  const first = shape?.split(' ', 1)[0];
  const tool = shape === undefined ? undefined : /\{tool:([^{}]+)\}$/.exec(shape)?.[1];
  const applied = isMultiCall(plainName(own)) && first !== undefined && !first.startsWith('{') ? baseName(first) : own;
  const reported = applet === undefined || isInterpreter(path) ? [] : [applet];
  return [...new Set([...reported, applied, ...(tool === undefined ? [] : [tool])])];
}

/** Words of the arguments as far as their shape keeps them. */
function wordsOf({ shape }: ProcessFact): readonly string[] | undefined {
  return shape?.split(' ');
}
