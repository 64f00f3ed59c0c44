/**
 * Writes parameters the way PHP reads a query string: `USER_ID[0]=1&FILTER[ACTIVE]=1`.
 * Booleans become 1 and 0; null and undefined are left out.
 */
export function phpQuery(params: Record<string, unknown>): string {
  const pairsOf = (name: string, value: unknown): string[] => {
    if (typeof value === 'object') {
      const inner = Object.entries(value ?? {});
      return inner.flatMap(([key, one]) => pairsOf(`${name}[${key}]`, one));
    }
    if (typeof value === 'boolean') {
      return pairsOf(name, Number(value));
    }
    return typeof value === 'string' || typeof value === 'number'
      ? [`${encodeURIComponent(name)}=${encodeURIComponent(wellFormed(String(value)))}`]
      : [];
  };
  return Object.entries(params)
    .flatMap(([name, value]) => pairsOf(name, value))
    .join('&');
}

/** Replaces half of a surrogate pair, which would make a whole request unreadable for PHP. Other values stay. */
export function wellFormed<T>(value: T): T | string {
  return typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\uFFFD') : value;
}
