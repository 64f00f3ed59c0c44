import assert from 'node:assert/strict';
import { departmentMatch, nameMatch, personMatch } from '../../../src/people/ranking';

describe('how what is typed meets a name', () => {
  for (const [query, name, match] of [
    // Spelled as the portal spells it: case, ё and the encoding of letters aside.
    ['Иван Петров', 'Иван Петров', 'exact'],
    ['петров иван', 'Иван Петров', 'exact'],
    ['Артем Ёлкин', 'Артём Елкин', 'exact'],
    ['Андре\u0438\u0306', 'Андрей', 'exact'],
    ['Иван\u200b Петров', 'Иван Петров', 'exact'],
    ['Müller', 'Mu\u0308ller', 'exact'],
    ['Петров', 'Иван Петров', 'prefix'],
    ['пет ив', 'Иван Петров', 'prefix'],
    ['Acme', 'Acme Sales', 'prefix'],
    // By another spelling, and so never certain.
    ['Ivan Petrov', 'Иван Петров', 'folded'],
    ['Bdfy Gtnhjd', 'Иван Петров', 'folded'],
    ['Muller', 'Müller', 'folded'],
    ['Mueller', 'Müller', 'folded'],
    ["O'tkir", 'O‘tkir', 'folded'],
    ['Андреи', 'Андрей', 'folded'],
    ['Соколов', 'Coколов', 'folded'],
    ['Ана', 'Анна', 'folded'],
    ['трови', 'Петрович', 'other'],
    ['Иван Иванов', 'Иван Петров', undefined],
    ['Иван Иван', 'Иван Петров', 'other'],
    ['ов', 'Петров', undefined],
    ['', 'Иван', undefined],
    ['—', 'Иван', undefined],
  ] as const) {
    it(`${JSON.stringify(query)} and ${JSON.stringify(name)}: ${match ?? 'not at all'}`, () => {
      assert.equal(nameMatch(query, name), match);
    });
  }

  it('tells what else than the name was met', () => {
    const ivan = {
      ...{ firstName: 'Иван', lastName: 'Сидоров' },
      ...{ secondName: 'Петрович', position: 'Инженер' },
    };
    const departments = ['Продажи', 'Склад №2'];
    const of = (query: string) => personMatch(query, ivan, departments);
    assert.deepEqual(of('сидоров'), { match: 'prefix' });
    assert.deepEqual(of('sidorov'), { match: 'folded' });
    assert.deepEqual(of('петрович'), { match: 'prefix', by: 'Петрович' });
    assert.deepEqual(of('иван петрович сидоров'), { match: 'exact', by: 'Петрович' });
    assert.deepEqual(of('склад'), { match: 'other', by: 'Склад №2' });
    assert.deepEqual(of('sklad иван'), { match: 'other', by: 'Склад №2' });
    assert.deepEqual(of('инженер'), { match: 'other', by: undefined });
  });

  it('takes the path of a department for its name', () => {
    const path = ['Acme', 'Moscow', 'Sales'];
    assert.equal(departmentMatch('sales', path), 'exact');
    assert.equal(departmentMatch('moscow sales', path), 'prefix');
    assert.equal(departmentMatch('acme moscow sales', path), 'prefix');
    assert.equal(departmentMatch('москва', path), 'other');
  });
});
