import type {
  Checked,
  DepartmentView,
  FormState,
  FromForm,
  HintView,
  Person,
  PhaseView,
  Written,
} from '../form/protocol';

/** The draft, with people and departments as they are drawn. */
export type PageDraft = Omit<Written, 'recipients' | 'departments'> & {
  recipients: readonly Person[];
  departments: readonly DepartmentView[];
};

export interface PageModelDeps {
  post(message: FromForm): void;
  /** Calls `run` once after `ms`, unless the returned function is called first. */
  later(run: () => void, ms: number): () => void;
}

/** The numbers of the draft that the page has, see `stamp` in src/form/protocol.ts. */
interface Stamp {
  generation: number;
  edit: number;
}
type Stamped = Stamp & { written: Written };

/** A longer text is posted after a pause in typing: it is too much to post at every key. UTF-16 units. */
const postedAtOnceUpTo = 10_000;
const editDelayMs = 300;

/**
 * The page's copy of the draft and of the host's last snapshot. The host owns the draft. What is typed is posted to it
 * at once, because VS Code destroys a hidden page without a warning. Edits are numbered, so that a snapshot from before
 * the last key cannot undo that key.
 */
export class PageModel {
  readonly #deps: PageModelDeps;
  #written: PageDraft = {
    recipients: [],
    departments: [],
    text: '',
    mode: 'personal',
    avatar: '',
  };
  #generation = 0;
  #edit = 0;
  #posted = 0;
  /** The last edit that the host is known to have, and the last one that changed people or departments. */
  #confirmed = 0;
  #audienceEdit = 0;
  #cancelTimer: (() => void) | undefined;
  #state: FormState | undefined;
  #checked: Checked = { issues: [] };

  constructor(deps: PageModelDeps) {
    this.#deps = deps;
  }

  get state(): FormState | undefined {
    return this.#state;
  }

  get written(): Readonly<PageDraft> {
    return this.#written;
  }

  /** The faults that the host found in the last edit that it checked. */
  get issues(): Checked['issues'] {
    return this.#checked.issues;
  }

  /** How that edit would be sent; undefined when everybody gets the same text. */
  get plan(): Checked['plan'] {
    return this.#checked.plan;
  }

  /** The approximate number of recipients of that edit; only for a draft with departments. */
  get approximatePeople(): number | undefined {
    return this.#checked.approximatePeople;
  }

  /** The reasons why somebody may not get a push, by person id. */
  hints: ReadonlyMap<number, HintView> = new Map();

  /** How many of the recipients the hints are about; undefined: all of them. */
  hintsOfFirst: number | undefined;

  /** True from Send until the host's reply: what is typed meanwhile would get lost. */
  isSending = false;

  /** True from Send until the push is over, and before the first snapshot. */
  get isReadOnly(): boolean {
    return this.isSending || this.#state?.phase.kind !== 'idle';
  }

  /** Takes over the host's snapshot, except for its draft if more has been typed since. */
  accept(state: FormState): void {
    this.#state = state;
    const { draft } = state;
    const replaced = draft.generation > this.#generation;
    if (!replaced && draft.edit < this.#edit) {
      return;
    }
    this.#stopTimer();
    this.#generation = draft.generation;
    this.#edit = draft.edit;
    this.#posted = draft.edit;
    this.#confirmed = draft.edit;
    this.#audienceEdit = draft.edit;
    const { recipients, departments, text, mode, avatar, location } = draft;
    this.#written = {
      ...{ recipients, departments, text, mode, avatar },
      ...(location && { locationIncluded: location.included }),
    };
    this.#checked = state;
  }

  /** Replaces the hints. */
  hinted(hints: readonly HintView[], firstOnly?: number): void {
    this.hints = new Map(hints.map((one) => [one.id, one]));
    this.hintsOfFirst = firstOnly;
  }

  /** Takes over how far the push has come. */
  moved(phase: PhaseView): void {
    if (this.#state) {
      this.#state = { ...this.#state, phase };
    }
  }

  /** Takes over what the host found about an edit. Returns false for any edit but the last one, and if it is no news. */
  checked(stamp: Stamp, checked: Checked): boolean {
    if (stamp.generation !== this.#generation) {
      return false;
    }
    this.#confirmed = stamp.edit;
    const isNews = saidOf(checked) !== saidOf(this.#checked);
    if (stamp.edit !== this.#edit || !isNews) {
      return false;
    }
    this.#checked = checked;
    return true;
  }

  change(changes: Partial<PageDraft>): void {
    this.#written = { ...this.#written, ...changes };
    this.#edit += 1;
    if (changes.recipients ?? changes.departments) {
      this.#audienceEdit = this.#edit;
    }
    this.#stopTimer();
    if (this.#written.text.length <= postedAtOnceUpTo) {
      this.flush();
    } else {
      this.#cancelTimer = this.#deps.later(() => this.flush(), editDelayMs);
    }
  }

  /** Posts the last edit if the host does not have it yet. */
  flush(): void {
    this.#stopTimer();
    if (this.#posted !== this.#edit) {
      this.#posted = this.#edit;
      const { generation, edit, written } = this.#forHost();
      const { text, mode, avatar, locationIncluded } = written;
      const rewritten = {
        text,
        mode,
        avatar,
        ...(locationIncluded !== undefined && { locationIncluded }),
      };
      const isConfirmed = this.#audienceEdit <= this.#confirmed;
      this.#deps.post({
        type: 'edit',
        generation,
        edit,
        written: isConfirmed ? rewritten : written,
      });
    }
  }

  /** The contents of a `send` message, which takes the place of an edit that is not posted yet. */
  forSend(): Stamped {
    this.#stopTimer();
    this.#posted = this.#edit;
    return this.#forHost();
  }

  #forHost(): Stamped {
    const { recipients, departments, ...others } = this.#written;
    return {
      generation: this.#generation,
      edit: this.#edit,
      written: {
        ...others,
        recipients: recipients.map(({ id }) => id),
        departments: departments.map(({ id, reach }) => ({ id, reach })),
      },
    };
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}

function saidOf({ issues, plan, approximatePeople }: Checked): string {
  return JSON.stringify([issues, plan, approximatePeople]);
}
