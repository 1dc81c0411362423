import { RE2JS } from '@bufbuild/re2';
import { charge } from './budget.ts';

/** Characters of a pattern, and steps of the program that is made of it. */
const longest = 512;
const mostSteps = 4000;

/** Patterns kept ready; a rule has few, and asks them of each finding. */
const mostKept = 64;
const kept = new Map<string, RE2JS>();

/**
 * Whether a pattern of RE2 is found in a text. Its time grows with the length of text and pattern, never beyond, as
 * RE2 has no way back; both are charged. Throws for what is no pattern and for one that is too large.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  const steps = stepsOf(pattern);
  charge(20 + steps + (text.length * (1 + steps)) / 4);
  return (kept.get(pattern) ?? compiled(pattern)).test(text);
}

function compiled(pattern: string): RE2JS {
  const made = RE2JS.compile(pattern);
  if (kept.size >= mostKept) for (const oldest of kept.keys()) if (kept.size >= mostKept) kept.delete(oldest);
  kept.set(pattern, made);
  return made;
}

/** Steps of a pattern before it is compiled: `(a{100}b){100}` becomes 10,100 of them. Never much less than there will be. */
function stepsOf(pattern: string): number {
  if (pattern.length > longest) throw new Error(`a pattern of more than ${longest} characters is not read here`);
  const groups = [{ sum: 0, last: 0 }];
  const tokens = /\\[pP](?:\{[^}]*\}|.)|\\.|\[\^?[^\]\\]*(?:\\.[^\]\\]*)*\]|\{(\d+)(,?)(\d*)\}|./gsu;
  for (const [token, from, more, to] of pattern.matchAll(tokens)) {
    const group = groups.at(-1) ?? { sum: 0, last: 0 };
    if (from !== undefined) {
      const times = Math.max(Number(from) + (more === '' ? 0 : 1), Number(to));
      group.sum += group.last * Math.max(0, times - 1);
      group.last *= Math.max(1, times);
    } else if (token === '(') groups.push({ sum: 0, last: 0 });
    else if (token === ')' && groups.length > 1) {
      groups.pop();
      const outer = groups.at(-1) ?? group;
      outer.last = group.sum + 2;
      outer.sum += outer.last;
    } else {
      group.last = 1;
      group.sum += 1;
    }
    if (group.sum > mostSteps) break;
  }
  const steps = groups.reduce((sum, group) => sum + group.sum, 0);
  if (steps > mostSteps) throw new Error(`the pattern repeats too much: it has more than ${mostSteps} steps`);
  return steps;
}
