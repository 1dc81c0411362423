import { SaxesParser } from 'saxes';
import { boundXml, oneLine } from '#base/index.ts';
import { limits } from '../../limits.ts';
import { refuse } from './refuse.ts';

/** An element as it begins. */
export interface XmlElement {
  /** `xccdf:Rule`; without a prefix: of another namespace. */
  readonly name: string;
  readonly uri: string;
  /** Names of the elements around it, the root first, joined by `/`. */
  readonly inside: string;
  /** Attributes without a namespace. */
  attribute(name: string): string | undefined;
}

/** What is done at each element. */
export interface XmlVisitor {
  /** Gives what is done with the text in it, once it ends; missing: its text is not wanted. */
  open(element: XmlElement): ((text: string) => void) | undefined;
  close(name: string, inside: string): void;
}

/** Characters of the text of one element that are kept. */
const longestText = 2000;
/** More than any name that is looked for. */
const longestName = 80;
const portion = 256 * 1024;

/**
 * Reads XML from its beginning to its end and keeps nothing of it. Document type declarations are refused, so there are no
 * entities but the five of XML, and nothing outside is read. Throws `AppError` for what is not well-formed or too large.
 */
export function walkXml(text: string, prefixes: ReadonlyMap<string, string>, visitor: XmlVisitor): void {
  const parser = new SaxesParser({ xmlns: true });
  const walk = openWalk(visitor);
  boundXml(parser, {
    mostElements: limits.importedElements.value,
    mostLevels: limits.importedDepth.value,
    refuse: (why) => refuse(`The file is not read: ${why}.`),
    ...walk,
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^(?:utf-8|us-ascii)$/i.test(encoding))
      refuse(`The file says that it is in ${oneLine(encoding, 40)}; only UTF-8 is read.`);
  });
  parser.on('opentag', ({ uri, local, attributes }) => {
    const prefix = prefixes.get(uri);
    const name = local.slice(0, longestName);
    walk.open(prefix === undefined ? name : `${prefix}:${name}`, uri, (attribute) => attributes[attribute]?.value);
  });
  for (let at = 0; at < text.length; at += portion) parser.write(text.slice(at, at + portion));
  parser.close();
}

interface Frame {
  readonly name: string;
  /** Path of the elements around it. */
  readonly inside: string;
  readonly done: ((text: string) => void) | undefined;
}

/** Gathers the texts that are wanted. */
function openWalk(visitor: XmlVisitor) {
  const frames: Frame[] = [];
  let wanted = 0;
  let text = '';
  return {
    open: (name: string, uri: string, attribute: XmlElement['attribute']): void => {
      const around = frames.at(-1);
      const inside = around === undefined ? '' : around.inside === '' ? around.name : `${around.inside}/${around.name}`;
      const done = visitor.open({ name, uri, inside, attribute });
      if (done !== undefined) {
        if (wanted === 0) text = '';
        wanted += 1;
      }
      frames.push({ name, inside, done });
    },
    text: (more: string): void => {
      if (wanted > 0 && text.length < longestText) text += more.slice(0, longestText - text.length);
    },
    close: (): void => {
      const frame = frames.pop();
      if (frame === undefined) return;
      if (frame.done !== undefined) {
        wanted -= 1;
        frame.done(text.replaceAll(/\s+/g, ' ').trim());
      }
      visitor.close(frame.name, frame.inside);
    },
  };
}
