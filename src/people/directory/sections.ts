import { crc32 } from 'node:zlib';
import * as v from 'valibot';

/**
 * A file of named typed arrays behind a JSON header: read by laying views over its bytes, so that nothing is
 * parsed and nothing is copied.
 *
 * Bytes: 8 of magic, 4 of CRC-32 over all that follows, 4 of the header's length, the header (JSON, UTF-8),
 * then the arrays, each at a multiple of 8.
 */
export type Section = Uint8Array | Uint32Array | Float64Array;

/** The content is not what was written; or another machine, or another version, wrote it. */
export class DamagedFile extends Error {
  constructor(what: string) {
    super(`The file is damaged: ${what}`);
    this.name = 'DamagedFile';
  }
}

/** Little endian is part of it: a machine that is not reads another word. */
const magic = new Uint32Array([0x50343242, 0x31304c50]);
const crcAt = 8;
const lengthAt = 12;
const headerAt = 16;
const wordBytes = 8;

const headerShape = v.object({
  meta: v.unknown(),
  sections: v.record(
    v.string(),
    v.strictTuple([
      v.picklist([1, 4, 8]),
      v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
      v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    ]),
  ),
});

/** The parts of the file, in order. */
export function writeSections(meta: unknown, sections: Record<string, Section>): Uint8Array[] {
  let offset = 0;
  const table = Object.entries(sections).map(([name, section]) => {
    const place = [name, [section.BYTES_PER_ELEMENT, offset, section.length]] as const;
    offset = aligned(offset + section.byteLength);
    return place;
  });
  const json = Buffer.from(JSON.stringify({ meta, sections: Object.fromEntries(table) }));
  const header = Buffer.alloc(aligned(headerAt + json.length), ' ');
  Buffer.from(magic.buffer).copy(header);
  header.writeUInt32LE(header.length - headerAt, lengthAt);
  json.copy(header, headerAt);

  const parts: Uint8Array[] = [header];
  for (const section of Object.values(sections)) {
    parts.push(new Uint8Array(section.buffer, section.byteOffset, section.byteLength));
    parts.push(new Uint8Array(aligned(section.byteLength) - section.byteLength));
  }
  let sum = crc32(header.subarray(lengthAt));
  for (const part of parts.slice(1)) {
    // An empty one makes the sum 0 on some versions of Node.js.
    sum = part.length === 0 ? sum : crc32(part, sum);
  }
  header.writeUInt32LE(sum, crcAt);
  return parts;
}

export class Sections {
  readonly meta: unknown;
  readonly #table: v.InferOutput<typeof headerShape>['sections'];
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #start: number;

  /** The views keep `bytes`, which begin at a multiple of 8. Throws DamagedFile. */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (buffer.length < headerAt || !buffer.subarray(0, crcAt).equals(Buffer.from(magic.buffer))) {
      throw new DamagedFile('it does not begin as it should');
    }
    if (crc32(buffer.subarray(lengthAt)) !== buffer.readUInt32LE(crcAt)) {
      throw new DamagedFile('its checksum is another');
    }
    this.#start = headerAt + buffer.readUInt32LE(lengthAt);
    const header = v.safeParse(headerShape, parse(buffer.toString('utf8', headerAt, this.#start)));
    if (!header.success) {
      throw new DamagedFile('its header cannot be read');
    }
    this.meta = header.output.meta;
    this.#table = header.output.sections;
    this.#bytes = bytes;
  }

  bytes(name: string): Uint8Array {
    const [at, length] = this.#place(name, 1);
    return new Uint8Array(this.#bytes.buffer, at, length);
  }

  uint32(name: string): Uint32Array {
    const [at, length] = this.#place(name, 4);
    return new Uint32Array(this.#bytes.buffer, at, length);
  }

  float64(name: string): Float64Array {
    const [at, length] = this.#place(name, 8);
    return new Float64Array(this.#bytes.buffer, at, length);
  }

  #place(name: string, size: number): [at: number, length: number] {
    const place = Object.hasOwn(this.#table, name) ? this.#table[name] : undefined;
    if (place?.[0] !== size || this.#start + place[1] + place[2] * size > this.#bytes.length) {
      throw new DamagedFile(`"${name}" is missing`);
    }
    return [this.#bytes.byteOffset + this.#start + place[1], place[2]];
  }
}

function aligned(length: number): number {
  return Math.ceil(length / wordBytes) * wordBytes;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
