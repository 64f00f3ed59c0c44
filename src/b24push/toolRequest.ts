import * as v from 'valibot';

/** What the tools of agents ask of a window. `by`: who asks, by its own word. */
export type ToolRequest = v.InferOutput<typeof toolRequestSchema>;

/** What came of it, in sentences for an agent. */
export interface ToolAnswer {
  message: string;
  /** It did not do what was asked for. */
  isError: boolean;
}

export type ToolName = 'notify_me' | 'send_push' | 'find_people';

/** The most characters and entries of a request. A push carries about 3,500 letters. */
export const toolLimits = { text: 10_000, line: 300, avatar: 2_000, to: 100 } as const;

const line = v.pipe(v.string(), v.nonEmpty(), v.maxLength(toolLimits.line));
const text = v.pipe(
  v.string(),
  v.maxLength(toolLimits.text),
  v.check((value) => value.trim() !== '', 'it is empty'),
);
/** Models write one name without a list, and ids as numbers. */
const entry = v.pipe(v.union([v.string(), v.number()]), v.transform(String), line);
const to = v.pipe(
  v.union([
    v.array(entry),
    v.pipe(
      entry,
      v.transform((one) => [one]),
    ),
  ]),
  v.minLength(1),
  v.maxLength(toolLimits.to),
);
const avatar = v.pipe(v.string(), v.maxLength(toolLimits.avatar));

/** A push as other programs write it. */
export const writtenPush = { to, text, avatar: v.optional(avatar), from: v.optional(line) };

/** What a tool accepts. Nothing else of an input is looked at, so nothing in it can stand for a yes. */
const inputs = {
  notify_me: v.object({ text }),
  send_push: v.object({ to, text, avatar: v.nullish(avatar), portal: v.nullish(line) }),
  find_people: v.object({ query: line }),
};

/** A request as it comes over the wire. */
export const toolRequestSchema = v.variant('kind', [
  v.object({ kind: v.literal('notify'), text, by: v.string() }),
  v.object({ kind: v.literal('send'), ...writtenPush, by: v.string() }),
  v.object({ kind: v.literal('findPeople'), query: line, by: v.string() }),
]);

export const isToolName = (name: string): name is ToolName => Object.hasOwn(inputs, name);

/** Turns the call of a tool into a request, or into the answer that says what is wrong with its input. */
export function toolRequest(
  name: ToolName,
  input: unknown,
  by: string,
): { request: ToolRequest; fault?: undefined } | { request?: undefined; fault: ToolAnswer } {
  switch (name) {
    case 'notify_me': {
      const parsed = v.safeParse(inputs[name], input);
      return parsed.success
        ? { request: { kind: 'notify', text: parsed.output.text, by } }
        : faultOf(name, parsed.issues);
    }
    case 'send_push': {
      const parsed = v.safeParse(inputs[name], input);
      if (!parsed.success) {
        return faultOf(name, parsed.issues);
      }
      const { avatar: address, portal, ...push } = parsed.output;
      const optional = {
        ...(address ? { avatar: address } : {}),
        ...(portal ? { from: portal } : {}),
      };
      return { request: { kind: 'send', ...push, ...optional, by } };
    }
    case 'find_people': {
      const parsed = v.safeParse(inputs[name], input);
      return parsed.success
        ? { request: { kind: 'findPeople', query: parsed.output.query, by } }
        : faultOf(name, parsed.issues);
    }
  }
}

function faultOf(name: ToolName, issues: Issues): { fault: ToolAnswer } {
  const message = `${name} did nothing. ${faultSentence(issues)}`;
  return { fault: { message, isError: true } };
}

type Issues = readonly [v.BaseIssue<unknown>, ...unknown[]];

/** Says for a program what is wrong with what it has written. */
export function faultSentence([issue]: Issues): string {
  const field = v.getDotPath(issue);
  // An issue of a list of forms says nothing about the one that was meant.
  const { message } = issue.issues?.[0] ?? issue;
  return `${field === null ? 'The input' : `"${field}"`} is not valid: ${message}.`;
}
