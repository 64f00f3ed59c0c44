import * as v from 'valibot';
import type { StorageFolder } from '../../common/storageFolder';
import type { JsonValue } from './wanted';

const jsonValue: v.GenericSchema<JsonValue> = v.lazy(() =>
  v.union([
    v.string(),
    v.number(),
    v.boolean(),
    v.array(jsonValue),
    v.record(v.string(), jsonValue),
  ]),
);

const fileSchema = v.object({
  path: v.string(),
  /** True if there was no such file before. */
  isMade: v.boolean(),
  /** The topmost folder that was made for it. */
  madeFolder: v.optional(v.string()),
  before: v.string(),
  after: v.string(),
  splices: v.array(
    v.object({ offset: v.number(), lead: v.string(), kept: v.string(), text: v.string() }),
  ),
  containers: v.array(v.array(v.string())),
  /** What was put into it, and was not there before. */
  added: v.record(v.string(), jsonValue),
});
const receiptSchema = v.array(fileSchema);

/** What is remembered of a file of an agent, so that it can become what it was. */
export type FileReceipt = v.InferOutput<typeof fileSchema>;

/** The receipts of connected agents, a file for each agent. They hold what we wrote, and nothing that stood there. */
export class Receipts {
  readonly #folder: StorageFolder;

  constructor(folder: StorageFolder) {
    this.#folder = folder;
  }

  async of(agent: string): Promise<FileReceipt[]> {
    const text = await this.#folder.read(nameOf(agent));
    try {
      return v.parse(receiptSchema, JSON.parse(text ?? '[]'));
    } catch {
      // Without a receipt, values of ours are still found in the files by what they are.
      return [];
    }
  }

  async keep(agent: string, files: readonly FileReceipt[]): Promise<void> {
    await (files.length > 0
      ? this.#folder.write(nameOf(agent), JSON.stringify(files))
      : this.#folder.remove(nameOf(agent)));
  }
}

function nameOf(agent: string): string {
  return `${agent}.json`;
}
