import type { ListedCheck } from '#compliance/contract.ts';

/** Names before a number: `cis 5.1`, `prisma 41`. */
const numbered = /^(?:(cis|docker-bench|prisma|nist)\s+)?(\d+(?:\.\d+)*)$/;

/** Whether a person means this check: by words of it, or by a number of ours, of CIS, NIST or another product. */
export function isMeant(check: ListedCheck, wanted: string): boolean {
  const text = wanted.trim();
  const [, by, number] = numbered.exec(text) ?? [];
  if (number === undefined) return `${check.id} ${check.title} ${check.subject}`.toLowerCase().includes(text);
  const others = check.alsoKnownAs.filter((one) => by === undefined || one.by === by).map((one) => one.number);
  return (
    others.includes(number) ||
    ((by === undefined || by === 'cis') && check.cis.includes(number)) ||
    ((by === undefined || by === 'nist') && check.nist.includes(number)) ||
    (by === undefined && /^\d{3}$/.test(number) && check.id.endsWith(`-${number}`))
  );
}
