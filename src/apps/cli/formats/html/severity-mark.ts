import type { Severity } from '#vulnerability/index.ts';
import { html, type Markup } from './markup.ts';

const shapes: Readonly<Record<Severity, string>> = {
  critical: '◆',
  high: '▲',
  medium: '■',
  low: '●',
  negligible: '○',
  unrated: '?',
};

/** A severity by shape, word and colour; any one of them is enough. */
export function severityMark(severity: Severity): Markup {
  const word = `${severity.charAt(0).toUpperCase()}${severity.slice(1)}`;
  return html`<span data-severity="${severity}"><span aria-hidden="true">${shapes[severity]}</span> ${word}</span>`;
}
