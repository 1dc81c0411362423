import { SaxesParser } from 'saxes';
import { boundXml, messageOf, oneLine } from '#base/index.ts';

/** An element of XML, its names without the prefixes of namespaces. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text right inside of it, trimmed. */
  readonly text: string;
}

/** The largest project files and inventories have some 20,000 elements and 5 MB. */
const limits = { characters: 32 * 1024 ** 2, elements: 200_000, levels: 100 };
const portion = 256 * 1024;

/**
 * Reads XML; a text says why it is not read. There are no entities but the five of XML: a document type of its own is
 * refused, and one that is named is not fetched. Others, which Maven knows of HTML, stay as they are written.
 */
export function readXml(text: string): XmlElement | string {
  if (text.length > limits.characters) return `it is longer than ${limits.characters} characters`;
  const tree = openTree();
  const parser = new SaxesParser();
  const refuse = (why: string): never => {
    throw new Refused(why);
  };
  boundXml(parser, { mostElements: limits.elements, mostLevels: limits.levels, refuse, ...tree });
  parser.on('error', (error) => {
    if (!error.message.endsWith('undefined entity.'))
      refuse(`it is not well-formed XML: ${oneLine(error.message, 200)}`);
  });
  parser.on('doctype', (text) => {
    if (text.includes('[')) refuse('it defines a document type of its own');
  });
  parser.on('opentag', ({ name, attributes }) => tree.open(name, attributes));
  try {
    for (let at = 0; at < text.length; at += portion) parser.write(text.slice(at, at + portion));
    parser.close();
  } catch (error) {
    if (error instanceof Refused) return messageOf(error);
    throw error;
  }
  return tree.root() ?? 'it holds no element';
}

/** All elements of a name below an element, at any depth. */
export function elementsNamed(root: XmlElement, name: string): readonly XmlElement[] {
  const found: XmlElement[] = [];
  const look = (one: XmlElement): void => {
    if (one.name === name) found.push(one);
    one.children.forEach(look);
  };
  look(root);
  return found;
}

/** The first child of a name. */
export function childNamed(one: XmlElement | undefined, name: string): XmlElement | undefined {
  return one?.children.find((child) => child.name === name);
}

class Refused extends Error {}

/** An element whose end was not reached. */
interface OpenElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  readonly texts: string[];
}

function openTree() {
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  return {
    root: () => root,
    open(name: string, attributes: Readonly<Record<string, string>>): void {
      const own = Object.entries(attributes).map(([key, value]) => [withoutPrefix(key), value]);
      open.push({ name: withoutPrefix(name), attributes: Object.fromEntries(own), children: [], texts: [] });
    },
    text(text: string): void {
      open.at(-1)?.texts.push(text);
    },
    close(): void {
      const one = open.pop();
      if (one === undefined) return;
      const { name, attributes, children, texts } = one;
      const element = { name, attributes, children, text: texts.join('').trim() };
      const parent = open.at(-1);
      if (parent === undefined) root = element;
      else parent.children.push(element);
    },
  };
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
