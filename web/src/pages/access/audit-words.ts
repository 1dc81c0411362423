import type { AuditEntry } from '#access/contract.ts';

/** `token-made` as `Token made`. */
export function actionWords(action: string): string {
  const words = action.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Facts of a change on one line: `role ci, days 90`. What holds other things is left to the raw entry. */
export function detailWords(detail: NonNullable<AuditEntry['detail']>): string {
  return Object.entries(detail)
    .flatMap(([name, value]) => {
      const words = valueWords(value);
      return words === undefined ? [] : [`${name} ${words}`];
    })
    .join(', ');
}

function valueWords(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const all = value.map(valueWords);
    return all.every((one) => one !== undefined) && all.length > 0 ? all.join(' ') : undefined;
  }
  switch (typeof value) {
    case 'string':
      return value === '' ? undefined : value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return undefined;
  }
}
