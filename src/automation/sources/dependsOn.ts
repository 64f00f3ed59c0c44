import * as v from 'valibot';

/** A task as VS Code shows it, as far as it takes part in others. */
export interface ShownTask {
  execution: object;
  name: string;
  /** Who provides it: "Workspace" for tasks.json, or such as "npm". */
  source: string;
  /** The folder that it belongs to, as text; see {@link anyScope}. */
  scope: string;
  folder: string | undefined;
  definition: Readonly<Record<string, unknown>>;
  isBackground: boolean;
}

/** Tasks of the user's settings and of a workspace file use tasks of any folder. */
export const anyScope = '';

/** A task of a tasks.json that waits for others. VS Code tells no extension of this, but the file is a setting. */
export interface DependentTask {
  label: string;
  scope: string;
  /** All that it waits for, directly or through others. */
  includes: (task: ShownTask) => boolean;
  /** For a compound task, which runs nothing itself: how many tasks it waits for that do. */
  parts: number | undefined;
}

const identifier = v.union([v.string(), v.looseObject({ type: v.string() })]);
type Identifier = v.InferOutput<typeof identifier>;

const entry = v.looseObject({
  label: v.string(),
  dependsOn: v.union([identifier, v.array(identifier)]),
});

/** Keys of an entry that runs something. */
const runsItself = ['command', 'type', 'script'];

/** Reads the list of a tasks.json. An entry that is not understood counts as one that waits for nothing. */
export function dependentTasks(list: unknown, scope: string): DependentTask[] {
  if (!Array.isArray(list)) {
    return [];
  }
  const waits = new Map<string, readonly Identifier[]>();
  const compound = new Set<string>();
  for (const one of list) {
    const { success, output } = v.safeParse(entry, one);
    if (success) {
      waits.set(output.label, [output.dependsOn].flat());
      if (!runsItself.some((key) => key in output)) {
        compound.add(output.label);
      }
    }
  }
  return [...waits.keys()].map((label) => {
    const all = allOf(label, waits);
    return {
      ...{ label, scope },
      includes: (task) =>
        (scope === anyScope || task.scope === scope) && all.some((one) => isNamed(task, one)),
      parts: compound.has(label)
        ? all.filter((one) => typeof one !== 'string' || !compound.has(one)).length
        : undefined,
    };
  });
}

function allOf(label: string, waits: ReadonlyMap<string, readonly Identifier[]>): Identifier[] {
  const all = new Set<Identifier>(waits.get(label));
  for (const one of all) {
    // A set that grows while it is walked is walked to its end, and a circle ends it.
    for (const further of (typeof one === 'string' && waits.get(one)) || []) {
      all.add(further);
    }
  }
  all.delete(label);
  return [...all];
}

/** A task is named by its label, "source: name", or properties of its definition. */
function isNamed({ name, source, definition }: ShownTask, by: Identifier): boolean {
  return typeof by === 'string'
    ? by === name || by === `${source}: ${name}`
    : Object.entries(by).every(
        ([key, value]) => JSON.stringify(definition[key]) === JSON.stringify(value),
      );
}
