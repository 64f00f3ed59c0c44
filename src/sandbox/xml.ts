import { isJsonMap, type Json } from './phpJson';

/** Writes an answer as XML, in which items of lists are called `item`. Source: rest/classes/general/rest.php (outputXml). */
export function toXml(value: Json): string {
  if (value === null || value === false) {
    return '';
  }
  if (value === true) {
    return '1';
  }
  if (typeof value !== 'object') {
    return String(value).replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
  }
  const entries: [string, Json][] = isJsonMap(value) ? [...value] : Object.entries(value);
  return entries
    .map(([key, item]) => {
      const tag = /^\d+$/.test(key) ? 'item' : key;
      return `<${tag}>${toXml(item)}</${tag}>`;
    })
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
