import type { CloseTagHandler, SaxesOptions, SaxesParser } from 'saxes';
import { oneLine } from './one-line.ts';

/** How much XML is read, and what is done with it besides what its elements begin. */
export interface XmlWalk<Options extends SaxesOptions> {
  readonly mostElements: number;
  readonly mostLevels: number;
  /** Throws; the reason is the rest of a sentence: `it is nested deeper than 64 levels`. */
  refuse(why: string): never;
  /** Text, in CDATA too. */
  text(more: string): void;
  readonly close: CloseTagHandler<Options>;
}

/**
 * Has a parser refuse what is not well-formed, too large or too deep. Document type declarations are refused, so there are no
 * entities but the five of XML, and nothing outside is read.
 */
export function boundXml<Options extends SaxesOptions>(parser: SaxesParser<Options>, walk: XmlWalk<Options>): void {
  const { mostElements, mostLevels } = walk;
  let [elements, levels] = [0, 0];
  parser.on('error', (error) => walk.refuse(`it is not well-formed XML: ${oneLine(error.message, 200)}`));
  parser.on('doctype', () => walk.refuse('it holds a document type declaration (DTD)'));
  parser.on('opentagstart', () => {
    elements += 1;
    levels += 1;
    if (elements > mostElements) walk.refuse(`it has more than ${mostElements} elements`);
    if (levels > mostLevels) walk.refuse(`it is nested deeper than ${mostLevels} levels`);
  });
  parser.on('text', (more) => walk.text(more));
  parser.on('cdata', (more) => walk.text(more));
  parser.on('closetag', (tag) => {
    levels -= 1;
    walk.close(tag);
  });
}
