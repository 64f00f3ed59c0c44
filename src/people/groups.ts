import * as v from 'valibot';
import { covers } from './recipient';
import type { Audience, ChosenAudience, DepartmentRecipient, Recipient } from './recipient';

/** A named group of people and departments from the setting `bitrix24Push.groups`. */
export interface SavedGroup {
  name: string;
  /** User ids. */
  people: number[];
  departments: Omit<DepartmentRecipient, 'name'>[];
  from: GroupTarget;
}

export type GroupTarget = 'user' | 'workspace';

/** The setting does not have the shape that a group could be added to. Nothing was written. */
export class GroupsSettingFault extends Error {
  override readonly name = 'GroupsSettingFault';
}

interface SavedGroupsDeps {
  setting: GroupsSetting;
  /** Groups of an untrusted workspace are ignored, because it must not say whom a push goes to. */
  isTrusted: () => boolean;
  report: (fault: string) => void;
}

/** Reads and writes the setting in the user's settings or in those of the workspace. */
interface GroupsSetting {
  read(from: GroupTarget): unknown;
  write(to: GroupTarget, value: Record<string, unknown>): Thenable<void>;
}

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const departmentFields = v.object({ id, subdepartments: v.optional(v.boolean(), true) });
const department = v.pipe(
  v.union([id, departmentFields]),
  v.transform((one): SavedGroup['departments'][number] =>
    typeof one === 'number'
      ? { id: one, reach: 'tree' }
      : { id: one.id, reach: one.subdepartments ? 'tree' : 'direct' },
  ),
);
const groupFields = v.object({
  people: v.optional(v.array(id), []),
  departments: v.optional(v.array(department), []),
});
/** An object, but not an array, which `typeof` would accept. */
const objectShape = v.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** Returns the groups of one portal. Entries that are no groups are left out and reported. */
export function parseGroups(
  setting: unknown,
  host: string,
  from: GroupTarget,
  report: (fault: string) => void,
): SavedGroup[] {
  const hosts = v.safeParse(objectShape, setting ?? {});
  if (!hosts.success) {
    report('bitrix24Push.groups is not an object');
    return [];
  }
  const key = keyOf(hosts.output, host);
  if (key === undefined) {
    return [];
  }
  const groups = v.safeParse(objectShape, own(hosts.output, key));
  if (!groups.success) {
    report(`bitrix24Push.groups: what stands under ${key} is not an object`);
    return [];
  }
  return Object.entries(groups.output).flatMap(([name, value]) => {
    const group = v.safeParse(v.pipe(objectShape, groupFields), value);
    if (!group.success || name.trim() === '') {
      report(`bitrix24Push.groups: ${JSON.stringify(name)} under ${key} is not a group`);
      return [];
    }
    const { people, departments } = group.output;
    return [{ name: name.trim(), people: [...new Set(people)], departments, from }];
  });
}

/** The groups in the user's settings and, if it is trusted, in those of the workspace. */
export class SavedGroups {
  readonly #deps: SavedGroupsDeps;

  constructor(deps: SavedGroupsDeps) {
    this.#deps = deps;
  }

  /** Sorted by name. If two have the same name, the workspace's group is used. */
  list(host: string): SavedGroup[] {
    const { setting, isTrusted, report } = this.#deps;
    const sources: GroupTarget[] = isTrusted() ? ['user', 'workspace'] : ['user'];
    const groups = sources.flatMap((from) => parseGroups(setting.read(from), host, from, report));
    const byName = new Map(groups.map((group) => [group.name.toLocaleLowerCase(), group]));
    return [...byName.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Would saving replace a group? Throws GroupsSettingFault. */
  has(host: string, name: string, target: GroupTarget): boolean {
    const hosts = objectOf(this.#deps.setting.read(target));
    const key = keyOf(hosts, host);
    return key !== undefined && keyOf(objectOf(own(hosts, key)), name.trim()) !== undefined;
  }

  /** Writes one group and keeps the rest of the setting. Throws GroupsSettingFault and errors of VS Code. */
  async save(host: string, name: string, audience: Audience, target: GroupTarget): Promise<void> {
    const hosts = objectOf(this.#deps.setting.read(target));
    const hostKey = keyOf(hosts, host) ?? host;
    const groups = objectOf(own(hosts, hostKey));
    const nameKey = keyOf(groups, name.trim()) ?? name.trim();
    const group = { ...objectOf(own(groups, nameKey)) };
    delete group['people'];
    delete group['departments'];
    const { people, departments } = audience;
    if (people.length > 0) {
      group['people'] = people.map((one) => one.id);
    }
    if (departments.length > 0) {
      group['departments'] = departments.map(({ id: one, reach }) =>
        reach === 'tree' ? one : { id: one, subdepartments: false },
      );
    }
    const changed = { ...hosts, [hostKey]: { ...groups, [nameKey]: group } };
    await this.#deps.setting.write(target, changed);
  }
}

/** Everybody in a group. What came from the workspace's settings is marked, because the user did not write it. */
export function audienceOfGroup({ name, people, departments, from }: SavedGroup): Audience {
  const mark = from === 'workspace' ? { workspaceGroup: name } : {};
  return {
    people: people.map((one) => ({ id: one, ...mark })),
    departments: departments.map((one) => ({ ...one, ...mark })),
  };
}

/**
 * Marks everybody of a workspace's group that is chosen as a whole, because the form's page tells only ids. A mark stays
 * when some of the group are removed later. Lists in which nothing changes are returned as they are.
 */
export function markWorkspaceGroups(
  audience: ChosenAudience,
  groups: readonly SavedGroup[],
): ChosenAudience {
  const whole = groups
    .filter(({ from }) => from === 'workspace')
    .map(audienceOfGroup)
    .filter((group) => covers(audience, group));
  const mark = <T extends Recipient | DepartmentRecipient>(all: T[], of: readonly T[]): T[] => {
    const marks = new Map(of.map(({ id, workspaceGroup }) => [id, workspaceGroup]));
    const isNew = (one: T) => marks.has(one.id) && one.workspaceGroup === undefined;
    return all.some(isNew)
      ? all.map((one) => (isNew(one) ? { ...one, workspaceGroup: marks.get(one.id) } : one))
      : all;
  };
  return {
    people: mark(
      audience.people,
      whole.flatMap(({ people }) => people),
    ),
    departments: mark(
      audience.departments,
      whole.flatMap(({ departments }) => departments),
    ),
  };
}

/** The groups of the workspace's settings by which some of these were chosen, each once. */
export function workspaceGroupsOf({ people, departments }: Audience): string[] {
  const names = [...people, ...departments].flatMap((one) => one.workspaceGroup ?? []);
  return [...new Set(names)];
}

/** Finds a key regardless of upper and lower case. */
function keyOf(object: Record<string, unknown>, wanted: string): string | undefined {
  const lower = wanted.toLocaleLowerCase();
  const keys = Object.keys(object);
  return (
    keys.find((key) => key === wanted) ??
    keys.find((key) => key.trim().toLocaleLowerCase() === lower)
  );
}

function own(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function objectOf(value: unknown): Record<string, unknown> {
  const parsed = v.safeParse(objectShape, value ?? {});
  if (!parsed.success) {
    throw new GroupsSettingFault('The setting bitrix24Push.groups does not hold groups');
  }
  return parsed.output;
}
