import { PhpArray, toText, type PhpValue } from './php';
import { decodeJson } from './phpJson';

/**
 * Reads a parameter as the server's CUtil::JsObjectToPhp does: first as JSON, and when that gives
 * nothing or null, as a JavaScript literal. The second reader leaves scalars as text and returns false
 * for a list or object without an end.
 */
export function jsObjectToPhp(text: string): PhpValue {
  return decodeJson(text) ?? readLiteral(text);
}

function readLiteral(raw: string): PhpValue {
  const text = raw.replace(/\s*([{}[\]"])\s*/g, '$1').trim();
  if (text === '') {
    return null;
  }
  if (text.startsWith('{')) {
    return readObject(text);
  }
  if (text.startsWith('[')) {
    return readList(text);
  }
  const unquoted = /^["']/.test(text) ? text.slice(1, -1) : text;
  return unquoted.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function readObject(text: string): PhpValue {
  const parts = splitAtCommas(text, '}', ']');
  if (parts === null) {
    return false;
  }
  const object = new PhpArray();
  for (const part of parts) {
    const colon = part.indexOf(':');
    const name = colon < 0 ? part : part.slice(0, colon);
    const key = readLiteral(name.startsWith('"') ? name.slice(1, -1) : name);
    object.set(toText(key), colon < 0 ? null : readLiteral(part.slice(colon + 1)));
  }
  return object;
}

function readList(text: string): PhpValue {
  const parts = splitAtCommas(text, ']', '}');
  if (parts === null) {
    return false;
  }
  const list = new PhpArray();
  parts.forEach((part, index) => {
    const value = readLiteral(part);
    // An empty last item is left out, as in [1,2,].
    if (value !== null || index < parts.length - 1) {
      list.append(value);
    }
  });
  return list;
}

/** Splits the inner text at the commas of the outermost level; null when the closing bracket is missing. */
function splitAtCommas(text: string, closing: string, otherClosing: string): string[] | null {
  const parts: string[] = [];
  let start = 1;
  let depth = 0;
  let quote = '';
  for (let i = 1; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '"' || character === "'") {
      // As in the original, quotes protect commas, but brackets inside strings are counted.
      if (text[i - 1] !== '\\') {
        quote = quote === '' ? character : quote === character ? '' : quote;
      }
    } else if (character === '{' || character === '[') {
      depth++;
    } else if (character === otherClosing) {
      depth--;
    } else if (character === closing) {
      if (depth === 0) {
        return [...parts, text.slice(start, i)];
      }
      depth--;
    } else if (character === ',' && depth === 0 && quote === '') {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return null;
}
