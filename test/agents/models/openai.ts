import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { modelServer } from './modelServer';
import type { ModelServer, Out } from './modelServer';
import { newScript } from './script';
import type { Reply } from './script';

const part = v.looseObject({ text: v.optional(v.nullable(v.string())) });
const item = v.looseObject({
  type: v.optional(v.string()),
  role: v.optional(v.string()),
  name: v.optional(v.string()),
  content: v.optional(v.nullable(v.union([v.string(), v.array(part)]))),
  tool_calls: v.optional(
    v.array(v.looseObject({ function: v.optional(v.looseObject({ name: v.string() })) })),
  ),
});
const tool = v.looseObject({
  type: v.optional(v.string()),
  name: v.optional(v.string()),
  function: v.optional(v.looseObject({ name: v.string() })),
  tools: v.optional(v.array(v.looseObject({ name: v.optional(v.string()) }))),
});
const request = v.looseObject({
  model: v.optional(v.string()),
  stream: v.optional(v.boolean()),
  input: v.optional(v.array(item)),
  messages: v.optional(v.array(item)),
  tools: v.optional(v.array(tool)),
});
type Item = v.InferOutput<typeof item>;

const textOf = ({ content }: Item) =>
  (typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join('\n'))
    .replaceAll(/<(system-reminder|environment_context)>[\s\S]*?<\/\1>/g, '')
    .trim();

/** OpenAI's Responses and Chat Completions. */
export function openaiModel(): Promise<ModelServer> {
  const replyTo = newScript();
  return modelServer(({ method, url = '' }, body, out) => {
    if (method === 'GET') {
      out.json({ object: 'list', data: [{ id: 'fake-model', object: 'model' }] });
      return;
    }
    const { model = '', stream, input, messages, tools = [] } = v.parse(request, body);
    const isChat = !url.split('?')[0]!.endsWith('/responses');
    const items = (isChat ? messages : input) ?? [];
    const start = items.findLastIndex((one) => one.role === 'user' && textOf(one) !== '');
    const last = items.at(-1);
    const offered = tools.flatMap((one) =>
      one.tools
        ? one.tools.map(({ name }) => ({ name: name ?? '', namespace: one.name }))
        : [{ name: one.name ?? one.function?.name ?? '', namespace: undefined }],
    );
    const reply = replyTo({
      prompt: start < 0 ? '' : textOf(items[start]!),
      isAfterTool: last?.role === 'tool' || /_output$/.test(last?.type ?? ''),
      tools: offered.map(({ name }) => name),
      called: items
        .slice(start)
        .flatMap((one) => [
          ...(one.name === undefined ? [] : [one.name]),
          ...(one.tool_calls ?? []).map((call) => call.function?.name ?? ''),
        ]),
    });
    if (reply.kind === 'error') {
      const error = { message: 'The script says so.', type: 'invalid_request_error', code: null };
      out.json({ error }, reply.status);
    } else if (isChat) {
      chat(reply, model, stream === true, out);
    } else {
      const namespaceOf = (name: string) => offered.find((one) => one.name === name)?.namespace;
      responses(reply, namespaceOf, out);
    }
  });
}

type Answered = Exclude<Reply, { kind: 'error' }>;

function responses(
  reply: Answered,
  namespaceOf: (name: string) => string | undefined,
  out: Out,
): void {
  const output =
    reply.kind === 'tools'
      ? reply.calls.map(({ name, input }) => {
          const namespace = namespaceOf(name);
          return {
            ...{ type: 'function_call', id: `fc_${randomUUID()}`, call_id: `call_${randomUUID()}` },
            ...{ name, arguments: JSON.stringify(input), status: 'completed' },
            ...(namespace === undefined ? {} : { namespace }),
          };
        })
      : [
          {
            ...{ type: 'message', id: `msg_${randomUUID()}`, role: 'assistant' },
            ...{ status: 'completed' },
            content: [{ type: 'output_text', text: reply.text, annotations: [] }],
          },
        ];
  const response = { id: `resp_${randomUUID()}`, object: 'response', status: 'completed', output };
  const details = { input_tokens_details: { cached_tokens: 0 } };
  const usage = {
    ...{ input_tokens: 10, output_tokens: 5, total_tokens: 15, ...details },
    output_tokens_details: { reasoning_tokens: 0 },
  };
  const events: [string, object][] = [
    ['response.created', { response: { ...response, status: 'in_progress', output: [] } }],
    ...output.flatMap((item, output_index): [string, object][] => [
      ['response.output_item.added', { output_index, item: { ...item, status: 'in_progress' } }],
      ['response.output_item.done', { output_index, item }],
    ]),
    ['response.completed', { response: { ...response, usage } }],
  ];
  out.stream(
    events.map(([type, data], sequence_number) => ({
      name: type,
      data: { type, sequence_number, ...data },
    })),
  );
}

function chat(reply: Answered, model: string, isStream: boolean, out: Out): void {
  const base = { id: `chatcmpl-${randomUUID()}`, created: 1, model };
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  const said =
    reply.kind === 'tools'
      ? {
          tool_calls: reply.calls.map(({ name, input }, index) => ({
            ...{ index, id: `call_${randomUUID()}`, type: 'function' },
            function: { name, arguments: JSON.stringify(input) },
          })),
        }
      : { content: reply.text };
  const finish_reason = reply.kind === 'tools' ? 'tool_calls' : 'stop';
  if (!isStream) {
    const message = { role: 'assistant', content: null, ...said };
    const choices = [{ index: 0, finish_reason, message }];
    out.json({ ...base, object: 'chat.completion', usage, choices });
    return;
  }
  const chunk = (delta: object, finish: string | null = null, more: object = {}) => ({
    data: {
      ...{ ...base, object: 'chat.completion.chunk', ...more },
      choices: [{ index: 0, delta, finish_reason: finish }],
    },
  });
  out.stream([
    chunk({ role: 'assistant', content: '' }),
    chunk(said),
    chunk({}, finish_reason, { usage }),
    { data: '[DONE]' },
  ]);
}
