import { plain } from '../../plain.ts';

/** HTML that was made by `html` and by nothing else. */
export interface Markup {
  readonly markup: string;
}

type Content = string | number | Markup | readonly Markup[] | undefined;

/** Markup from a template; every text that is put in is escaped, and what is missing leaves nothing. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const markup = parts.reduce((text, part, index) => `${text}${markupOf(contents[index - 1])}${part}`);
  return { markup };
}

function markupOf(content: Content): string {
  if (content === undefined) return '';
  if (typeof content === 'string') return escape(content);
  if (typeof content === 'number') return String(content);
  return 'markup' in content ? content.markup : content.map(({ markup }) => markup).join('');
}

/** Texts in images are written by strangers: they make no markup, and turn no direction of writing. */
function escape(text: string): string {
  return plain(text.toWellFormed().replace(/\s+/g, ' ')).replace(
    /[&<>"'`]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}
