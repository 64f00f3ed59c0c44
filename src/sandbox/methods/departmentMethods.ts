import type { Department } from '../staff';
import { PhpArray, toInt, toText, type PhpValue } from '../php';
import type { Json } from '../phpJson';
import { answer, PAGE_SIZE, type Answer, type Call, type MethodTable } from './method';

export const departmentMethods: MethodTable = {
  'department.get': { scopes: ['department'], run: departmentGet },
  'department.fields': { scopes: ['department'], run: departmentFields },
};

function departmentFields(): Answer {
  return answer({
    ID: 'ID',
    NAME: 'Name',
    SORT: 'Sorting',
    PARENT: 'Parent department',
    UF_HEAD: 'Head',
  });
}

const FIELDS = ['ID', 'NAME', 'SORT', 'PARENT', 'UF_HEAD'] as const;
type Field = (typeof FIELDS)[number];

/**
 * Lists departments. Filter names count only in upper case, so an upper-case SORT is both an order and a
 * filter. Source: docs/bitrix24.md, section 7; intranet/classes/general/rest.php.
 */
function departmentGet({ portal, params, start }: Call): Answer {
  const nested = params.get('FILTER');
  const query = nested instanceof PhpArray ? nested : params;
  const tests = FIELDS.flatMap((field) => fieldTest(field, query.get(field)));
  const found = portal.staffIndex.departmentTree.filter((department) =>
    tests.every((test) => test(department)),
  );
  const sorted = sortDepartments(found, query.withUpperCaseKeys());

  const offset = start < 0 ? 0 : Math.floor(start / PAGE_SIZE) * PAGE_SIZE;
  const rows = sorted.slice(offset, offset + PAGE_SIZE).map(departmentRow);
  const next = offset + PAGE_SIZE;
  return {
    result: rows,
    total: sorted.length,
    ...(start >= 0 && next < sorted.length ? { next } : {}),
  };
}

function fieldTest(
  field: Field,
  wanted: PhpValue | undefined,
): ((department: Department) => boolean)[] {
  if (wanted === undefined || wanted === null) {
    return [];
  }
  if (field === 'NAME') {
    const name = toText(wanted).toLowerCase();
    return [(department) => department.name.toLowerCase() === name];
  }
  const given = wanted instanceof PhpArray ? Array.from(wanted.values(), toInt) : [toInt(wanted)];
  const ids = new Set(given);
  return [(department) => ids.has(Number(valueOf(department, field)))];
}

function valueOf(department: Department, field: Field): string | number {
  switch (field) {
    case 'ID':
      return department.id;
    case 'NAME':
      return department.name;
    case 'SORT':
      return department.sort;
    case 'PARENT':
      return department.parent ?? 0;
    case 'UF_HEAD':
      return department.head ?? 0;
  }
}

function departmentRow(department: Department): Json {
  return {
    ID: String(department.id),
    NAME: department.name,
    SORT: department.sort,
    ...(department.parent === null ? {} : { PARENT: String(department.parent) }),
    ...(department.head === null ? {} : { UF_HEAD: String(department.head) }),
  };
}

function sortDepartments(departments: Department[], query: PhpArray): Department[] {
  const wanted = query.get('SORT');
  const name = typeof wanted === 'string' ? wanted.toUpperCase() : '';
  const field = FIELDS.find((known) => known === name);
  if (field === undefined) {
    return departments;
  }
  const direction = toText(query.get('ORDER')).toUpperCase() === 'DESC' ? -1 : 1;
  return departments.toSorted((a, b) => {
    const [x, y] = [valueOf(a, field), valueOf(b, field)];
    const order = typeof x === 'number' ? x - Number(y) : x.localeCompare(String(y), 'en');
    return direction * order;
  });
}
