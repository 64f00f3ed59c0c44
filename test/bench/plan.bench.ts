import { parseTemplate } from '../../src/push/personalText';
import type { TextPerson } from '../../src/push/personalText';
import { planPush } from '../../src/push/plan';
import type { Bench } from './benches';

const count = 10_000;
const times = 9;

const people: TextPerson[] = Array.from({ length: count }, (_, index) => ({
  id: index + 1,
  firstName: `Имя${index}`,
  lastName: `Фамилия${index % 700}`,
  position: index % 3 === 0 ? undefined : `Инженер ${index % 40}`,
  department: `Отдел ${index % 120}`,
}));
const personal =
  'Привет, {name|коллега}! {position|Вы} из отдела «{department}»: сегодня в 18:00 обновление. ' +
  'Сохраните работу и закройте вкладки портала. {full_name}, спасибо!';

const plan = (text: string) => planPush(parseTemplate(text, 'personal'), people);

/** Ms, the median of several runs after one that warms up. */
function median(run: () => unknown): number {
  run();
  const spent = Array.from({ length: times }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return spent.sort((a, b) => a - b)[Math.floor(times / 2)] ?? Number.NaN;
}

export const benches: Bench[] = [
  {
    name: 'plan.10000Ms',
    what: 'A push to 10,000 people with a text of their own each: planned in ms',
    atMost: 100,
    run: () => Promise.resolve(median(() => plan(personal))),
  },
  {
    name: 'plan.10000Requests',
    what: 'Requests of that push',
    atMost: 200,
    run: () => Promise.resolve(plan(personal).summary.requests),
  },
  {
    name: 'plan.10000OneTextRequests',
    what: 'Requests of one text to 10,000 people',
    atMost: 1,
    run: () => Promise.resolve(plan('Сегодня в 18:00 обновление.').summary.requests),
  },
];
