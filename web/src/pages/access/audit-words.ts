import type { AuditEntry } from '#access/contract.ts';
import { dateTime } from '../../ui/format.ts';

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
      return words === undefined ? [] : [`${nameWords(name)} ${words}`];
    })
    .join(', ');
}

/** `expiresAt` as `expires at`. */
function nameWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

function valueWords(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const all = value.map(valueWords);
    return all.every((one) => one !== undefined) && all.length > 0 ? all.join(' ') : undefined;
  }
  switch (typeof value) {
    case 'string':
      if (moment.test(value)) return dateTime(value);
      return value === '' ? undefined : value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return undefined;
  }
}
