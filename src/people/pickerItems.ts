import { l10n, QuickPickItemKind } from 'vscode';
import { counted, countOfDepartments, countOfPeople } from '../common/counted';
import { plainLabel } from '../common/plainText';
import type { DepartmentTree } from './departments/departmentTree';
import type { RowItem } from './tickSafeLines';
import type { DepartmentRecipient } from './recipient';
import { departmentName, recipientName } from './recipientName';
import type { RecipientRow } from './pickerRows';
import { whyFound } from './searchSentences';

/** What the picker's lines show beside names. */
interface PickerDetails {
  tree: DepartmentTree | undefined;
  /** The number of people in a department; undefined if it is not known. */
  count(department: DepartmentRecipient): number | undefined;
  /** Why a push may not reach somebody; undefined if nothing is known against it. */
  hint(id: number): string | undefined;
  nameOf(id: number): string | undefined;
}

const namesAtMost = 10;

/** The headings that rows stand under. */
function sections(): Record<RecipientRow['kind'], string> {
  const recent = l10n.t('recent');
  const departments = l10n.t('departments');
  const found = l10n.t('found');
  return {
    ...{ chosen: l10n.t('chosen'), last: recent, me: recent, recent, group: l10n.t('groups') },
    ...{ departments, back: departments, department: departments },
    ...{ unmatched: l10n.t('not found'), ids: found, list: found, found },
  };
}

/** The quick pick's items: rows under their headings, then notes that nobody can choose. */
export function itemsOf(
  rows: readonly RecipientRow[],
  details: PickerDetails,
  notes: readonly (string | false | undefined)[],
): RowItem[] {
  const items: RowItem[] = [];
  const headings = sections();
  let heading: string | undefined;
  for (const row of rows) {
    if (heading !== headings[row.kind]) {
      heading = headings[row.kind];
      items.push({ label: heading, kind: QuickPickItemKind.Separator });
    }
    items.push(itemOf(row, details));
  }
  const said = notes.flatMap((note) => note || []);
  if (items.length === 0 && said.length > 0) {
    items.push({ label: '', kind: QuickPickItemKind.Separator });
  }
  said.forEach((note) => items.push({ label: `$(info) ${plainLabel(note)}`, alwaysShow: true }));
  return items;
}

/** The quick pick's item for a row. It is always shown, because VS Code's filter would hide people found by position. */
function itemOf(row: RecipientRow, facts: PickerDetails): RowItem {
  const [department] = row.departments ?? [];
  if (department && (row.kind === 'department' || row.kind === 'chosen')) {
    return departmentItem(row, department, facts);
  }
  const names = namesOf(row, facts);
  const item: RowItem = { label: names, alwaysShow: true, row };
  const [one] = row.people;
  switch (row.kind) {
    case 'me':
      item.label = `$(account) ${l10n.t('Me')}`;
      item.description = names;
      break;
    case 'last':
      item.label = `$(history) ${l10n.t('Same as last time')}`;
      item.description = names;
      break;
    case 'ids':
      item.label =
        row.people.length === 1
          ? l10n.t('Send to id {0}', one?.id ?? 0)
          : l10n.t('Send to ids {0}', row.people.map(({ id }) => id).join(', '));
      item.description = troubleOf(row) ?? (row.people.some(({ name }) => name) ? names : '');
      break;
    case 'list':
      item.label = listLabel(row);
      item.description = names;
      break;
    case 'unmatched':
      item.label = `$(warning) ${plainLabel(row.unmatched?.text ?? '')}`;
      item.description = whyUnmatched(row);
      break;
    case 'group':
      item.label = `$(bookmark) ${plainLabel(row.group?.name ?? '')}`;
      item.description = joined(sizeOf(row), whyFound(row));
      if (row.group?.from === 'workspace') {
        item.detail = l10n.t('from the settings of this workspace');
      }
      break;
    case 'departments':
      item.label = `$(organization) ${l10n.t('Departments…')}`;
      item.description = l10n.t('choose from the company structure');
      break;
    case 'back':
      item.label = `$(arrow-left) ${l10n.t('Back to people')}`;
      break;
    case 'chosen':
    case 'recent':
    case 'found':
    case 'department':
      if (row.people.length > 1) {
        item.label = countOfPeople(row.people.length);
        item.description = names;
      } else if (one) {
        const hint = facts.hint(one.id);
        item.description = joined(
          plainLabel(one.position ?? ''),
          whyFound(row),
          one.name && `#${one.id}`,
          hint && `$(warning) ${plainLabel(hint)}`,
        );
      }
      break;
  }
  return item;
}

function departmentItem(
  row: RecipientRow,
  one: DepartmentRecipient,
  facts: PickerDetails,
): RowItem {
  const { tree } = facts;
  const known = tree?.get(one.id);
  const name = plainLabel(departmentName({ id: one.id, name: one.name ?? known?.name }));
  const hasMore = (tree?.children(one.id).length ?? 0) > 0;
  const count = facts.count(one);
  const head = known?.head === undefined ? undefined : facts.nameOf(known.head);
  const inTree = row.depth !== undefined;
  const above = inTree ? [] : (tree?.path(one.id).slice(0, -1) ?? []);
  return {
    label: `${'\u2003'.repeat(row.depth ?? 0)}$(organization) ${name}`,
    description: joined(
      one.reach === 'direct' && l10n.t('direct members only'),
      one.reach === 'tree' && hasMore && l10n.t('with sub-departments'),
      count !== undefined && countOfPeople(count),
      whyFound(row),
      inTree && head && l10n.t('head: {0}', plainLabel(head)),
    ),
    alwaysShow: true,
    row,
    ...(row.kind === 'department' && { detail: plainLabel(above.join(' / ')) }),
  };
}

function joined(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}

function listLabel({ people, departments = [] }: RecipientRow): string {
  if (departments.length === 0) {
    return counted(l10n.t('Send to {0} person found|Send to {0} people found'), people.length);
  }
  return l10n.t('Send to those found: {0}', sizeOf({ people, departments }));
}

function sizeOf({ people, departments = [] }: Pick<RecipientRow, 'people' | 'departments'>) {
  const parts = [
    (people.length > 0 || departments.length === 0) && countOfPeople(people.length),
    departments.length > 0 && countOfDepartments(departments.length),
  ];
  return parts.filter(Boolean).join(', ');
}

function namesOf({ people, departments = [] }: RecipientRow, facts: PickerDetails): string {
  const names = [
    ...people
      .slice(0, namesAtMost)
      .map((one) => recipientName({ ...one, name: one.name ?? facts.nameOf(one.id) })),
    ...departments
      .slice(0, namesAtMost)
      .map(({ id, name }) => departmentName({ id, name: name ?? facts.tree?.get(id)?.name })),
  ];
  const more = Math.max(0, people.length - namesAtMost);
  return plainLabel(names.join(', ') + (more > 0 ? '…' : ''));
}

function whyUnmatched({ unmatched }: RecipientRow): string {
  switch (unmatched?.why) {
    case 'ambiguous':
      return l10n.t('several match: choose one, or type more of the name');
    case 'noScope':
      return l10n.t('cannot be looked up: the application lacks a permission');
    case 'inactive':
      return l10n.t('was dismissed');
    case 'spelling':
      return l10n.t('spelled differently on the portal: choose who is meant');
    case 'address':
      return l10n.t('nobody has this address, but somebody has the name: choose who is meant');
    case 'number':
      return l10n.t('may be an id or only a number: choose if it is an id');
    case 'mismatch':
      return l10n.t('the person with this id has another name: choose who is meant');
    case 'portal':
      return l10n.t('a profile of another portal');
    case 'unknownId':
      return l10n.t('nobody has this id');
    case 'unknown':
    case undefined:
      return l10n.t('nobody found');
  }
}

function troubleOf({ trouble, people }: RecipientRow): string | undefined {
  switch (trouble) {
    case 'unknown':
      return people.length === 1
        ? l10n.t('nobody has this id')
        : l10n.t('some of these ids belong to nobody');
    case 'inactive':
      return people.length === 1 ? l10n.t('was dismissed') : l10n.t('some were dismissed');
    case undefined:
      return undefined;
  }
}
