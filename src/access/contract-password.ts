/** Characters that a password has at least. */
export const shortestPassword = 12;
/** Characters that must be left when all that is easy to guess counts little. */
const leastWorth = 8;

/** The same characters for the same text, however a keyboard composes them; passwords are hashed in this form. */
export function normalPassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * Why a password is refused, as one sentence; missing: it is taken. Estimates what a guesser has to find out: the user's
 * and the product's name count nothing; each common password, each row like `abc` or `321` and each repetition counts as
 * one character. `common` has the longest first.
 */
export function passwordFault(password: string, name: string, common: readonly string[] = []): string | undefined {
  if (!password.isWellFormed()) return 'The password holds a character that is no text.';
  const text = normalPassword(password).toLowerCase();
  if (Array.from(text).length < shortestPassword) return `The password has fewer than ${shortestPassword} characters.`;
  if (worthOf(text, namesIn(name), common) >= leastWorth) return undefined;
  return 'The password is easy to guess: your name, the product’s name, common passwords, rows and repetitions count little.';
}

const counted = '\u0000';

function worthOf(text: string, names: readonly string[], common: readonly string[]): number {
  const unnamed = names.reduce((left, one) => left.replaceAll(one, ''), text);
  const uncommon = common.reduce((left, one) => left.replaceAll(one, counted), unnamed);
  const once = uncommon.replaceAll(/(.{1,8}?)\1{2,}/gsu, '$1');
  return rowsCounted(Array.from(once));
}

/** A name and its parts; what is shorter stands in many words. */
function namesIn(name: string): readonly string[] {
  const whole = normalPassword(name).toLowerCase();
  return ['seawall', whole, ...whole.split(/[^\p{L}\p{N}]+/u)].filter((one) => one.length >= 3);
}

/** How many characters do not follow from the two before them as in a row: the third of `abc`, `321`, `aaa` does. */
function rowsCounted(characters: readonly string[]): number {
  const codes = characters.map((one) => one.codePointAt(0) ?? 0);
  const follows = (at: number): boolean => {
    const [first = 0, second = 0, third = 0] = codes.slice(at - 2, at + 1);
    return Math.abs(third - second) <= 1 && third - second === second - first;
  };
  return codes.filter((_, at) => at < 2 || !follows(at)).length;
}
