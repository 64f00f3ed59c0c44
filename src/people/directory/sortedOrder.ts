import type { Breather } from './breather';

/** The order of keys by their characters, equal ones as they come; sorted in parts, so that nobody waits long. */
export async function sortedOrder(
  keys: readonly string[],
  breather: Breather,
): Promise<Uint32Array> {
  // By the first two characters: names begin with few letters.
  const parts = new Map<number, number[]>();
  for (const [index, key] of keys.entries()) {
    const start = key.length === 0 ? 0 : key.charCodeAt(0) * 0x1_0000 + charAt(key, 1);
    const part = parts.get(start);
    if (part) {
      part.push(index);
    } else {
      parts.set(start, [index]);
    }
  }
  const order = new Uint32Array(keys.length);
  let at = 0;
  for (const start of [...parts.keys()].sort((a, b) => a - b)) {
    const part = parts.get(start) ?? [];
    part.sort((a, b) => compare(keys[a] ?? '', keys[b] ?? '') || a - b);
    order.set(part, at);
    at += part.length;
    if (breather.due) {
      await breather.breathe();
    }
  }
  return order;
}

/** 0 for none, so that a word comes before those that go on. */
function charAt(key: string, index: number): number {
  return index < key.length ? key.charCodeAt(index) + 1 : 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
