/** Of STS's answers. */
export const XML_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** One element; its content is XML unless said to be a text. */
export const tag = (name: string, content: string, kind: 'xml' | 'text' = 'xml'): string =>
  `<${name}>${kind === 'xml' ? content : content.replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign)}</${name}>`;
