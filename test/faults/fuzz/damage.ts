import fc from 'fast-check';

/** All that a disk, a sync tool or an editor may do to a file. */
export const damage = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({
    kind: fc.constant('overwrite' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    by: fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  }),
  fc.record({ kind: fc.constant('replace' as const), by: fc.oneof(fc.string(), fc.json()) }),
  fc.record({ kind: fc.constant('double' as const) }),
  fc.record({
    kind: fc.constant('field' as const),
    name: fc.constantFrom(
      'version',
      'process',
      'at',
      'current',
      'kept',
      'palette',
      'app',
      'tokens',
      'portal',
      'generation',
      'sealed',
      'over',
      'ended',
    ),
    value: fc.jsonValue(),
  }),
);

export function damaged(
  content: string,
  how: typeof damage extends fc.Arbitrary<infer T> ? T : never,
): string {
  switch (how.kind) {
    case 'cut':
      return content.slice(0, Math.floor(how.at * content.length));
    case 'overwrite': {
      const at = Math.floor(how.at * content.length);
      return content.slice(0, at) + how.by + content.slice(at + how.by.length);
    }
    case 'replace':
      return how.by;
    case 'double':
      return content + content;
    case 'field':
      return JSON.stringify({ ...(JSON.parse(content) as object), [how.name]: how.value });
  }
}
