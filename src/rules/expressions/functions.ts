import {
  type CelEnv,
  celEnv,
  type CelFunc,
  celFunc,
  celList,
  celMethod,
  CelScalar,
  type CelValue,
  isCelError,
  isCelList,
} from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { charge } from './budget.ts';
import { costs } from './costs.ts';
import { matchesPattern } from './pattern.ts';

/** Calls that reading an expression puts into its loops; nobody can write them. */
export const atLoop = '@loop';
export const atStep = '@step';

const { DYN, INT } = CelScalar;

/** Everything that an expression can call; each call is charged before it is made. */
export const environment: CelEnv = celEnv({
  funcs: [
    ...strings,
    ...[...celEnv({ funcs: [...strings] }).funcs].map(metered),
    celFunc(atLoop, [DYN], DYN, (range) => {
      charge(isCelList(range) ? range.size : 1);
      return range as never;
    }),
    celFunc(atStep, [INT, DYN], DYN, (units, condition) => {
      charge(Number(units));
      return condition as never;
    }),
  ],
});

function metered(plain: CelFunc): CelFunc {
  const { name, target, arguments: types, result } = plain;
  const cost = costs[name];
  const made = (values: readonly CelValue[]): CelValue => {
    if (cost === undefined) throw new Error(`there is no ${name} here`);
    charge(cost(values));
    const own = ownFunctions[plain.id];
    if (own !== undefined) return own(values);
    const [first, ...rest] = values;
    const answer = target === undefined ? plain.call(0, undefined, [...values]) : plain.call(0, first, rest);
    if (answer === undefined) throw new Error(`${name} is not for these values`);
    if (isCelError(answer)) throw answer;
    return answer;
  };
  return target === undefined
    ? celFunc(name, types, result, (...values) => made(values as readonly CelValue[]) as never)
    : celMethod(name, target, types, result, function (...values) {
        return made([this as CelValue, ...(values as readonly CelValue[])]) as never;
      });
}

/** In the place of the library's, whose cost grows with the square of what they are given. */
const ownFunctions: Readonly<Record<string, (values: readonly CelValue[]) => CelValue>> = {
  '_+_(list,list)': ([left, right]) => listOf([...membersOf(left), ...membersOf(right)]),
  'string.matches(string)': ([text, pattern]) => matchesPattern(String(text), String(pattern)),
  'string.replace(string,string)': ([text, what, by]) => replaced(String(text), [String(what), String(by)]),
  'string.replace(string,string,int)': ([text, what, by, most]) =>
    replaced(String(text), [String(what), String(by)], Number(most)),
};

/** Members of lists that were put together: a loop that collects puts each list together out of the one before. */
const members = new WeakMap<object, readonly CelValue[]>();

function listOf(values: readonly CelValue[]): CelValue {
  const list = celList(values);
  members.set(list, values);
  return list;
}

function membersOf(list: CelValue | undefined): Iterable<CelValue> {
  return isCelList(list) ? (members.get(list) ?? list) : [];
}

function replaced(text: string, [what, by]: readonly [string, string], most = Number.POSITIVE_INFINITY): string {
  if (what === '') throw new Error('replace needs a text to replace');
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf(what); at !== -1 && parts.length < most; at = text.indexOf(what, from)) {
    charge(1 + by.length / 8);
    parts.push(text.slice(from, at));
    from = at + what.length;
  }
  return [...parts, text.slice(from)].join(by);
}
