/** A strict reader of XML 1.0, as far as flame graphs use it: throws where a text is not well-formed. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | string)[];
}

/** What XML allows as a character at all. */
const allowed = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const token =
  /<\?xml [^?]*\?>|<!\[CDATA\[(?<cdata>.*?)\]\]>|<\/(?<end>[A-Za-z]+)>|<(?<start>[A-Za-z]+)(?<attributes>(?:\s+[A-Za-z:-]+="[^"<]*")*)\s*(?<empty>\/?)>|(?<text>[^<]+)/gsy;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

export function parseXml(source: string): XmlElement {
  if (!allowed.test(source)) throw new Error('a character that XML does not have');
  type Open = { name: string; attributes: Record<string, string>; children: (XmlElement | string)[] };
  const document: Open = { name: '', attributes: {}, children: [] };
  const open = [document];
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const at = token.lastIndex;
    const parts = token.exec(source)?.groups;
    if (parts === undefined) throw new Error(`no XML at ${JSON.stringify(source.slice(at, at + 60))}`);
    const { cdata, end, start, attributes, empty, text } = parts;
    if (cdata !== undefined) open.at(-1)!.children.push(cdata);
    if (text !== undefined) open.at(-1)!.children.push(unescapeXml(text));
    if (end !== undefined && open.pop()!.name !== end) throw new Error(`</${end}> closes another element`);
    if (start === undefined) continue;
    const element: Open = { name: start, attributes: readAttributes(attributes!), children: [] };
    open.at(-1)!.children.push(element);
    if (empty === '') open.push(element);
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)!.name}> is not closed`);
  return document.children.find((child) => typeof child !== 'string')!;
}

function readAttributes(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([A-Za-z:-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, unescapeXml(value!)]),
  );
}

function unescapeXml(text: string): string {
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const character = entities[name];
    if (character === undefined || !whole.endsWith(';')) throw new Error(`no entity: ${whole}`);
    return character;
  });
}

/** All elements of this name inside, in order. */
export function elementsOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) =>
    typeof child === 'string' ? [] : [...(child.name === name ? [child] : []), ...elementsOf(child, name)],
  );
}

export function textOf({ children }: XmlElement): string {
  return children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}
