import { findOwnCalls } from '../../src/ownCalls/findOwnCalls';
import type { Grammar } from '../../src/ownCalls/language';
import type { Bench } from './benches';
import { times } from './stage';

const lines = 5_000;

/** A class of an application as people write it, with a call of the method at its end. */
const functions: Readonly<Record<Grammar, (index: number) => string>> = {
  javascript: (index) =>
    `function load${index}(options) {\n  const items = options.items.filter((item) => item.id > ${index});\n  if (items.length === 0) {\n    return [];\n  }\n  return items.map(({ name, price }) => ({ name, price: price * 1.2, at: 'a${index}' }));\n}\n\n`,
  typescript: (index) =>
    `export async function load${index}(options: Options): Promise<Item[]> {\n  const items = options.items.filter((item) => item.id > ${index});\n  if (items.length === 0) {\n    return [];\n  }\n  return items.map(({ name, price }) => ({ name, price: price * 1.2, at: 'a${index}' }));\n}\n\n`,
  tsx: (index) =>
    `export function Item${index}({ name, price }: Props) {\n  const [open, setOpen] = useState(false);\n  return (\n    <li className="item" onClick={() => setOpen(!open)}>\n      {name}: {price * ${index}}\n    </li>\n  );\n}\n`,
  php: (index) =>
    `    public function load${index}(array $options): array\n    {\n        $items = array_filter($options['items'], fn ($item) => $item['id'] > ${index});\n        if (count($items) === 0) {\n            return [];\n        }\n        return array_map(fn ($item) => ['name' => $item['name'], 'at' => 'a${index}'], $items);\n    }\n`,
  python: (index) =>
    `def load${index}(options):\n    items = [item for item in options["items"] if item["id"] > ${index}]\n    if not items:\n        return []\n    return [\n        {"name": item["name"], "price": item["price"] * 1.2} for item in items\n    ]\n\n`,
};

function sourceOf(grammar: Grammar): string {
  const body = Array.from({ length: lines / 8 }, (_, index) => functions[grammar](index)).join('');
  const method = 'pull.application.push.add';
  switch (grammar) {
    case 'php':
      return `<?php\nclass Store\n{\n${body}}\nCRest::call('${method}', ['USER_ID' => '1,2', 'MESSAGE' => 'Hi']);\n`;
    case 'python':
      return `${body}b.call('${method}', {'USER_ID': '1,2', 'MESSAGE': 'Hi'})\n`;
    case 'javascript':
    case 'typescript':
    case 'tsx':
      return `${body}BX24.callMethod('${method}', { USER_ID: '1,2', MESSAGE: 'Hi' });\n`;
  }
}

/** Ms, the median of the slowest language. */
function slowest(): number {
  const medians = (Object.keys(functions) as Grammar[]).map((grammar) => {
    const text = sourceOf(grammar);
    const run = () => {
      const start = performance.now();
      const { calls } = findOwnCalls(text, grammar);
      const spent = performance.now() - start;
      if (calls[0]?.findings.length !== 2) {
        throw new Error(`${grammar}: the call was not found`);
      }
      return spent;
    };
    // What is opened first is slower, as all code is; what is typed afterwards is not.
    run();
    run();
    const spent = Array.from({ length: Math.max(times, 7) }, run).sort((a, b) => a - b);
    return spent[Math.floor(spent.length / 2)] ?? Number.NaN;
  });
  return Math.max(...medians);
}

export const benches: Bench[] = [
  {
    name: 'ownCalls.scan5000LinesMs',
    what: 'A source of 5,000 lines read for calls of the push method, in the slowest of the languages, ms',
    atMost: 30,
    run: () => Promise.resolve(slowest()),
  },
];
