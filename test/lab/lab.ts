import { whatIsStuck } from './stuck.ts';

/** One case of a lab: something that the product does on a real engine and kernel. */
export interface LabCase<World> {
  /** Stable and short, `E4`: what a person names to run it alone. */
  readonly id: string;
  /** What is seen when it passes, in a few words. */
  readonly title: string;
  /** What protects; with `--disarmed` it is off, and the case must fail. Other cases are not run then. */
  readonly protectedBy?: string;
  /** Where the same is shown in the short form, which leaves this case out unless it is named. */
  readonly shownBy?: string;
  /** Waits long without protection: the short form leaves it out then, as others fail without the same. */
  readonly isLongDisarmed?: true;
  /** Minutes after which it is taken to hang, where it needs more than others. */
  readonly minutes?: number;
  /** Throws when it does not hold; what it answers is printed behind the title: figures, mostly. */
  run(world: World): Promise<string | undefined>;
}

/** A lab: what is set up once, and the cases that are run in it one after another. */
export interface Lab<World> {
  readonly name: string;
  readonly cases: readonly LabCase<World>[];
  /** `armed` is false when what protects is to be off. */
  setUp(options: LabOptions): Promise<{ readonly world: World; close(): Promise<void> }>;
}

export interface LabOptions {
  readonly armed: boolean;
  /** Says what is being set up. */
  readonly say: (words: string) => void;
  /** Ids of the cases that are run, for what is set up for them alone. */
  readonly cases: readonly string[];
}

/** Prints a line of the lab's result. */
type Print = (line: string) => void;

/** Beyond any that was seen, on a busy machine too. */
const [setUpMinutes, caseMinutes, closeMinutes] = [10, 10, 3];

/** Runs the cases, prints one line for each and the sums at the end. Answers how many failed. */
export async function runLab<World>(
  lab: Lab<World>,
  { print, ...options }: Omit<LabOptions, 'cases'> & Choice & { readonly print: Print },
): Promise<number> {
  const cases = casesOf(lab, options);
  if (cases.length === 0) throw new Error(`Lab ${lab.name} has no such case: ${options.only.join(', ')}`);
  for (const [where, ids] of leftOut(lab, options)) print(`Not in the short form: ${ids.join(' ')}. ${where}`);
  const started = performance.now();
  const { world, close } = await within(
    setUpMinutes,
    'The setting up',
    lab.setUp({ ...options, cases: cases.map(({ id }) => id) }),
  );
  print(`The lab is set up${since(started)}.`);
  let passed = 0;
  try {
    for (const one of cases) if (await passes(one, world, { armed: options.armed, print })) passed += 1;
  } catch (error) {
    // What hangs holds what the next cases need.
    const lines = [error instanceof Error ? error.message : String(error), ...whatIsStuck(), 'The lab ends here.'];
    print(lines.join('\n'));
  } finally {
    await within(closeMinutes, 'The end of the lab', close());
  }
  print(`The lab is over${since(started)}.`);
  print(`${passed} passed, ${cases.length - passed} failed`);
  return cases.length - passed;
}

/** Which cases are run. */
interface Choice {
  /** By their ids; all where there are none. */
  readonly only: readonly string[];
  readonly form: 'short' | 'long';
}

function casesOf<World>(
  { cases }: Lab<World>,
  { armed, only, form }: Choice & Pick<LabOptions, 'armed'>,
): readonly LabCase<World>[] {
  const isWanted = ({ id, shownBy, isLongDisarmed }: LabCase<World>): boolean =>
    only.length === 0
      ? form === 'long' || (shownBy === undefined && (armed || isLongDisarmed !== true))
      : only.includes(id);
  return cases.filter((one) => isWanted(one) && (armed || one.protectedBy !== undefined));
}

/** Ids of the cases that the short form leaves out, by where the same is shown. */
function leftOut<World>(lab: Lab<World>, { only, form }: Choice): ReadonlyMap<string, readonly string[]> {
  const all = only.length > 0 || form === 'long' ? [] : lab.cases;
  const ids = new Map<string, string[]>();
  for (const { id, shownBy } of all) if (shownBy !== undefined) ids.set(shownBy, [...(ids.get(shownBy) ?? []), id]);
  return ids;
}

/** Rejects with `Overdue` when it is not done in this time; it may go on. */
async function within<Value>(minutes: number, what: string, working: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Overdue(`${what} is not done after ${minutes} min.`)), minutes * 60_000);
  });
  return await Promise.race([working, overdue]).finally(() => clearTimeout(timer));
}

class Overdue extends Error {}

/** True when it held; rejects when it hangs. */
async function passes<World>(
  one: LabCase<World>,
  world: World,
  { armed, print }: { readonly armed: boolean; readonly print: Print },
): Promise<boolean> {
  const started = performance.now();
  const say = (outcome: 'ok' | 'failed', words: string): boolean => {
    print(`${outcome} ${one.id} ${words}${since(started)}`);
    return outcome === 'ok';
  };
  try {
    const figures = await within(one.minutes ?? caseMinutes, `${one.id} ${one.title}`, one.run(world));
    if (armed) return say('ok', `${one.title}${figures === undefined ? '' : `: ${figures}`}`);
    return say('failed', `holds although ${one.protectedBy} is off, so it proves nothing`);
  } catch (error) {
    if (error instanceof Overdue) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    if (!armed) return say('ok', `fails without ${one.protectedBy}: ${firstLine(reason)}`);
    return say('failed', `${one.title}: ${reason}`);
  }
}

function since(started: number): string {
  return ` (${((performance.now() - started) / 1000).toFixed(1)} s)`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** Asks again and again until the answer is there; throws what it saw last when time is up. */
export async function until<Value>(
  what: string,
  ask: () => Promise<Value | undefined | false>,
  { seconds, every = 50 }: { readonly seconds: number; readonly every?: number },
): Promise<Value> {
  const end = performance.now() + seconds * 1000;
  let last = '';
  while (performance.now() < end) {
    try {
      const value = await ask();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error instanceof Error ? `: ${error.message}` : '';
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  }
  throw new Error(`${what} did not come within ${seconds} s${last}`);
}

/** Throws `what` unless it holds. */
export function expectThat(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}
