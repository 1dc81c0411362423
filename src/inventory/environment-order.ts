/** How much depends on an environment, by its name; what a name does not say is taken for the worse. */
const kinds: readonly RegExp[] = [
  /^prod/,
  /^$/,
  /^(?!(?:test|staging|qa|uat|int.*|dev.*|local|ci)$)/,
  /^(?:test|staging|qa|uat|int.*)$/,
];

/** Production first, then hosts without an environment, other ones, test and development; by name where that is equal. */
export function compareEnvironments(left: string | undefined, right: string | undefined): number {
  const difference = rankOf(left) - rankOf(right);
  if (difference !== 0) return difference;
  return (left ?? '') < (right ?? '') ? -1 : Number(left !== right);
}

function rankOf(environment: string | undefined): number {
  const found = kinds.findIndex((kind) => kind.test(environment ?? ''));
  return found < 0 ? kinds.length : found;
}
