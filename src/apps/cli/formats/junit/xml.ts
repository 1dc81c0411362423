/** An element of XML, ready to be written. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly content: string | readonly Element[];
}

/** Writes an element and all below it, indented. */
export function write({ name, attributes, content }: Element, indent = ''): string {
  const start = Object.entries(attributes).reduce(
    (text, [key, value]) => `${text} ${key}="${attribute(String(value))}"`,
    `${indent}<${name}`,
  );
  if (content.length === 0) return `${start}/>\n`;
  if (typeof content === 'string') return `${start}>${escape(content)}</${name}>\n`;
  return `${start}>\n${content.map((child) => write(child, `${indent}  `)).join('')}${indent}</${name}>\n`;
}

/** What XML 1.0 (2.2) cannot hold becomes `\ufffd`. */
function escape(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\r]/g, numbered);
}

/** A reader of attributes takes tabs and line ends for blanks unless they are numbered. */
function attribute(text: string): string {
  return escape(text).replace(/[\t\n]/g, numbered);
}

function numbered(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
