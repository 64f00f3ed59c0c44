/** What is known of one conversation of an agent. */
export interface KnownSession {
  isSubagent?: boolean;
  /** Unix ms; absent if nobody saw the start of the turn. */
  startedAt?: number | undefined;
  /** Something that the turn started runs still: what starts next belongs to it. */
  hasBackground?: boolean;
  /** How the last turn ended; absent once another one has started. */
  end?: { at: number; turn: string | undefined; isError: boolean } | undefined;
  /** The question that has not been answered yet. */
  wait?: { at: number; via: string } | undefined;
}

/** More conversations than anybody has at once. */
const sessionsAtMost = 200;

/** Remembers the conversations of agents between their hooks. The one that was quiet for longest is forgotten first. */
export class HookMemory {
  readonly #sessions = new Map<string, KnownSession>();

  session(id: string): KnownSession {
    const known = this.#sessions.get(id) ?? {};
    this.#sessions.delete(id);
    this.#sessions.set(id, known);
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= sessionsAtMost) {
        break;
      }
      this.#sessions.delete(oldest);
    }
    return known;
  }
}
