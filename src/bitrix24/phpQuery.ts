/**
 * Writes parameters the way PHP reads a query string: `USER_ID[0]=1&FILTER[ACTIVE]=1`.
 * Booleans become 1 and 0; null and undefined are left out.
 */
export function phpQuery(params: Record<string, unknown>): string {
  const pairs: string[] = [];
  const add = (name: string, value: unknown): void => {
    if (value === null || value === undefined) {
      return;
    }
    if (typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) {
        add(`${name}[${key}]`, inner);
      }
      return;
    }
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      const text = typeof value === 'boolean' ? Number(value) : wellFormed(value);
      pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(text)}`);
    }
  };
  for (const [name, value] of Object.entries(params)) {
    add(name, value);
  }
  return pairs.join('&');
}

/** Replaces half of a surrogate pair, which would make a whole request unreadable for PHP. Other values stay. */
export function wellFormed<T>(value: T): T | string {
  return typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\uFFFD') : value;
}
