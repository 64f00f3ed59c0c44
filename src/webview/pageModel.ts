import type {
  DepartmentView,
  FormState,
  FromForm,
  HintView,
  IssueView,
  Person,
  PhaseView,
  PlanView,
  Written,
} from '../form/protocol';

/** What is written now, with people and departments as they are drawn. */
export type PageDraft = Omit<Written, 'recipients' | 'departments'> & {
  recipients: readonly Person[];
  departments: readonly DepartmentView[];
};

export interface PageModelDeps {
  post(message: FromForm): void;
  /** Runs once after `ms` unless the returned function is called before. */
  later(run: () => void, ms: number): () => void;
}

interface Stamp {
  generation: number;
  edit: number;
}
type Stamped = Stamp & { written: Written };
interface Checked {
  issues: readonly IssueView[];
  plan?: PlanView | undefined;
  about?: number | undefined;
}

/** A text beyond this is no push any more, and too much to hand over at every key. UTF-16 units. */
const promptUpTo = 10_000;
const editDelayMs = 300;

/**
 * The draft as the page has it between two snapshots of the host. The host owns the draft; what is typed here
 * goes there at once, because VS Code takes a hidden page away without a warning. Edits are numbered, so that a
 * snapshot taken before the last key cannot undo it.
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
  #cancelTimer: (() => void) | undefined;
  #state: FormState | undefined;
  #issues: readonly IssueView[] = [];
  #plan: PlanView | undefined;
  #about: number | undefined;
  #hints: ReadonlyMap<number, HintView> = new Map();
  #hintsOfFirst: number | undefined;

  constructor(deps: PageModelDeps) {
    this.#deps = deps;
  }

  get state(): FormState | undefined {
    return this.#state;
  }

  get written(): Readonly<PageDraft> {
    return this.#written;
  }

  /** What the host found wrong with what it last saw. */
  get issues(): readonly IssueView[] {
    return this.#issues;
  }

  /** How what the host last saw would go; undefined when every one of its people gets the same text. */
  get plan(): PlanView | undefined {
    return this.#plan;
  }

  /** With departments: how many people that was when the host last saw them. */
  get about(): number | undefined {
    return this.#about;
  }

  /** What speaks against a push to somebody, by id. */
  get hints(): ReadonlyMap<number, HintView> {
    return this.#hints;
  }

  /** How many people were asked about, when that is not all of them. */
  get hintsOfFirst(): number | undefined {
    return this.#hintsOfFirst;
  }

  /** Takes the host's snapshot, but not its draft when more has been typed since. */
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
    this.#written = {
      recipients: draft.recipients,
      departments: draft.departments ?? [],
      text: draft.text,
      mode: draft.mode,
      avatar: draft.avatar,
      ...(draft.location ? { locationIncluded: draft.location.included } : {}),
    };
    this.#issues = state.issues;
    this.#plan = state.plan;
    this.#about = state.about;
  }

  hinted(hints: readonly HintView[], firstOnly?: number): void {
    this.#hints = new Map(hints.map((one) => [one.id, one]));
    this.#hintsOfFirst = firstOnly;
  }

  /** The push has come further. */
  moved(phase: PhaseView): void {
    if (this.#state) {
      this.#state = { ...this.#state, phase };
    }
  }

  /** Issues of an edit; late ones are passed over. */
  checked(stamp: Stamp, { issues, plan, about }: Checked): boolean {
    if (stamp.generation !== this.#generation || stamp.edit !== this.#edit) {
      return false;
    }
    this.#issues = issues;
    this.#plan = plan;
    this.#about = about;
    return true;
  }

  change(changes: Partial<PageDraft>): void {
    this.#written = { ...this.#written, ...changes };
    this.#edit += 1;
    this.#stopTimer();
    if (this.#written.text.length <= promptUpTo) {
      this.flush();
    } else {
      this.#cancelTimer = this.#deps.later(() => {
        this.flush();
      }, editDelayMs);
    }
  }

  /** Gives the host what it does not have yet: on blur, before the page hides. */
  flush(): void {
    this.#stopTimer();
    if (this.#posted !== this.#edit) {
      this.#posted = this.#edit;
      this.#deps.post({ type: 'edit', ...this.#forHost() });
    }
  }

  /** What a `send` carries; it takes the place of a pending edit. */
  forSend(): Stamped {
    this.#stopTimer();
    this.#posted = this.#edit;
    return this.#forHost();
  }

  #forHost(): Stamped {
    const { recipients, departments, ...others } = this.#written;
    return {
      ...this.#stamp,
      written: {
        ...others,
        recipients: recipients.map(({ id }) => id),
        ...(departments.length > 0 && {
          departments: departments.map(({ id, reach }) => ({ id, reach })),
        }),
      },
    };
  }

  get #stamp(): Stamp {
    return { generation: this.#generation, edit: this.#edit };
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
