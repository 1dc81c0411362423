import type {
  CheckStatus,
  CheckSubjectKind,
  OtherNumber,
  Remedy,
  RemedyFor,
  StoredResult,
} from '#compliance/contract.ts';
import { counted } from '../../ui/format.ts';
import { severityWords } from '../../ui/severity.tsx';
import type { MarkState } from '../../ui/state-mark.tsx';
import { answersIn, type Status, worstOf } from './status.ts';

/** What a page says of a subject before everything else. */
export interface Headline {
  readonly state: MarkState;
  readonly word: string;
  readonly sentence: string;
}

/** A pass is said only where every check that applies gave an answer, and one passes. */
export function headlineOf(status: Status): Headline {
  const { failures, warnings, passed } = status;
  const open = openIn(status);
  const rest = open === 0 ? '' : ` ${counted(open, 'check has', 'checks have')} no answer.`;
  if (failures.length > 0) {
    const worst = worstOf(failures);
    const severity = worst === undefined ? 'of a severity that is not known here' : severityWords[worst];
    return {
      state: 'fail',
      word: counted(failures.length, 'check fails', 'checks fail'),
      sentence: `The worst is ${severity}.${rest}`,
    };
  }
  if (open > 0) return { state: 'unknown', word: 'Not known', sentence: `No check that gave an answer fails.${rest}` };
  if (passed.length + warnings.length === 0)
    return { state: 'unknown', word: 'Not known', sentence: 'No check applies, so nothing is proven.' };
  if (warnings.length > 0)
    return {
      state: 'partly',
      word: counted(warnings.length, 'warning', 'warnings'),
      sentence: 'No check fails. A warning is worth a look and never blocks.',
    };
  return { state: 'pass', word: 'Pass', sentence: `${counted(passed.length, 'check passes', 'checks pass')}.` };
}

/** Checks that say neither that something is so nor that it is not. */
function openIn({ unanswered, errors, notAssessed }: Status): number {
  return unanswered.length + answersIn(errors) + answersIn(notAssessed);
}

/** Whether something is to be changed. */
export function isWrong({ state }: Pick<StoredResult, 'state'>): boolean {
  return state === 'fail' || state === 'warn';
}

/** A mark and a word for each answer. */
export const stateMarks: Readonly<Record<StoredResult['state'], { readonly state: MarkState; readonly word: string }>> =
  {
    pass: { state: 'pass', word: 'Passes' },
    fail: { state: 'fail', word: 'Fails' },
    warn: { state: 'partly', word: 'Warns' },
    'not-applicable': { state: 'unknown', word: 'Does not apply' },
    'not-assessed': { state: 'unknown', word: 'Not assessed' },
    error: { state: 'unknown', word: 'In error' },
    excepted: { state: 'partly', word: 'Excepted' },
  };

/** The same for each way in which a subject stands, in the order in which a page shows them. */
export const statusMarks: Readonly<
  Record<CheckStatus, { readonly state: MarkState; readonly word: string; readonly meaning: string }>
> = {
  unreported: {
    state: 'unknown',
    word: 'Not reported',
    meaning: 'Their hosts say that they run, and have reported nothing that checks can judge.',
  },
  fail: { ...stateMarks.fail, meaning: '' },
  silent: {
    state: 'unknown',
    word: 'Silent',
    meaning: 'Their hosts have not reported for 25 minutes, so whether their last answers still apply is unknown.',
  },
  unanswered: {
    state: 'unknown',
    word: 'Not evaluated yet',
    meaning: 'Their facts are here and wait for this release to judge them, which takes seconds after a report.',
  },
  error: {
    ...stateMarks.error,
    meaning: 'The facts have a form that the check does not know. Upgrade agent and console.',
  },
  'not-assessed': { ...stateMarks['not-assessed'], meaning: '' },
  excepted: { ...stateMarks.excepted, meaning: 'They fail, and somebody agreed to that until a date.' },
  warn: { ...stateMarks.warn, meaning: 'A warning is worth a look and never blocks.' },
  pass: { ...stateMarks.pass, meaning: '' },
  'not-applicable': { ...stateMarks['not-applicable'], meaning: '' },
};

/** In words, the order of lists too. */
export const subjectKindWords: Readonly<Record<CheckSubjectKind, string>> = {
  container: 'Container',
  image: 'Image',
  reference: 'Image reference',
  host: 'Host',
  engine: 'Engine',
  network: 'Network',
  service: 'Service',
  registry: 'Registry',
};

/** Whose words tell what to change, where nothing more is known of a subject. */
export const askerOf: Readonly<Record<CheckSubjectKind, RemedyFor>> = {
  container: 'docker',
  image: 'dockerfile',
  reference: 'docker',
  host: 'host',
  engine: 'engine',
  network: 'docker',
  service: 'docker',
  registry: 'registry',
};

/** `Prisma Cloud 51, docker-bench 5.1` */
export function numberWords(numbers: readonly OtherNumber[]): string {
  return numbers.map(({ by, number }) => `${by === 'prisma' ? 'Prisma Cloud' : by} ${number}`).join(', ');
}

/** Who can change something, as the name before what to change. */
export const remedyWords: Readonly<Record<RemedyFor, string>> = {
  docker: 'docker run',
  compose: 'Compose',
  kubernetes: 'Kubernetes',
  dockerfile: 'Dockerfile',
  engine: 'Engine',
  host: 'Host',
  registry: 'Registry',
};

/** What to change: first for the one who asks, then for others. Empty: the check is not of this release. */
export function remediesFor(remedy: Remedy, asker: RemedyFor): readonly (readonly [who: RemedyFor, what: string])[] {
  const others = Object.keys(remedyWords).filter((who) => who !== asker) as RemedyFor[];
  return [asker, ...others].flatMap((who) => {
    const what = remedy[who];
    return what === undefined ? [] : [[who, what] as const];
  });
}

/** Who made a container, by the labels that Compose and Kubernetes give it: its settings are changed there. */
export function makerOf(labels: Readonly<Record<string, string>>): RemedyFor {
  if ('io.kubernetes.pod.name' in labels) return 'kubernetes';
  return 'com.docker.compose.project' in labels ? 'compose' : 'docker';
}

/** Why nothing was reported of a subject, and what to do. */
export function notReported(
  kind: CheckSubjectKind,
  isRunning: boolean,
): { readonly why: string; readonly next: string } {
  switch (kind) {
    case 'container':
      return isRunning
        ? {
            why: 'Its host has not reported facts of it that checks can judge.',
            next: 'A host reports a new container within a minute. If it stays so, upgrade the agent of this host.',
          }
        : {
            why: 'It does not run, and its host keeps facts for checks of containers that run.',
            next: 'It is judged when it is started again.',
          };
    case 'image':
      return {
        why: 'No scan of it brought facts that checks can judge: it was scanned before there were any.',
        next: 'Scan it again: seawall scan with this image. Hosts that hold it scan it again by themselves.',
      };
    case 'engine':
      return {
        why: 'No engine of this host was reported.',
        next: 'If one runs there, see whether the agent may use its socket, and upgrade the agent.',
      };
    default:
      return {
        why: 'The agent of this host has not reported facts that checks can judge.',
        next: 'If it stays so, upgrade the agent of this host.',
      };
  }
}
