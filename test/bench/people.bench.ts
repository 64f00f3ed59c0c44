import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import type { Transport } from '../../src/bitrix24/transport';
import type { Clock } from '../../src/common/clock';
import { silentLog } from '../support/silentLog';
import { Directories } from '../../src/people/directory/directories';
import { storageFolder } from '../../src/common/storageFolder';
import { PeopleDirectory } from '../../src/people/directory/peopleDirectory';
import { encodePeople } from '../../src/people/directory/peopleFile';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { generateStaff } from '../../src/sandbox/generatedStaff';
import type { Staff } from '../../src/sandbox/staff';
import { manyDepartments, manyPeople } from '../support/manyPeople';
import { sandboxClient } from '../support/sandboxClient';
import type { Bench } from './benches';

const count = 100_000;
const times = 7;

/** What people type, letter by letter: 200 queries of every kind. */
const queries = [
  // Names and surnames, whole, in part, in both orders.
  'иванов,петрова,анна,сергей,кузнецова,смирнов,екатерина,михайлов,соколов,новиков,дмитрий,ольга,алексей,юлия,наталья,григорий,павел,андрей,фёдоров,лебедев',
  'анна петрова,петр анна,иван сидоров,соколов михаил,мария иванова,юрий козлов,ксения орлова,волков егор,татьяна зайцева,макаров олег,кузнецов дмитрий,алексеева юлия,виктор степанов,яна никитина,борисов артём',
  // ё, hyphens, apostrophes, accents.
  'федор,фёдор,семен,артем,киселёв,киселев,алёна,анна-мария,петров-водкин,римский-корсаков',
  // Latin for Cyrillic.
  'ivan,ivanov,petrova,yuliya,julia,iuliia,kseniya,xenia,dmitry,dmitriy,dmitrij,fyodor,fedor,semyon,artyom,shcherbakov,schukin,tsvetkov,cvetkov,kharitonov,haritonov,alexander,aleksandr,yekaterina,zhanna,grigoriev,ekaterina ivanova,sergey petrov,anna smirnova,mikhail sokolov',
  // Cyrillic for Latin.
  'смит,джонсон,картер,уильям,браун,алиса,томас,эмма,вилсон,миллер,мартин,кларк,джон смит,виктор браун,ксения картер',
  // English as it is.
  'john,john smith,smith,emma carter,williams,brownson,thomas,alice,clarkson,nelson,olivia,walker,young,sophia hill,parker',
  // The wrong layout, both ways.
  'bdfy,gtnhjdf,fyyf,cvbhyjd,vbh[fbk,njkz,rctybz,.kbz,`krby,abkbgg,fktrcfylh,vfhbz,cthutq,gtnh fyyf,bdfy cbljhjd,',
  'шмфт,щдшмшф,оцрт,ыьшер,лыутшф,зуекщм,штгвд,фдучфтвук,оцрт ыьшер,цшддшфь',
  // Positions and departments.
  'бухгалтер,главный бухгалтер,инженер,ведущий инженер,разработчик,тестировщик,дизайнер,аналитик,менеджер по продажам,руководитель отдела,директор,юрист,экономист,водитель,кладовщик,секретарь,hr,smm,1с,engineer,sales manager,designer,qa,devops,lawyer',
  'отдел продаж,служба безопасности,группа разработки,design,support,finance,отдел закупок,логистики,сектор,управление',
  'инженер иванов,бухгалтер анна,разработчик сергей,отдел продаж иван,designer emma,engineer smith,водитель петров,юрист ольга,аналитик юлия,hr мария',
  // The inside of words, rare ones, ones that nobody has.
  'ова,енко,ский,нов,ович,son,berg,ford,щик,итель',
  'ъъъ,zzzz,йцукен,qwerty,абракадабра,и,а,о,j,s,щ,ы,xxxxxx,ян ов,ккк',
]
  .flatMap((line) => line.split(','))
  .filter((query) => query !== '');

export const benches: Bench[] = [
  {
    name: 'picker.keystroke100k.p95Ms',
    what: '100,000 people, 200 queries of all kinds typed letter by letter: ms until the list is there, 95th percentile',
    atMost: 8,
    run: keystroke,
  },
  {
    name: 'picker.memory100kMB',
    what: 'Memory of 100,000 people who are searched, over an empty directory',
    atMost: 25,
    run: memory,
  },
  {
    name: 'picker.open100kMs',
    what: '100,000 people from the disk until the first letter is answered, ms',
    atMost: 150,
    run: open,
  },
  {
    name: 'directory.requests100k',
    what: 'HTTP requests to read 100,000 people, none refused by a bucket of 50 that leaks 2 a second',
    atMost: 42,
    run: requests,
  },
];

/** The 95th percentile of all keystrokes of all queries. */
async function keystroke(): Promise<number> {
  assert.ok(queries.length >= 200, `${queries.length} queries`);
  const directory = await PeopleDirectory.open(await fileOf(count));
  directory.useDepartments(manyDepartments());
  const boost = new Map(Array.from({ length: 50 }, (_, at) => [at * 303 + 5, at]));
  return await medianOf(() => {
    const spent: number[] = [];
    for (const query of queries) {
      for (let length = 1; length <= query.length; length += 1) {
        const start = performance.now();
        directory.search(query.slice(0, length), { boost });
        spent.push(performance.now() - start);
      }
    }
    return Promise.resolve(percentile(spent, 0.95));
  });
}

/** What a directory that has been searched takes more than an empty one. */
async function memory(): Promise<number> {
  const [full, empty] = [await fileOf(count), await fileOf(0)];
  const taken = async (file: Uint8Array): Promise<number> => {
    await collected();
    const before = await collected();
    const directory = await PeopleDirectory.open(new Uint8Array(file));
    directory.useDepartments(manyDepartments());
    queries.slice(0, 50).forEach((query) => directory.search(query));
    const after = await collected();
    // Lives until here.
    assert.ok(directory.count >= 0);
    return after - before;
  };
  return await medianOf(async () => ((await taken(full)) - (await taken(empty))) / 1e6);
}

/** From the disk until the first keystroke is answered. */
async function open(): Promise<number> {
  return await inFolder(async (folder) => {
    const people = manyPeople(count);
    const disk = storageFolder(folder);
    await disk.writeBytes('bench.people', await encodePeople(people, 0));
    return await medianOf(async () => {
      const start = performance.now();
      const bytes = await disk.readBytes('bench.people');
      assert.ok(bytes);
      const directory = await PeopleDirectory.open(bytes);
      assert.ok(directory.search('иван').total > 0);
      return performance.now() - start;
    });
  });
}

/** HTTP requests that the sandbox counts until all have been read; none of them may meet a full bucket. */
async function requests(): Promise<number> {
  // One clock for both: the bucket leaks as the client waits, and nobody waits really.
  let now = Date.now();
  const clock: Clock = {
    now: () => now,
    sleep: (ms: number) => {
      now += ms;
      return Promise.resolve();
    },
  };
  const sandbox = await startSandbox({ staff: everybodyActive, now: () => clock.now() });
  sandbox.patchState({ bucket: { size: 50, drain: 2 } });
  try {
    return await medianOf(() => inFolder((folder) => requestsToRead(sandbox, clock, folder)));
  } finally {
    await sandbox.close();
  }
}

/** So that it is 100,000 who are read. */
function everybodyActive(): Staff {
  const staff = generateStaff(count, 1);
  const people = staff.people.map((person) => ({
    ...person,
    active: true,
    extranet: false,
    departments: person.departments.length > 0 ? person.departments : [1],
  }));
  return { ...staff, people };
}

async function requestsToRead(sandbox: Sandbox, clock: Clock, folder: string): Promise<number> {
  const network = nodeFetchTransport({ userAgent: 'bench/1' });
  let sent = 0;
  const counting: Transport = {
    send: async (request) => {
      sent += request.url.pathname.startsWith('/rest/') ? 1 : 0;
      const response = await network.send(request);
      assert.equal(response.status, 200, request.url.pathname);
      return response;
    },
  };
  const client = await sandboxClient(sandbox, clock, { transport: counting });
  const directories = new Directories({
    accounts: { client: () => Promise.resolve(client) },
    folder: storageFolder(folder),
    clock,
    log: silentLog,
  });
  const outcome = await directories.read('bench');
  assert.ok(outcome.kind === 'read' && outcome.directory.count === count);
  directories.dispose();
  return sent;
}

async function fileOf(people: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(Buffer.concat(await encodePeople(manyPeople(people), 0)));
}

async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bitrix24-push-bench-'));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function medianOf(run: () => Promise<number>): Promise<number> {
  const figures: number[] = [];
  for (let time = 0; time < times; time += 1) {
    figures.push(await run());
  }
  return percentile(figures, 0.5);
}

function percentile(figures: readonly number[], part: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * part) - 1] ?? NaN;
}

/** Bytes in use after all garbage is gone. */
async function collected(): Promise<number> {
  assert.ok(globalThis.gc, 'run with --expose-gc');
  for (let time = 0; time < 3; time += 1) {
    globalThis.gc();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
